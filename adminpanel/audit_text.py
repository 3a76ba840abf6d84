"""Entries of the audit log as text for people; the codes are what is stored and hashed."""

from collections.abc import Callable, Mapping
from typing import Any

from transfers.amounts import bytes_text, counted, exact_seconds_text

ACTIONS = {
    "added": "added",
    "backup_made": "made a backup",
    "backup_restored": "restored a backup",
    "changed": "changed",
    "deleted": "deleted",
    "dismissed": "dismissed",
    "expired": "ended before its time",
    "extended": "extended",
    "key_seen": "was shown the key in",
    "operator_created": "opened an account for",
    "orphans_deleted": "deleted orphans",
    "password_changed": "changed the password",
    "revoked": "revoked",
    "role_set": "set the rights of",
    "signed_in": "signed in",
    "signed_out": "signed out",
    "superuser_created": "opened an account with all rights for",
    "taken_down": "took down",
}


def action_text(action: str) -> str:
    """`took down` for `taken_down`; a code without a text is shown with spaces."""
    return ACTIONS.get(action, action.replace("_", " "))


def details_text(details: Mapping[str, object]) -> str:
    """`5 transfers; each 2 GiB at most`. What is empty or no limit is left out."""
    texts = (_detail_text(name, value) for name, value in details.items())
    return "; ".join(text for text in texts if text)


def _detail_text(name: str, value: object) -> str:
    if name in _FLAGS:
        return _FLAGS[name][bool(value)]
    if value is None or value == "" or value == []:
        return ""
    render = _VALUES.get(name)
    return render(value) if render else f"{name.replace('_', ' ')}: {_plain(value)}"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


# The texts for false and for true.
_FLAGS = {
    "blocked": ("", "the same bytes are refused in future"),
    "is_active": ("may not sign in", ""),
    "is_staff": ("no access to the panel", ""),
    "is_superuser": ("", "all rights"),
    "with_objects": ("rows alone", "with all objects"),
}
_VALUES: dict[str, Callable[[Any], str]] = {
    "expires_at": lambda value: f"valid until {str(value)[:16].replace('T', ' ')} UTC",
    "fields": lambda value: f"changed: {_plain(value)}",
    "groups": lambda value: f"role: {_plain(value)}",
    "max_expiry_seconds": lambda value: f"transfers live {exact_seconds_text(value)} at most",
    "max_total_bytes": lambda value: f"{bytes_text(value)} in all",
    "max_transfer_bytes": lambda value: f"each {bytes_text(value)} at most",
    "max_transfers": lambda value: counted(value, "transfer"),
    "note": lambda value: str(value).rstrip("."),
    "objects": lambda value: counted(value, "object"),
    "orphans": lambda value: counted(value, "orphan"),
    "rate": lambda value: f"{value} at most",
    "rows": lambda value: counted(value, "row"),
    "seconds": lambda value: f"for {exact_seconds_text(value)}",
    "transfer": lambda value: f"transfer {value}",
}
