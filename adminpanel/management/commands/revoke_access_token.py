from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from adminpanel import audit
from transfers.access import access_tokens
from transfers.lifecycle.closing import UNFINISHED
from transfers.models import AccessToken


class Command(BaseCommand):
    help = "Stop an access token at its next request, for good. Uploads under way stop too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="the readable part, as list_access_tokens shows it")

    def handle(self, *args: object, prefix: str, **options: object) -> None:
        tokens = AccessToken.objects.filter(prefix=prefix)
        token = tokens.first()
        if token is None:
            raise CommandError("There is no access token with this prefix.")
        with transaction.atomic():
            revoked = access_tokens.revoke(tokens)
            if revoked:
                audit.record(None, "revoked", f"access token {prefix}")
        if not revoked:
            self.stdout.write(f"{token} was revoked before.")
            return
        count = token.transfers.filter(state__in=UNFINISHED).count()
        self.stdout.write(f"{token} is revoked; {count} unfinished uploads stop with it.")
