from django.core.management.base import BaseCommand

from sgraph_send.static_files import collect_if_changed


class Command(BaseCommand):
    help = (
        "Lay the static files out, hashed and compressed, as `serve` would: for images whose file "
        "system can't be written to later."
    )
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        changed = collect_if_changed()
        self.stdout.write("Static files laid out." if changed else "Nothing had changed.")
