"""Django's command, recorded."""

from django.contrib.auth.management.commands import createsuperuser

from adminpanel import audit


class Command(createsuperuser.Command):
    def handle(self, *args: object, **options: object) -> None:
        known = set(self.UserModel.objects.values_list("pk", flat=True))
        super().handle(*args, **options)
        for made in self.UserModel.objects.exclude(pk__in=known):
            audit.record(None, "superuser_created", f"user {made.get_username()}")
