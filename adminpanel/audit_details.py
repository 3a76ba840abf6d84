"""The name and the recorded values of a row in an entry of the audit log."""

from django.contrib.auth.models import User
from django.db.models import Model

# Values that are recorded: rights and limits. Of other changes only the names of fields are.
_RECORDED_FIELDS = {
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
# Columns that identify a row better than its number, and are no secret.
_NAME_FIELDS = {"accesstoken": "prefix", "user": "username", "group": "name"}


def target_of(row: Model) -> str:
    """`user anna`, `access token k3v…`, `abuse report 17`."""
    name_field = _NAME_FIELDS.get(row._meta.model_name or "", "pk")
    return f"{row._meta.verbose_name} {getattr(row, name_field)}"


def values_of(row: Model) -> dict[str, object]:
    """Limits of a token, rights of a user; empty for other rows."""
    values = {
        name: getattr(row, name) for name in _RECORDED_FIELDS.get(row._meta.model_name or "", ())
    }
    if isinstance(row, User):
        values["groups"] = sorted(row.groups.values_list("name", flat=True))
    return values
