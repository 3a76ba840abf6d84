import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from adminpanel import audit
from sgraph_send import __version__
from sgraph_send.backup import creating
from transfers.amounts import bytes_text
from transfers.stores.base import StoreUnavailable


class Command(BaseCommand):
    help = (
        "Write rows and ciphertext into one file, while the site runs (docs/backup.md). Whoever "
        "has the file has the operators' password hashes and what reporters told: keep it closed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="must not exist yet; - is standard output")
        parser.add_argument(
            "--objects",
            choices=["copy", "leave"],
            help="copy ciphertext into the file, or leave it in the bucket; "
            "by default a local store is copied and a bucket is left",
        )

    def handle(self, *args: object, file: str, objects: str | None, **options: object) -> None:
        with_objects = (objects or ("copy" if settings.STORE == "local" else "leave")) == "copy"
        audit.record(None, "backup_made", "", with_objects=with_objects)
        try:
            made = self._make(file, with_objects)
        except StoreUnavailable as exc:
            raise CommandError(f"The store does not answer ({exc}). Nothing was kept.") from exc
        except OSError as exc:
            raise CommandError(f"{file}: {exc.strerror}. Nothing was kept.") from exc
        self.stderr.write(
            f"{made.rows} rows, {made.objects} objects ({bytes_text(made.object_bytes)})."
        )
        for transfer_id in made.gone:
            self.stderr.write(f"  without its object, for it ended meanwhile: {transfer_id}")

    def _make(self, file: str, with_objects: bool) -> creating.BackupSummary:
        if file == "-":
            return creating.create(sys.stdout.buffer, __version__, with_objects=with_objects)
        path = Path(file)
        # The final name appears only once the file is complete; the mode, because it holds hashes.
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        if path.exists():
            raise CommandError(f"{file} exists already.")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as target:
                made = creating.create(target, __version__, with_objects=with_objects)
                target.flush()
                os.fsync(descriptor)
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
        return made
