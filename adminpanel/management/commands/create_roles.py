from django.core.management.base import BaseCommand

from adminpanel import audit, roles


class Command(BaseCommand):
    help = "Make the groups viewer, moderator and administrator, or set their rights right."

    def handle(self, *args: object, verbosity: int, **options: object) -> None:
        changed = roles.create_roles()
        for name in changed:
            audit.record(None, "role_set", f"group {name}")
        if verbosity:
            self.stdout.write(f"Set: {', '.join(changed) or 'nothing, all were right'}.")
