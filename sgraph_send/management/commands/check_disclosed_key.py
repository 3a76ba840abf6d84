"""Check that a disclosed key opens a transfer, and list the files of its manifest."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from sgraph_send.client import format as sealed
from transfers.models import SealedManifest, Transfer
from transfers.tokens import encode_b64u, secret_matches


class Command(BaseCommand):
    help = (
        "Reads a key or link from standard input, checks that it belongs to the transfer, and "
        "prints the names and sizes of its files. Nothing of it is stored or logged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("transfer_id")

    def handle(self, transfer_id: str, **options: object) -> None:
        transfer = Transfer.objects.find(transfer_id)
        kept = SealedManifest.objects.filter(transfer_id=transfer_id).first()
        if transfer is None or kept is None or transfer.payload_bytes is None:
            raise CommandError("There is no completed sealed transfer of this id any more.")
        try:
            secret = sealed.read_key(sys.stdin.readline().strip())
            envelope = sealed.read_envelope(transfer.envelope)
        except sealed.FormatError as exc:
            raise CommandError(str(exc)) from None
        if envelope.argon2id:
            raise CommandError(
                "This transfer has a passphrase besides the key; the key alone opens nothing."
            )
        keys = sealed.derive_keys(secret, envelope)
        if not secret_matches(encode_b64u(keys.link_proof), bytes(transfer.link_proof_hash)):
            raise CommandError("This key does not belong to this transfer.")
        manifest = sealed.open_manifest(
            keys, transfer.envelope, bytes(kept.sealed), transfer.payload_bytes
        )
        self.stdout.write("The key is right: its commitment binds it to exactly these files.")
        for entry in manifest.files:
            self.stdout.write(f"{entry.size:>15}  {entry.path!r}")
