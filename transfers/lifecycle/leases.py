"""Downloads: one lease each, taken from the limit in one transaction."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from transfers import errors, limits
from transfers.access.address_hashes import event_hash
from transfers.database_pool import fetch_row
from transfers.lifecycle import events
from transfers.models import Lease, Reason, State, Transfer, TransferEvent
from transfers.statistics import hourly, metrics
from transfers.tokens import decode_b64u, hash_secret

_LEASE_SQL = "SELECT id FROM transfers_lease WHERE transfer_id = %s AND token_hash = %s"


def take(transfer: Transfer, lease_token: str, address: str) -> Lease:
    """The lease of this token: a new one, counted, or the same again, extended.

    Of the caller's `address` a hash is kept with the event of a new one.

    Raises Gone when no new download may start, Conflict `lease_ended` for a token that was used
    up, `transfer_not_ready` before completion, NotFound after deletion.
    """
    token_hash = _hash(lease_token)
    for _ in range(2):
        now = timezone.now()
        known = fetch_row(_LEASE_SQL, [transfer.pk, token_hash])
        # It may have gone with its transfer meanwhile: then a new one is refused.
        if known and (lease := transfer.leases.filter(token_hash=token_hash).first()):
            return _extend(lease, now)
        try:
            lease = _take_new(transfer, token_hash, event_hash(address), now)
        except IntegrityError:
            continue  # the same token won in parallel: its lease is ours
        metrics.lease_taken()
        return lease
    raise errors.Conflict("lease_ended", "This download was started elsewhere at the same time.")


def find_live(transfer: Transfer, lease_token: str | None) -> Lease | None:
    """The live lease of this token, without extending it; None for all else."""
    lease = find(transfer, lease_token)
    return lease if lease and lease.is_live(timezone.now()) else None


def find(transfer: Transfer, lease_token: str | None) -> Lease | None:
    """The lease of this token, live or ended; None for all else."""
    if not lease_token or transfer.state != State.COMPLETED:
        return None
    try:
        token_hash = _hash(lease_token)
    except errors.Invalid:
        return None
    return transfer.leases.filter(token_hash=token_hash).first()


def finish(transfer: Transfer, lease_token: str) -> None:
    """End a lease; ending it again is no error. Raises NotFound for a token without one."""
    leases = transfer.leases.filter(token_hash=_hash(lease_token))
    if not leases.exists():
        raise errors.NotFound("lease_not_found", "There is no such download of this transfer.")
    with transaction.atomic():
        if leases.filter(finished_at=None).update(finished_at=timezone.now()):
            events.record(transfer, TransferEvent.Kind.DOWNLOAD_FINISHED)
            hourly.count(downloads_finished=1)


def count_raw_download(transfer: Transfer) -> None:
    """Count one GET of a raw transfer. Raises Gone or NotFound when it may not start."""
    with transaction.atomic():
        taken = (
            Transfer.objects.takeable(timezone.now())
            .filter(pk=transfer.pk)
            .update(download_count=F("download_count") + 1)
        )
        if not taken:
            raise refusal(transfer)
        hourly.count(raw_downloads=1)


def refusal(transfer: Transfer) -> errors.TransferError:
    """Why no new download of it may start, read afresh."""
    transfer = Transfer.objects.find(transfer.pk)
    now = timezone.now()
    if transfer is None or transfer.is_forgotten(now):
        return errors.transfer_not_found()
    match transfer.closing_reason(now):
        case Reason.EXPIRED:
            return errors.Gone("transfer_expired", "This transfer has expired.")
        case Reason.EXHAUSTED:
            return errors.Gone(
                "transfer_exhausted", "This transfer was downloaded as often as its sender allowed."
            )
        case Reason.TAKEN_DOWN:
            return errors.taken_down(transfer.notice)
        case Reason.NONE:
            return errors.Conflict(
                "transfer_not_ready", "The sender has not finished uploading this transfer."
            )
    return errors.transfer_not_found()


def _take_new(transfer: Transfer, token_hash: bytes, address_hash: str, now: datetime) -> Lease:
    with transaction.atomic():
        # Last of all the row that every recipient of this transfer has to lock.
        lease = Lease.objects.create(
            transfer=transfer,
            token_hash=token_hash,
            created_at=now,
            expires_at=now + timedelta(seconds=limits.LEASE_SECONDS),
        )
        started = TransferEvent.Kind.DOWNLOAD_STARTED
        events.record(transfer, started, address_hash=address_hash, at=now)
        taken = (
            Transfer.objects.takeable(now)
            .filter(pk=transfer.pk)
            .update(download_count=F("download_count") + 1)
        )
        if not taken:
            raise refusal(transfer)
        hourly.count(downloads_started=1, bytes_leased=transfer.payload_bytes)
        return lease


def _extend(lease: Lease, now: datetime) -> Lease:
    lease.expires_at = min(
        now + timedelta(seconds=limits.LEASE_SECONDS),
        lease.created_at + timedelta(seconds=limits.LEASE_MAX_SECONDS),
    )
    extended = (
        Lease.objects.live(now)
        .filter(pk=lease.pk, transfer__state=State.COMPLETED)
        .update(expires_at=lease.expires_at)
    )
    if not extended:
        raise errors.Conflict(
            "lease_ended", "This download has ended. Start a new one if any are left."
        )
    return lease


def _hash(lease_token: str) -> bytes:
    try:
        return hash_secret(decode_b64u(lease_token, limits.SECRET_BYTES))
    except ValueError:
        raise errors.Invalid(
            "invalid_request", "lease_token must be 32 bytes in unpadded base64url."
        ) from None
