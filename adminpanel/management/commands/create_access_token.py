from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from adminpanel import audit
from adminpanel.audit_details import target_of, values_of
from adminpanel.first_start import require_tables
from transfers.access import access_tokens
from transfers.amounts import parse_bytes, parse_rate, parse_seconds
from transfers.models import AccessToken

NAME_MAX = AccessToken._meta.get_field("name").max_length or 0


class Command(BaseCommand):
    help = (
        "Issue an access token for uploads. It is printed once, alone on standard output; "
        "all else goes to standard error. The site keeps its hash."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="who or what it is for")
        for option, kind, metavar, meaning in (
            ("--max-transfers", _count, "N", "how many transfers it may begin"),
            ("--max-total-bytes", _argument(parse_bytes), "10GiB", "bytes of all of them together"),
            ("--max-transfer-bytes", _argument(parse_bytes), "2GiB", "bytes of each of them"),
            ("--max-expiry", _argument(parse_seconds), "7d", "the longest life of each of them"),
            ("--expires-in", _argument(parse_seconds), "30d", "how long the token itself is valid"),
            ("--rate", _argument(parse_rate), "30/h", "transfers that it may begin in a time"),
        ):
            parser.add_argument(option, type=kind, metavar=metavar, help=meaning)
        parser.add_argument("--quiet", action="store_true", help="print the token alone")

    def handle(self, *args: object, name: str, quiet: bool, **options: Any) -> None:
        if not 1 <= len(name) <= NAME_MAX:
            raise CommandError(f"The name must have 1 to {NAME_MAX} letters.")
        require_tables()
        token = AccessToken(
            name=name,
            max_transfers=options["max_transfers"],
            max_total_bytes=options["max_total_bytes"],
            max_transfer_bytes=options["max_transfer_bytes"],
            max_expiry_seconds=options["max_expiry"],
            rate=options["rate"] or "",
        )
        if seconds := options["expires_in"]:
            try:
                token.expires_at = timezone.now() + timedelta(seconds=seconds)
            except OverflowError:
                raise CommandError("--expires-in is further away than a date can be.") from None
        text = access_tokens.give_secret(token)
        with transaction.atomic():
            token.save(force_insert=True)
            audit.record(None, "added", target_of(token), **values_of(token))
        if not quiet:
            self.stderr.write(f"Access token {token.prefix} for {name}. It is not shown again:")
        self.stdout.write(text)


def _argument(parse: Callable[[str], object]) -> Callable[[str], object]:
    def parsed(text: str) -> object:
        try:
            return parse(text)
        except ValueError as exc:
            raise ArgumentTypeError(str(exc)) from None

    return parsed


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= access_tokens.TRANSFERS_MAX:
        raise ArgumentTypeError(f"{text!r} is not a number of 1 or more.")
    return int(text)
