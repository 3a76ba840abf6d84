"""Django's command, recorded."""

import getpass

from django.contrib.auth.management.commands import changepassword

from adminpanel import audit


class Command(changepassword.Command):
    def handle(self, *args: object, **options: object) -> str:
        said = super().handle(*args, **options)
        audit.record(None, "password_changed", f"user {options['username'] or getpass.getuser()}")
        return said
