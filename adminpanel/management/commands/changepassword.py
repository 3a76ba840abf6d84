"""Django's command, with an entry in the audit log."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from adminpanel import audit


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        output = super().handle(*args, **options)
        audit.record(None, "password_changed", f"user {options['username'] or getpass.getuser()}")
        return output
