"""What the server keeps of a transfer, told from the row itself."""

from django.utils import timezone

from transfers.models import Transfer

# A raw transfer's bytes are stored as they come; whether its script encrypted them is not known.
NOT_STORED_OF_RAW = ["file names", "network address"]
NOT_STORED_OF_SEALED = [
    "encryption key",
    "passphrase",
    "file types",
    "file contents",
    "number of files",
    *NOT_STORED_OF_RAW,
]
# Bookkeeping of the upload itself, and what identifies rather than describes.
_UNTOLD = {"id", "multipart_id", "touched_at", "store", "bucket", "access_token"}


def stored_fields(transfer: Transfer) -> dict[str, str | int | None]:
    """Every column of the row by name: numbers, times and states as they are, hashes as a word."""
    told = {}
    for field in transfer._meta.concrete_fields:
        if field.name in _UNTOLD:
            continue
        value = getattr(transfer, field.name)
        if field.name.endswith("_hash"):
            value = "SHA-256 hash" if value else ""
        elif hasattr(value, "isoformat"):
            value = value.strftime("%Y-%m-%dT%H:%M:%SZ")
        told[field.name] = value
    return told


def completed_answer(transfer: Transfer) -> dict[str, object]:
    """The answer to a finished upload."""
    return {
        "transfer_id": transfer.id,
        "download_url": f"/d/{transfer.id}",
        "expires_at": transfer.expires_at,
        "max_downloads": transfer.max_downloads,
        "transparency": {
            "stored_fields": stored_fields(transfer),
            "not_stored": NOT_STORED_OF_SEALED if transfer.is_sealed else NOT_STORED_OF_RAW,
            "timestamp": timezone.now(),
            "file_size_bytes": transfer.file_size_bytes,
            "payload_bytes": transfer.payload_bytes,
        },
    }
