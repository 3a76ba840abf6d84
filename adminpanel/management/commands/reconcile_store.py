from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from adminpanel import audit
from transfers.amounts import bytes_text
from transfers.maintenance import reconciliation
from transfers.stores.base import StoreUnavailable

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Compare the store with the database: orphans (objects and unfinished uploads that no row "
        "answers for, older than an hour) and completed transfers whose object is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete-orphans", action="store_true", help="delete what is found")
        parser.add_argument(
            "--even-most",
            action="store_true",
            help="with --delete-orphans: also when they are most of what the store holds",
        )

    def handle(
        self, *args: object, delete_orphans: bool, even_most: bool, **options: object
    ) -> None:
        try:
            found = reconciliation.compare()
            self.stdout.write(
                f"{found.objects} objects ({bytes_text(found.stored_bytes)}), "
                f"{found.uploads} unfinished uploads; {len(found.orphans)} orphans, "
                f"{len(found.missing)} missing."
            )
            self._name("orphan", sorted(found.orphans))
            self._name("missing", found.missing)
            if delete_orphans and found.orphans:
                self._delete(found, even_most)
        except StoreUnavailable as exc:
            raise CommandError(f"The store does not answer ({exc}).") from exc

    def _name(self, what: str, ids: list[str]) -> None:
        for transfer_id in ids[:SHOWN]:
            self.stdout.write(f"  {what} {transfer_id}")
        if len(ids) > SHOWN:
            self.stdout.write(f"  and {len(ids) - SHOWN} more")

    def _delete(self, found: reconciliation.Comparison, even_most: bool) -> None:
        if found.is_mostly_orphans and not even_most:
            raise CommandError(
                "Most of the store are orphans. Is this the database that it belongs to? "
                "If so, say --even-most."
            )
        audit.record(None, "orphans_deleted", "", orphans=len(found.orphans))
        self.stdout.write(f"Deleted: {reconciliation.delete_orphans(found.orphans)}.")
