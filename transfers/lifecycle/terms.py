"""The terms that a sender may still change: until when, and how often.

Each change is one conditional UPDATE, which fails for a transfer that is over: nothing that expired
or was used up comes back (docs/decisions/0044).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from transfers import errors
from transfers.lifecycle import events, leases
from transfers.models import Reason, State, Transfer, TransferEvent

Kind = TransferEvent.Kind


def latest_expiry(transfer: Transfer) -> datetime:
    """The last moment to which a completed transfer's life may be stretched.

    Counted from completion, as at creation: a bucket's own lifecycle rule counts from there too.
    """
    seconds = settings.MAX_EXPIRY_SECONDS
    token = transfer.access_token
    if token is not None and token.max_expiry_seconds is not None:
        seconds = min(seconds, token.max_expiry_seconds)
    return (transfer.completed_at or timezone.now()) + timedelta(seconds=seconds)


def change_expiry_and_limit(transfer: Transfer, changes: dict[str, int | None]) -> None:
    """Apply `expires_in_seconds` (from now) and `max_downloads` (None: no limit), as far as given.

    Both or neither. Raises Invalid past the latest expiry, Conflict `limit_below_downloads`, and
    what `leases.refusal` says of a transfer that is over or not complete.
    """
    now = timezone.now()
    takeable = Transfer.objects.takeable(now).filter(pk=transfer.pk)
    if not takeable.exists():
        raise leases.refusal(transfer)
    values: dict[str, object] = {}
    kinds = []
    if (seconds := changes.get("expires_in_seconds")) is not None:
        values["expires_at"] = _expiry_in(transfer, now, seconds)
        kinds.append(Kind.EXPIRY_CHANGED)
    limit = changes.get("max_downloads")
    if "max_downloads" in changes:
        values["max_downloads"] = limit
        kinds += [Kind.LIMIT_CHANGED] if limit != transfer.max_downloads else []
    fitting = takeable if limit is None else takeable.filter(download_count__lte=limit)
    with transaction.atomic():
        changed = fitting.update(**values)
        for kind in kinds if changed else ():
            events.record(transfer, kind)
    if not changed:
        if limit is not None and takeable.exists():
            raise _too_low(limit)
        raise leases.refusal(transfer)


def stop_new_downloads(transfer: Transfer) -> None:
    """Let no further download start; those that run may finish, and then the bytes go.

    Stopping again is no error. Raises what `leases.refusal` says of a transfer that is over.
    """
    now = timezone.now()
    with transaction.atomic():
        stopped = (
            Transfer.objects.takeable(now)
            .filter(pk=transfer.pk)
            .update(max_downloads=F("download_count"))
        )
        if stopped:
            events.record(transfer, Kind.REVOKED)
    if stopped:
        return
    transfer.refresh_from_db()
    if transfer.closing_reason(now) != Reason.EXHAUSTED:
        raise leases.refusal(transfer)


def expire_now(transfer: Transfer) -> bool:
    """Let a completed transfer's time be over; False for one that is not in use.

    Downloads that run may finish; cleanup does the rest.
    """
    now = timezone.now()
    in_use = Transfer.objects.filter(pk=transfer.pk, state=State.COMPLETED, expires_at__gt=now)
    with transaction.atomic():
        expired = in_use.update(expires_at=now)
        if expired:
            events.record(transfer, Kind.EXPIRY_CHANGED)
    return bool(expired)


def _expiry_in(transfer: Transfer, now: datetime, seconds: int) -> datetime:
    latest = latest_expiry(transfer)
    # Compared as seconds: a number of any size must not overflow a date.
    if seconds > (latest - now).total_seconds():
        raise errors.Invalid(
            "invalid_request",
            f"expires_in_seconds: it may live until {latest:%Y-%m-%dT%H:%M:%SZ} at most.",
        )
    return now + timedelta(seconds=seconds)


def _too_low(limit: int) -> errors.Conflict:
    return errors.Conflict(
        "limit_below_downloads",
        f"More than {limit} downloads have been counted already, so the limit cannot be lower.",
    )
