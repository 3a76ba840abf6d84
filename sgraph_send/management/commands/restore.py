import sys
from argparse import ArgumentParser
from contextlib import nullcontext

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from adminpanel import audit
from sgraph_send.backup import restoring
from sgraph_send.backup.archive import BadArchive
from transfers.stores.base import StoreUnavailable


class Command(BaseCommand):
    help = (
        "Fill an empty site from a backup (docs/backup.md): all rows, and the ciphertext that is "
        "in the file. Links, manage links, tokens and operators work as before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="what manage.py backup wrote; - is standard input")

    def handle(self, *args: object, file: str, **options: object) -> None:
        call_command("migrate", verbosity=0)
        try:
            with nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb") as source:
                restored = restoring.restore(source)
        except (restoring.NotRestored, BadArchive) as exc:
            raise CommandError(str(exc)) from exc
        except StoreUnavailable as exc:
            raise CommandError(f"The store does not answer ({exc}).") from exc
        except OSError as exc:
            raise CommandError(f"{file}: {exc.strerror}.") from exc
        verdict = audit.verify()
        audit.record(None, "backup_restored", "", rows=restored.rows, objects=restored.objects)
        self.stdout.write(f"{restored.rows} rows, {restored.objects} objects.")
        for transfer_id in restored.missing:
            self.stdout.write(f"  without its object: {transfer_id}")
        if verdict.broken is not None:
            raise CommandError(f"The audit log is broken at {verdict.broken}: {verdict.why}.")
