import re
from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from adminpanel import audit


class Command(BaseCommand):
    help = (
        "Read the whole audit log and say whether anything in it was changed, removed, moved or "
        "slipped in. Prints the head; whoever keeps it elsewhere can give it back later."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect-head",
            type=_head,
            metavar="NUMBER:HASH",
            help="a head printed earlier: the log must still hold it",
        )

    def handle(self, *args: object, expect_head: str | None, **options: object) -> None:
        verdict = audit.verify(expect_head or "")
        if verdict.broken is not None:
            raise CommandError(
                f"The audit log is broken at entry {verdict.broken}: {verdict.why}. "
                f"The {verdict.entries} entries before it are as they were written."
                if verdict.broken > verdict.entries
                else f"The audit log is broken at entry {verdict.broken}: {verdict.why}."
            )
        self.stdout.write(f"{verdict.entries} entries, none altered. Head: {verdict.head}")


def _head(text: str) -> str:
    if not re.fullmatch(r"\d{1,18}:[0-9a-f]{64}", text):
        raise ArgumentTypeError(f"{text!r} does not look like NUMBER:HASH, as this command prints.")
    return text
