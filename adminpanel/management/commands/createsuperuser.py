"""Django's command, with an entry in the audit log."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User

from adminpanel import audit


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        existing = set(User.objects.values_list("pk", flat=True))
        super().handle(*args, **options)
        for user in User.objects.exclude(pk__in=existing):
            audit.record(None, "superuser_created", f"user {user.get_username()}")
