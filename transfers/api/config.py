"""What a client must know before it starts: limits, and whether it needs a token."""

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from transfers import limits
from transfers.api.schemas.base import answers
from transfers.api.schemas.service import Config

router = Router(tags=["service"])


@router.api_operation(["GET", "HEAD"], "/config", response=answers(Config), operation_id="config")
def config(request: HttpRequest) -> dict[str, object]:
    """The same for every caller."""
    longest = settings.MAX_EXPIRY_SECONDS
    options = {s for s in limits.EXPIRY_OPTIONS_SECONDS if s <= longest}
    return {
        "upload_access": settings.UPLOAD_ACCESS,
        "max_transfer_bytes": settings.MAX_TRANSFER_BYTES,
        "max_raw_bytes": settings.MAX_RAW_BYTES,
        "default_expiry_seconds": settings.DEFAULT_EXPIRY_SECONDS,
        "max_expiry_seconds": longest,
        "expiry_options_seconds": sorted(options | {settings.DEFAULT_EXPIRY_SECONDS}),
        "max_downloads_options": list(limits.DOWNLOADS_OPTIONS),
        "default_max_downloads": limits.DOWNLOADS_DEFAULT,
        "max_manifest_bytes": limits.MANIFEST_MAX_BYTES,
        "sign_batch_max": limits.SIGN_BATCH_MAX,
        "waitlist": settings.WAITLIST,
    }
