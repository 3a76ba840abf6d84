"""Registering interest, where the operator asks for it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from ninja import Router

from transfers import errors
from transfers.access import throttles, waitlist
from transfers.api.schemas.base import answers
from transfers.api.schemas.service import Registered, WaitlistRequest

router = Router(tags=["waitlist"])


@router.post("/waitlist", response=answers(Registered, 404, 422, 429), operation_id="waitlist")
def register(request: HttpRequest, body: WaitlistRequest) -> dict[str, object]:
    """`received`, whether the address was there before or not."""
    if not settings.WAITLIST:
        raise errors.NotFound("not_found", "There is nothing at this address.")
    throttles.throttle(request, "waitlist")
    try:
        validate_email(body.email)
    except ValidationError:
        raise errors.Invalid("invalid_request", "email: it has not the right form.") from None
    waitlist.register(body.email, body.words)
    return {"status": "received"}
