"""What provision_bucket and audit_bucket share: the bucket with its rules, and the table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError

from transfers.stores import current_store
from transfers.stores.base import StoreUnavailable
from transfers.stores.bucket.rule import Rule
from transfers.stores.bucket.service import Bucket
from transfers.stores.s3 import S3Store

COULD_NOT_BE_READ = 2


@contextmanager
def unavailable_as_command_error() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as exc:
        raise CommandError(
            f"The store does not answer ({exc}). Check its settings and credentials.",
            returncode=COULD_NOT_BE_READ,
        ) from exc


def configured_bucket() -> tuple[Bucket, list[Rule]]:
    """Raises CommandError, with the exit code for a bucket that could not be read."""
    if settings.STORE == "s3" and settings.S3_ENDPOINT_URL and not settings.S3_BUCKET:
        raise CommandError(
            "With a custom S3 endpoint the bucket must be named: set SGRAPH_SEND__S3_BUCKET.",
            returncode=COULD_NOT_BE_READ,
        )
    store = current_store()
    if not isinstance(store, S3Store):
        raise CommandError(
            "Ciphertext goes to a local folder, so there is no bucket. "
            "Set SGRAPH_SEND__STORE=s3, or AWS credentials.",
            returncode=COULD_NOT_BE_READ,
        )
    return store.as_bucket(), store.rules(settings.CORS_ALLOWED_ORIGINS)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width, the last one as long as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]
        ).rstrip()
        for row in rows
    )
