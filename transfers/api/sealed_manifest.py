"""The one large JSON body: the sealed manifest that completes an upload."""

from django.http import HttpRequest
from pydantic import ValidationError

from transfers import errors, limits
from transfers.api import streams, strict_json
from transfers.api.schemas.uploads import CompleteRequest
from transfers.tokens import decode_b64u


def sealed_manifest_of(request: HttpRequest) -> bytes:
    """The sealed manifest in the body; raises BadRequest, TooLarge or Invalid.

    A body above 64 KiB is only read here, so call this once it is known that its owner sends it.
    """
    try:
        body = CompleteRequest.model_validate(strict_json.read(_body_of(request)))
    except ValidationError:
        raise errors.Invalid(
            "invalid_request", "The body must be an object with one text member, manifest."
        ) from None
    except ValueError:
        raise errors.BadRequest("malformed_json", "The body is not JSON.") from None
    try:
        sealed = decode_b64u(body.manifest)
    except ValueError:
        raise errors.Invalid("invalid_request", "manifest must be unpadded base64url.") from None
    if len(sealed) > limits.SEALED_MANIFEST_MAX_BYTES:
        raise errors.TooLarge(
            "manifest_too_large",
            f"A sealed manifest may have {limits.SEALED_MANIFEST_MAX_BYTES} bytes at most.",
        )
    if len(sealed) < limits.MANIFEST_MIN_BYTES:
        raise errors.Invalid(
            "invalid_request",
            f"A sealed manifest has {limits.MANIFEST_MIN_BYTES} bytes at least.",
        )
    return sealed


def _body_of(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) <= limits.JSON_BODY_MAX_BYTES:
        return request.body
    with streams.receiving_slot(request) as slot:
        return b"".join(streams.body_chunks(request, slot))
