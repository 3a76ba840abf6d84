"""What an entry of the audit log tells about a row: what it is called, and values worth keeping."""

from django.db.models import Model

# Values worth telling: rights and limits. Of all else the names of the fields must do.
_TOLD = {
    "accesstoken": (
        "max_transfers",
        "max_total_bytes",
        "max_transfer_bytes",
        "max_expiry_seconds",
        "rate",
        "expires_at",
    ),
    "user": ("is_active", "is_staff", "is_superuser"),
}
# What tells rows apart better than their number, and is nobody's secret.
_NAMED_BY = {"accesstoken": "prefix", "user": "username", "group": "name"}


def target_of(row: Model) -> str:
    """`user anna`, `access token k3v…`, `abuse report 17`."""
    named_by = _NAMED_BY.get(row._meta.model_name, "pk")
    return f"{row._meta.verbose_name} {getattr(row, named_by)}"


def values_of(row: Model) -> dict[str, object]:
    """Limits of a token, rights of a user; empty for other rows."""
    values = {name: getattr(row, name) for name in _TOLD.get(row._meta.model_name, ())}
    if row._meta.model_name == "user":
        values["groups"] = sorted(row.groups.values_list("name", flat=True))
    return values
