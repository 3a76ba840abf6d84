"""Tables told column by column: the shape from the models, the values from the rows themselves."""

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Field, Model

from transfers.models import Lease, SealedManifest, Transfer, TransferEvent
from transfers.transparency.outside_database import BESIDE
from transfers.transparency.sentences import OF_TRANSFERS, SENTENCES, TITLES

Value = str | int | None

# What `info` says to everybody who has the link; the rest of the row is told to its sender alone.
PUBLIC = {
    "id",
    "kind",
    "state",
    "file_size_bytes",
    "payload_bytes",
    "envelope",
    "expires_at",
    "max_downloads",
    "download_count",
    "created_at",
}
# What would give something away, or says nothing as it is, is told in a word.
_REPLACEMENTS = {
    "multipart_id": "a handle",
    "bucket": "a name",
    "salt": "random bytes",
    "key": "random bytes",
}


def models() -> list[type[Model]]:
    """All tables, those of a transfer first."""
    order = {name: rank for rank, name in enumerate(TITLES)}
    found = apps.get_app_config("transfers").get_models()
    return sorted(found, key=lambda model: order.get(model.__name__, len(order)))


def undescribed() -> list[str]:
    """Tables and columns without a sentence, and sentences without a column."""
    columns = {f"{m.__name__}.{f.name}" for m in models() for f in m._meta.concrete_fields}
    told = {f"{name}.{column}" for name, told in SENTENCES.items() for column in told}
    return sorted(columns ^ told) + sorted({m.__name__ for m in models()} ^ set(TITLES))


def rendered_value(row: Model, field: "Field[Any, Any]") -> Value:
    """A column as it is told: numbers, times and states as they are, the rest as a word."""
    value = getattr(row, field.attname)
    if field.name == "access_token":
        return "no" if value is None else "yes"
    if field.name.endswith("_hash") and field.get_internal_type() == "BinaryField":
        return "SHA-256 hash" if value else ""
    if field.name in _REPLACEMENTS:
        return _REPLACEMENTS[field.name] if value else ""
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value


def shape() -> list[dict[str, object]]:
    """Every table and column with its sentence, without a value: what may be stored at all."""
    return [_table(model) for model in models()]


def rendered_for_owner(transfer: Transfer) -> list[dict[str, object]]:
    """The same with the values of the transfer's own rows, or how many there are."""
    manifest = SealedManifest.objects.filter(transfer=transfer).first()
    counts: dict[type[Model], int] = {
        Lease: transfer.leases.count(),
        TransferEvent: transfer.events.count(),
    }
    rows: dict[type[Model], Model] = {Transfer: transfer} | (
        {SealedManifest: manifest} if manifest else {}
    )
    counts |= {Transfer: 1, SealedManifest: int(manifest is not None)}
    return [_table(model, rows.get(model), rows_held=counts.get(model)) for model in models()]


def rendered_for_recipient(transfer: Transfer, lease: Lease | None) -> list[dict[str, object]]:
    """The same with what everybody may know of the transfer, and the caller's own download."""
    places: dict[type[Model], dict[str, object]] = {
        Transfer: _table(Transfer, transfer, only=PUBLIC, rows_held=1)
    }
    if lease:
        places[Lease] = _table(Lease, lease)
    return [places.get(model) or _table(model) for model in models()]


def beside() -> list[dict[str, object]]:
    """What is kept outside the tables."""
    return BESIDE


def _table(
    model: type[Model],
    row: Model | None = None,
    *,
    only: set[str] | None = None,
    rows_held: int | None = None,
) -> dict[str, object]:
    title, sentence = TITLES.get(model.__name__, (model.__name__, ""))
    return {
        "name": model._meta.model_name,
        "title": title,
        "sentence": sentence,
        "of_transfers": model.__name__ in OF_TRANSFERS,
        "rows": rows_held,
        "columns": [
            _column(model, field, row if only is None or field.name in only else None)
            for field in model._meta.concrete_fields
        ],
    }


def _column(model: type[Model], field: "Field[Any, Any]", row: Model | None) -> dict[str, object]:
    label, sentence = SENTENCES.get(model.__name__, {}).get(field.name, (field.name, ""))
    return {
        "name": field.name,
        "label": label,
        "sentence": sentence,
        "has_value": row is not None,
        "value": None if row is None else rendered_value(row, field),
    }
