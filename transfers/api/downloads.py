"""What a recipient calls: info, the sealed manifest, leases."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from transfers import errors, limits
from transfers.access import throttles
from transfers.access.client_address import client_address
from transfers.api.access import find_transfer, require_open, require_proofs
from transfers.api.documented import LEASE_TOKEN
from transfers.api.schemas.base import TransferId, answers, prompt_answer
from transfers.api.schemas.downloads import (
    FinishRequest,
    Info,
    Leased,
    LeaseRequest,
    Manifest,
    ManifestRequest,
)
from transfers.api.schemas.ownership import Ended
from transfers.lifecycle import completion, leases, uploads
from transfers.models import State, Transfer
from transfers.tokens import encode_b64u

router = Router(tags=["downloads"])


@router.api_operation(
    ["GET", "HEAD"],
    "/info/{transfer_id}",
    response=answers(Info, 404, 410),
    operation_id="info",
    openapi_extra=LEASE_TOKEN,
)
def info(request: HttpRequest, transfer_id: TransferId) -> HttpResponse:
    """State, size and envelope. Never counts."""
    transfer = find_transfer(transfer_id)
    require_open(transfer, request.headers.get("x-sgraph-lease-token"))
    values = {
        "transfer_id": transfer.id,
        "status": transfer.state,
        "file_size_bytes": transfer.file_size_bytes,
        "created_at": transfer.created_at,
        "download_count": transfer.download_count,
        "payload_bytes": transfer.payload_bytes,
        "envelope": transfer.envelope if transfer.is_sealed else None,
        "expires_at": transfer.expires_at,
        "max_downloads": transfer.max_downloads,
        "downloads_remaining": transfer.downloads_remaining,
    }
    return prompt_answer(values)


@router.post(
    "/manifest/{transfer_id}",
    response=answers(Manifest, 403, 404, 409, 410, 422, 429),
    operation_id="manifest",
)
def manifest(
    request: HttpRequest, transfer_id: TransferId, body: ManifestRequest
) -> dict[str, object]:
    """The sealed manifest, against the proofs. Not a download."""
    transfer = find_transfer(transfer_id)
    require_open(transfer, body.lease_token)
    require_proofs(request, transfer, body)
    if transfer.state != State.COMPLETED:
        raise leases.refusal(transfer)
    return {"manifest": encode_b64u(completion.sealed_manifest_of(transfer))}


@router.post(
    "/download/{transfer_id}/lease",
    response=answers(Leased, 403, 404, 409, 410, 422, 429),
    operation_id="lease",
)
def lease(request: HttpRequest, transfer_id: TransferId, body: LeaseRequest) -> dict[str, object]:
    """Take one download, or take the same one up again with the same token."""
    transfer = find_transfer(transfer_id)
    if transfer.state != State.COMPLETED:
        raise leases.refusal(transfer)
    require_proofs(request, transfer, body)
    _require_room(request, transfer, body.lease_token)
    taken = leases.take(transfer, body.lease_token, client_address(request))
    transfer = Transfer.objects.find(transfer_id) or transfer
    seconds = limits.DOWNLOAD_URL_SECONDS
    return {
        "url": uploads.store_of(transfer).sign_download(transfer.id),
        "url_expires_at": timezone.now() + timedelta(seconds=seconds),
        "lease_expires_at": taken.expires_at,
        "payload_bytes": transfer.payload_bytes,
        "downloads_remaining": transfer.downloads_remaining,
    }


def _require_room(request: HttpRequest, transfer: Transfer, lease_token: str) -> None:
    """Raises TooManyRequests, but never stops a download that runs."""
    try:
        throttles.throttle(request, "lease")
    except errors.TooManyRequests:
        if not leases.find_live(transfer, lease_token):
            raise


@router.post(
    "/download/{transfer_id}/finish",
    response=answers(Ended, 404, 409, 410, 422),
    operation_id="finish",
)
def finish(request: HttpRequest, transfer_id: TransferId, body: FinishRequest) -> dict[str, object]:
    """Say that a download is complete, so that its lease ends."""
    transfer = find_transfer(transfer_id)
    if not transfer.is_sealed:
        raise errors.Conflict("raw_transfer", "A raw transfer has no leases.")
    if transfer.state != State.COMPLETED:
        raise leases.refusal(transfer)
    leases.finish(transfer, body.lease_token)
    return {"transfer_id": transfer.id, "state": "finished"}
