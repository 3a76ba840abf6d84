"""Take transfers down from the command line, as the reports queue does."""

from django.core.management.base import BaseCommand, CommandError

from adminpanel import audit
from transfers.lifecycle import abuse
from transfers.models import State, Transfer


class Command(BaseCommand):
    help = "Ends a transfer for everyone at once and deletes its bytes."

    def add_arguments(self, parser) -> None:
        parser.add_argument("transfer_id")
        parser.add_argument("--notice", default="", help="a sentence for later visitors")
        parser.add_argument(
            "--block", action="store_true", help="refuse the same bytes in future, too"
        )

    def handle(self, transfer_id: str, notice: str, block: bool, **options: object) -> None:
        transfer = Transfer.objects.find(transfer_id)
        if transfer is None:
            raise CommandError("There is no transfer of this id.")
        if len(notice) > Transfer._meta.get_field("notice").max_length:
            raise CommandError("The notice may have 300 characters at most.")
        audit.record(None, "taken_down", f"transfer {transfer_id}", blocked=block)
        state = abuse.take_down(transfer, None, notice, block=block)
        gone = state == State.DELETED
        self.stdout.write("Taken down." if gone else "Taken down; cleanup deletes the bytes.")
