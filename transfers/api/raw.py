"""The original service's calls: bytes through the server, as they come, capped by a setting."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from transfers import errors
from transfers.amounts import limit_text
from transfers.api import streams
from transfers.api.access import (
    UploadAccess,
    UploadRequest,
    find_transfer,
    require_open,
    require_same_token,
)
from transfers.api.documented import RAW_BODY, STORED_BYTES
from transfers.api.schemas.base import TransferId, answers
from transfers.api.schemas.uploads import CreateRequest, Uploaded
from transfers.lifecycle import leases, uploads
from transfers.models import State, Transfer

router = Router(tags=["raw"])


@router.post(
    "/upload/{transfer_id}",
    auth=UploadAccess(),
    response=answers(Uploaded, 401, 403, 404, 409, 411, 429),
    operation_id="upload_raw",
    openapi_extra=RAW_BODY,
)
def upload(request: UploadRequest, transfer_id: TransferId) -> dict[str, object]:
    """The whole file as the request's body."""
    transfer = find_transfer(transfer_id)
    if transfer.is_sealed:
        raise errors.Conflict(
            "sealed_transfer", "This transfer is sealed; its parts are uploaded to signed URLs."
        )
    require_same_token(request, transfer)
    if transfer.state != State.PENDING:
        raise errors.transfer_not_found()
    length_bytes = streams.body_length_bytes(request)
    if length_bytes > settings.MAX_RAW_BYTES:
        raise errors.TooLarge(
            "transfer_too_large",
            f"A raw transfer may have {limit_text(settings.MAX_RAW_BYTES)} at most.",
        )
    if transfer.access_token_id and length_bytes > transfer.file_size_bytes:
        raise errors.TooLarge(
            "transfer_too_large",
            f"This transfer was announced, and its token charged, with {transfer.file_size_bytes} "
            "bytes.",
        )
    with streams.receiving_slot(request) as slot:
        part = uploads.write_raw(transfer, streams.body_chunks(request, slot), length_bytes)
    return {"status": "uploaded", "transfer_id": transfer.id, "size": part.size_bytes}


@router.api_operation(
    ["GET", "HEAD"],
    "/download/{transfer_id}",
    response=answers({200: None}, 403, 404, 410),
    operation_id="download_raw",
    openapi_extra=STORED_BYTES,
)
def download(request: HttpRequest, transfer_id: TransferId) -> HttpResponseBase:
    """The bytes of a raw transfer; each GET counts as a download."""
    transfer = find_transfer(transfer_id)
    if transfer.is_sealed:
        raise errors.Forbidden(
            "sealed_transfer", "This transfer is sealed; open its link in a browser."
        )
    require_open(transfer, None)
    if transfer.state != State.COMPLETED:
        raise errors.transfer_not_found()
    if request.method == "HEAD":
        return streams.payload_headers(HttpResponse(), transfer.stored_bytes)
    with streams.sending_slot(request) as slot:
        chunks = uploads.store_of(transfer).read(transfer.id, 0, transfer.stored_bytes)
        chunks = streams.begun(chunks)
        leases.count_raw_download(transfer)
        return streams.payload_answer(chunks, transfer.stored_bytes, slot)


def new_transfer(body: CreateRequest) -> Transfer:
    """An unsaved raw transfer."""
    if body.file_size_bytes > settings.MAX_RAW_BYTES:
        raise errors.TooLarge(
            "transfer_too_large",
            f"A raw transfer may have {limit_text(settings.MAX_RAW_BYTES)} at most.",
        )
    return Transfer(
        kind=Transfer.Kind.RAW,
        file_size_bytes=body.file_size_bytes,
        content_type_hint=body.content_type_hint or "",
        expires_in_seconds=expiry_seconds(body),
    )


def find_raw(transfer_id: str) -> Transfer | None:
    """The transfer of this id if it is a raw one."""
    transfer = find_transfer(transfer_id)
    return None if transfer.is_sealed else transfer


def expiry_seconds(body: CreateRequest) -> int:
    """The asked life of a transfer; raises Invalid when it is longer than this site allows."""
    seconds = body.expires_in_seconds or settings.DEFAULT_EXPIRY_SECONDS
    if seconds > settings.MAX_EXPIRY_SECONDS:
        raise errors.Invalid(
            "invalid_request",
            f"expires_in_seconds may be {settings.MAX_EXPIRY_SECONDS} at most.",
        )
    return seconds
