"""Creating transfers, and uploading sealed ones part by part."""

from django.conf import settings
from ninja import Router, Status

from transfers import errors, limits
from transfers.access import access_tokens, throttles
from transfers.amounts import limit_text
from transfers.api import raw
from transfers.api.access import UploadAccess, UploadRequest, find_uploading, require_same_token
from transfers.api.documented import MANIFEST_BODY, OWNER_TOKEN
from transfers.api.ownership import ended
from transfers.api.schemas.base import TransferId, answers
from transfers.api.schemas.ownership import Ended
from transfers.api.schemas.uploads import (
    Completed,
    Created,
    CreateRequest,
    HeldParts,
    SealedCreated,
    SignedParts,
    SignRequest,
)
from transfers.api.sealed_manifest import sealed_manifest_of
from transfers.lifecycle import completion, deletion, uploads
from transfers.models import Transfer
from transfers.tokens import decode_b64u
from transfers.transparency import completed_answer

router = Router(tags=["uploads"], auth=UploadAccess())

SEALED_MEMBERS = (
    "payload_bytes",
    "part_bytes",
    "envelope",
    "link_proof_hash",
    "proof_hash",
    "owner_token_hash",
)


@router.post(
    "/create",
    response=answers({200: SealedCreated | Created}, 401, 403, 422, 429),
    operation_id="create",
)
def create(request: UploadRequest, body: CreateRequest) -> dict[str, object]:
    """Begin a transfer: sealed when all sealed members are given, raw when none is."""
    throttles.throttle(request, "create")
    members = {name: getattr(body, name) for name in SEALED_MEMBERS}
    given = {name: value for name, value in members.items() if value is not None}
    if (given and len(given) < len(SEALED_MEMBERS)) or (body.max_downloads and not given):
        raise errors.BadRequest(
            "mixed_transfer_kind",
            f"A sealed transfer needs all of {', '.join(SEALED_MEMBERS)}; "
            "a raw one has none of them and no max_downloads.",
        )
    if given and body.content_type_hint:
        raise errors.BadRequest("mixed_transfer_kind", "A sealed transfer tells no content type.")
    transfer = _sealed(body, **given) if given else raw.new_transfer(body)
    if request.access_token:
        is_expiry_asked = body.expires_in_seconds is not None
        access_tokens.charge_to(request.access_token, transfer, is_expiry_asked)
    uploads.begin(transfer)
    answer: dict[str, object] = {
        "transfer_id": transfer.id,
        "upload_url": f"/transfers/upload/{transfer.id}",
    }
    if transfer.is_sealed:
        answer |= {
            "expires_at": transfer.expires_at,
            "max_downloads": transfer.max_downloads,
            "part_count": transfer.part_count,
        }
    return answer


@router.post(
    "/upload/{transfer_id}/sign",
    response=answers(SignedParts, 401, 403, 404, 409, 410, 422, 429),
    operation_id="sign_parts",
    openapi_extra=OWNER_TOKEN,
)
def sign_parts(
    request: UploadRequest, transfer_id: TransferId, body: SignRequest
) -> dict[str, object]:
    """URLs for a batch of parts."""
    transfer = find_uploading(request, transfer_id)
    return {"parts": uploads.sign_parts(transfer, body.parts)}


@router.get(
    "/upload/{transfer_id}/parts",
    response=answers(HeldParts, 401, 403, 404, 409, 410, 429),
    operation_id="list_parts",
    openapi_extra=OWNER_TOKEN,
)
def list_parts(request: UploadRequest, transfer_id: TransferId) -> dict[str, object]:
    """The parts that the store holds whole, so that an upload can be resumed."""
    parts = uploads.stored_parts(find_uploading(request, transfer_id))
    return {"parts": [{"index": part.index, "size_bytes": part.size_bytes} for part in parts]}


@router.post(
    "/upload/{transfer_id}/abort",
    response=answers({200: Ended, 202: Ended}, 401, 403, 404, 409, 410, 429),
    operation_id="abort",
    openapi_extra=OWNER_TOKEN,
)
def abort(request: UploadRequest, transfer_id: TransferId) -> Status[dict[str, object]]:
    """Give an unfinished upload up and delete its parts."""
    transfer = find_uploading(request, transfer_id)
    return ended(transfer, deletion.abort(transfer))


@router.post(
    "/complete/{transfer_id}",
    response=answers(Completed, 401, 403, 404, 409, 410, 422, 429),
    operation_id="complete",
    openapi_extra=MANIFEST_BODY,
)
def complete(request: UploadRequest, transfer_id: TransferId) -> dict[str, object]:
    """Finish an upload: a sealed one with its manifest, a raw one without a body."""
    transfer = raw.find_raw(transfer_id)
    if transfer:
        require_same_token(request, transfer)
        return completed_answer(completion.complete_raw(transfer))
    transfer = find_uploading(request, transfer_id)
    completion.require_completable(transfer)
    return completed_answer(completion.complete(transfer, sealed_manifest_of(request)))


def _sealed(
    body: CreateRequest,
    *,
    payload_bytes: int,
    part_bytes: int,
    envelope: str,
    link_proof_hash: str,
    proof_hash: str,
    owner_token_hash: str,
) -> Transfer:
    count = limits.part_count(payload_bytes, part_bytes)
    if count > limits.PARTS_MAX or (count > 1 and part_bytes < limits.PART_MIN_BYTES):
        raise errors.Invalid(
            "invalid_request",
            f"Parts must be {limits.PART_MIN_BYTES} bytes or more, "
            f"and a transfer has {limits.PARTS_MAX} at most.",
        )
    if payload_bytes < body.file_size_bytes:
        raise errors.Invalid("invalid_request", "payload_bytes is less than file_size_bytes.")
    if (
        body.file_size_bytes > settings.MAX_TRANSFER_BYTES
        or payload_bytes > limits.payload_limit_bytes(settings.MAX_TRANSFER_BYTES)
    ):
        raise errors.TooLarge(
            "transfer_too_large",
            f"A transfer may hold {limit_text(settings.MAX_TRANSFER_BYTES)} at most.",
        )
    return Transfer(
        kind=Transfer.Kind.SEALED,
        file_size_bytes=body.file_size_bytes,
        payload_bytes=payload_bytes,
        part_bytes=part_bytes,
        envelope=envelope,
        link_proof_hash=decode_b64u(link_proof_hash),
        proof_hash=decode_b64u(proof_hash),
        owner_token_hash=decode_b64u(owner_token_hash),
        expires_in_seconds=raw.expiry_seconds(body),
        max_downloads=body.max_downloads,
    )
