"""What the sender may see and do afterwards, with the owner token alone."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from transfers import errors, transparency
from transfers.api.access import find_managed
from transfers.api.documented import OWNER_TOKEN
from transfers.api.schemas.base import TransferId, answers
from transfers.api.schemas.ownership import Ended, Ownership, TermsRequest
from transfers.lifecycle import deletion, events, terms
from transfers.models import Reason, State, Transfer

router = Router(tags=["ownership"])

_AS_IN_THE_ROW = (
    "created_at",
    "completed_at",
    "expires_at",
    "file_size_bytes",
    "payload_bytes",
    "max_downloads",
    "download_count",
    "downloads_remaining",
)


@router.get(
    "/manage/{transfer_id}",
    response=answers(Ownership, 401, 403, 404, 410, 429),
    operation_id="manage",
    openapi_extra=OWNER_TOKEN,
)
def show(request: HttpRequest, transfer_id: TransferId) -> dict[str, object]:
    """State, terms, downloads and events; of a deleted transfer the receipt."""
    return _status_of(find_managed(request, transfer_id, even_deleted=True))


@router.patch(
    "/manage/{transfer_id}",
    response=answers(Ownership, 401, 403, 404, 409, 410, 422, 429),
    operation_id="change",
    openapi_extra=OWNER_TOKEN,
)
def change(request: HttpRequest, transfer_id: TransferId, body: TermsRequest) -> dict[str, object]:
    """Another expiry, counted from now, or another limit, or both."""
    transfer = find_managed(request, transfer_id)
    changes = body.model_dump(exclude_unset=True)
    if not changes:
        raise errors.Invalid("invalid_request", "There is nothing to change in this request.")
    terms.change_expiry_and_limit(transfer, changes)
    transfer.refresh_from_db()
    return _status_of(transfer)


@router.post(
    "/manage/{transfer_id}/revoke",
    response=answers(Ownership, 401, 403, 404, 409, 410, 429),
    operation_id="revoke",
    openapi_extra=OWNER_TOKEN,
)
def revoke(request: HttpRequest, transfer_id: TransferId) -> dict[str, object]:
    """No new downloads. Those that run may finish; then the bytes go."""
    transfer = find_managed(request, transfer_id)
    terms.stop_new_downloads(transfer)
    transfer.refresh_from_db()
    return _status_of(transfer)


@router.delete(
    "/manage/{transfer_id}",
    response=answers({200: Ended, 202: Ended}, 401, 403, 404, 410, 429),
    operation_id="delete",
    openapi_extra=OWNER_TOKEN,
)
def delete(request: HttpRequest, transfer_id: TransferId) -> Status[dict[str, object]]:
    """Delete now, without waiting for downloads that run. Again: the same receipt."""
    transfer = find_managed(request, transfer_id, even_deleted=True)
    state = deletion.delete(transfer, Reason.OWNER)
    return ended(transfer, state)


def ended(transfer: Transfer, state: State) -> Status[dict[str, object]]:
    """200 with the receipt once the bytes are gone, 202 while cleanup still has to remove them."""
    answer: dict[str, object] = {
        "transfer_id": transfer.id,
        "state": state,
        "receipt": deletion.receipt_of(transfer),
    }
    return Status(200 if state == State.DELETED else 202, answer)


def _status_of(transfer: Transfer) -> dict[str, object]:
    now = timezone.now()
    closing = transfer.closing_reason(now) if transfer.state == State.COMPLETED else ""
    happened: list[dict[str, Any]] = [
        {
            "kind": event.kind,
            "at": event.at,
            "visitor": events.visitor_name(event.address_hash),
        }
        for event in events.latest(transfer)
    ]
    return {
        **{name: getattr(transfer, name) for name in _AS_IN_THE_ROW},
        "transfer_id": transfer.id,
        "state": closing or transfer.state,
        "longest_expires_in_seconds": _longest_seconds(transfer, now, closing),
        "downloads": _downloads_of(transfer, happened, now),
        "events": happened,
        "receipt": deletion.receipt_of(transfer),
        "transparency": transparency.for_owner(transfer),
    }


def _downloads_of(
    transfer: Transfer, happened: list[dict[str, Any]], now: datetime
) -> list[dict[str, object]]:
    """The last leases, as many as events; a lease and its start's event have one time."""
    visitors = {event["at"]: event["visitor"] for event in happened}
    last = transfer.leases.order_by("-created_at")[: events.SHOWN_MAX]
    return [
        {
            "started_at": lease.created_at,
            "finished_at": lease.finished_at,
            "live": lease.is_live(now),
            "visitor": visitors.get(lease.created_at),
        }
        for lease in reversed(last)
    ]


def _longest_seconds(transfer: Transfer, now: datetime, closing: str) -> int | None:
    """The most that a change of the expiry takes at this moment; None when it takes none."""
    if transfer.state != State.COMPLETED or closing:
        return None
    return max(0, int((terms.latest_expiry(transfer) - now).total_seconds()))
