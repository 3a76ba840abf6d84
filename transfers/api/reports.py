"""Anyone who can see a transfer may report it."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field, StringConstraints

from transfers.access import address_hashes, throttles
from transfers.access.client_address import client_address
from transfers.api.access import find_transfer
from transfers.api.schemas import TEXT, Bytes32, Request, answers
from transfers.lifecycle import abuse
from transfers.models import AbuseReport

router = Router(tags=["reports"])
Words = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True, pattern=TEXT)]
Contact = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True, pattern=TEXT)]


class ReportRequest(Request):
    """`disclosed_key` is the link's key, sent only by those who choose to disclose it."""

    reason: Annotated[str, Field(pattern=f"^({'|'.join(AbuseReport.Reason.values)})$")]
    words: Words = ""
    contact: Contact = ""
    disclosed_key: Bytes32 | None = None


class Reported(BaseModel):
    status: str


@router.post(
    "/report/{transfer_id}", response=answers(Reported, 404, 422, 429), operation_id="report"
)
def report(request: HttpRequest, transfer_id: str, body: ReportRequest):
    """`received`, or `known` when enough reports of it wait already."""
    throttles.throttle(request, "report")
    transfer = find_transfer(transfer_id)
    filed = abuse.report(
        transfer,
        reason=body.reason,
        words=body.words,
        contact=body.contact,
        disclosed_key=body.disclosed_key or "",
        address_hash=address_hashes.hash_address(client_address(request)),
    )
    return {"status": "received" if filed else "known"}
