"""What the sender may see and do afterwards, with the owner token alone."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from transfers import lifecycle
from transfers.api.access import find_owned
from transfers.api.schemas import Ended, Ownership, answers
from transfers.models import Reason, State, Transfer

router = Router(tags=["ownership"])


@router.get(
    "/manage/{transfer_id}",
    response=answers(Ownership, 401, 403, 404, 410),
    operation_id="manage",
)
def show(request: HttpRequest, transfer_id: str):
    """State, limits and downloads with their times."""
    transfer = find_owned(request, transfer_id)
    now = timezone.now()
    closing = transfer.closing_reason(now) if transfer.state == State.COMPLETED else ""
    return {
        **{
            name: getattr(transfer, name)
            for name in Ownership.model_fields
            if name not in ("transfer_id", "state", "downloads")
        },
        "transfer_id": transfer.id,
        "state": closing or transfer.state,
        "downloads": [
            {
                "started_at": lease.created_at,
                "finished_at": lease.finished_at,
                "live": lease.is_live(now),
            }
            for lease in transfer.leases.all()
        ],
    }


@router.delete(
    "/manage/{transfer_id}",
    response=answers({200: Ended, 202: Ended}, 401, 403, 404, 410),
    operation_id="delete",
)
def delete(request: HttpRequest, transfer_id: str):
    """Delete now, without waiting for downloads that run."""
    transfer = find_owned(request, transfer_id)
    state = lifecycle.delete(transfer, Reason.OWNER)
    return ended(transfer, state)


def ended(transfer: Transfer, state: State) -> Status:
    """200 once the bytes are gone, 202 while cleanup still has to remove them."""
    answer = {"transfer_id": transfer.id, "state": state}
    return Status(200 if state == State.DELETED else 202, answer)
