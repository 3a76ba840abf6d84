"""Anyone who can see a transfer may report it."""

from django.http import HttpRequest
from ninja import Router

from transfers.access import address_hashes, throttles
from transfers.access.client_address import client_address
from transfers.api.access import find_transfer
from transfers.api.schemas.base import TransferId, answers
from transfers.api.schemas.service import Reported, ReportRequest
from transfers.lifecycle import abuse

router = Router(tags=["reports"])


@router.post(
    "/report/{transfer_id}", response=answers(Reported, 404, 422, 429), operation_id="report"
)
def report(request: HttpRequest, transfer_id: TransferId, body: ReportRequest) -> dict[str, object]:
    """`received`, or `known` when enough reports of it wait already."""
    throttles.throttle(request, "report")
    transfer = find_transfer(transfer_id)
    filed = abuse.report(
        transfer,
        reason=body.reason,
        words=body.words,
        contact=body.contact,
        disclosed_key=body.disclosed_key or "",
        address_hash=address_hashes.event_hash(client_address(request)),
    )
    return {"status": "received" if filed else "known"}
