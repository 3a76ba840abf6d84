"""Downloads: one lease each, taken from the limit in one transaction."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Subquery, Value, When
from django.utils import timezone

from transfers import errors, limits
from transfers.access.address_hashes import event_hash
from transfers.database_pool import fetch_row
from transfers.lifecycle import events
from transfers.models import Lease, LeaseQuerySet, Reason, State, Transfer, TransferEvent
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
    ended = transfer.leases.filter(token_hash=_hash(lease_token))
    lease = ended.first()
    if lease is None:
        raise errors.NotFound("lease_not_found", "There is no such download of this transfer.")
    if lease.finished_at is None:
        _finish(transfer, ended)


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
    found = Transfer.objects.find(transfer.pk)
    now = timezone.now()
    if found is None or found.is_forgotten(now):
        return errors.transfer_not_found()
    match found.closing_reason(now):
        case Reason.EXPIRED:
            return errors.Gone("transfer_expired", "This transfer has expired.")
        case Reason.EXHAUSTED:
            return errors.Gone(
                "transfer_exhausted", "This transfer was downloaded as often as its sender allowed."
            )
        case Reason.TAKEN_DOWN:
            return errors.taken_down(found.notice)
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
            .update(
                download_count=F("download_count") + 1, leased_until=_no_less_than(lease.expires_at)
            )
        )
        if not taken:
            raise refusal(transfer)
        hourly.count(downloads_started=1, bytes_leased=transfer.stored_bytes)
        return lease


def _finish(transfer: Transfer, ended: LeaseQuerySet) -> None:
    """End the lease in `ended`, and `leased_until` with it where it was the last to end.

    Two that finish at the same moment may leave `leased_until` at the end of one of them; cleanup
    then waits until it would have ended by itself, which is fine for simplicity.
    """
    was_last = Transfer.objects.filter(
        pk=transfer.pk, state=State.COMPLETED, leased_until__lte=ended.values("expires_at")
    )
    running = transfer.leases.filter(finished_at=None).order_by("-expires_at")
    with transaction.atomic():
        events.record(transfer, TransferEvent.Kind.DOWNLOAD_FINISHED)
        if not ended.filter(finished_at=None).update(finished_at=timezone.now()):
            transaction.set_rollback(True)  # the same call came twice
            return
        if was_last.exists():
            running.select_for_update().first()  # waits for the one that may finish just now
            was_last.update(leased_until=Subquery(running.values("expires_at")[:1]))
        hourly.count(downloads_finished=1)


def _extend(lease: Lease, now: datetime) -> Lease:
    lease.expires_at = min(
        now + timedelta(seconds=limits.LEASE_SECONDS),
        lease.created_at + timedelta(seconds=limits.LEASE_MAX_SECONDS),
    )
    completed = Transfer.objects.filter(pk=lease.transfer_id, state=State.COMPLETED)
    with transaction.atomic():
        # The lease's row before the transfer's, as when a lease begins or ends.
        extended = Lease.objects.live(now).filter(pk=lease.pk).update(
            expires_at=lease.expires_at
        ) and completed.update(leased_until=_no_less_than(lease.expires_at))
        if not extended:
            raise errors.Conflict(
                "lease_ended", "This download has ended. Start a new one if any are left."
            )
    return lease


def _no_less_than(moment: datetime) -> Case:
    """What `leased_until` becomes with a lease that ends at `moment`."""
    return Case(When(leased_until__gt=moment, then=F("leased_until")), default=Value(moment))


def _hash(lease_token: str) -> bytes:
    try:
        return hash_secret(decode_b64u(lease_token, limits.SECRET_BYTES))
    except ValueError:
        raise errors.Invalid(
            "invalid_request", "lease_token must be 32 bytes in unpadded base64url."
        ) from None
