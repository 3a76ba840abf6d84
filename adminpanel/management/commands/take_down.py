"""Take transfers down from the command line, as the page of reports does."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from adminpanel import audit
from transfers.lifecycle import abuse
from transfers.models import State, Transfer

NOTICE_MAX = Transfer._meta.get_field("notice").max_length or 0


class Command(BaseCommand):
    help = "Ends a transfer for everyone at once and deletes its bytes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("transfer_id")
        parser.add_argument("--notice", default="", help="a sentence for later visitors")
        parser.add_argument(
            "--block", action="store_true", help="refuse the same bytes in future, too"
        )

    def handle(self, transfer_id: str, notice: str, block: bool, **options: object) -> None:
        transfer = Transfer.objects.find(transfer_id)
        if transfer is None:
            raise CommandError("There is no transfer of this id.")
        if len(notice) > NOTICE_MAX:
            raise CommandError(f"The notice may have {NOTICE_MAX} characters at most.")
        audit.record(None, "taken_down", f"transfer {transfer_id}", blocked=block)
        state = abuse.take_down(transfer, None, notice, block=block)
        gone = state == State.DELETED
        self.stdout.write("Taken down." if gone else "Taken down; cleanup deletes the bytes.")
