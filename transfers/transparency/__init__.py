"""What the server keeps, told from the models and from the rows themselves."""

from django.utils import timezone

from transfers.models import Lease, Transfer
from transfers.transparency import description

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


def stored_fields(transfer: Transfer) -> dict[str, str | int | None]:
    """Every column of the row by name, as it is told."""
    return {f.name: description.rendered_value(transfer, f) for f in transfer._meta.concrete_fields}


def completed_answer(transfer: Transfer) -> dict[str, object]:
    """The answer to a finished upload."""
    return {
        "transfer_id": transfer.id,
        "download_url": f"/d/{transfer.id}",
        "expires_at": transfer.expires_at,
        "max_downloads": transfer.max_downloads,
        "transparency": {
            "stored_fields": stored_fields(transfer),
            "not_stored": not_stored(transfer),
            "timestamp": timezone.now(),
            "file_size_bytes": transfer.file_size_bytes,
            "payload_bytes": transfer.payload_bytes,
        },
    }


def not_stored(transfer: Transfer) -> list[str]:
    return NOT_STORED_OF_SEALED if transfer.is_sealed else NOT_STORED_OF_RAW


def before() -> dict[str, object]:
    """What may be stored of a sealed transfer, before there is one."""
    return _rendered(description.shape(), NOT_STORED_OF_SEALED)


def for_owner(transfer: Transfer) -> dict[str, object]:
    """What is stored, for the sender."""
    return _rendered(description.rendered_for_owner(transfer), not_stored(transfer))


def for_recipient(transfer: Transfer, lease: Lease | None) -> dict[str, object]:
    """What is stored, for somebody with the link, whose own download is `lease`."""
    return _rendered(description.rendered_for_recipient(transfer, lease), not_stored(transfer))


def _rendered(places: list[dict[str, object]], kept_nowhere: list[str]) -> dict[str, object]:
    return {
        "timestamp": timezone.now(),
        "places": places,
        "beside": description.beside(),
        "not_stored": kept_nowhere,
    }
