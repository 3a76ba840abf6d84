"""What the server stores, for everybody: before anything is sent, and of one transfer."""

from django.http import HttpRequest
from ninja import Router

from transfers import transparency
from transfers.access.address_hashes import event_hash
from transfers.access.client_address import client_address
from transfers.api.access import find_transfer, require_open
from transfers.api.documented import LEASE_TOKEN
from transfers.api.schemas.base import TransferId, answers
from transfers.api.schemas.transparency import Stored, StoredOfTransfer
from transfers.lifecycle import events, leases

router = Router(tags=["transparency"])


@router.api_operation(
    ["GET", "HEAD"],
    "/transparency",
    response=answers(Stored),
    operation_id="transparency",
)
def shape(request: HttpRequest) -> dict[str, object]:
    """Every table and column with a sentence: what would be stored."""
    return transparency.before()


@router.api_operation(
    ["GET", "HEAD"],
    "/transparency/{transfer_id}",
    response=answers(StoredOfTransfer, 404, 410),
    operation_id="transparency_of_transfer",
    openapi_extra=LEASE_TOKEN,
)
def of_transfer(request: HttpRequest, transfer_id: TransferId) -> dict[str, object]:
    """The same with values: what `info` says, and the caller's own download."""
    transfer = find_transfer(transfer_id)
    lease = leases.find(transfer, request.headers.get("x-sgraph-lease-token"))
    if lease is None:
        require_open(transfer, None)
    stored = transparency.for_recipient(transfer, lease)
    return stored | {"visitor": events.visitor_name(event_hash(client_address(request)))}
