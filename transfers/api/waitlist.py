"""Registering interest, where the operator asks for it."""

from typing import Annotated

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, StringConstraints

from transfers import errors
from transfers.access import throttles, waitlist
from transfers.api.schemas import TEXT, Request, answers

router = Router(tags=["waitlist"])


class WaitlistRequest(Request):
    email: Annotated[str, StringConstraints(max_length=254, strip_whitespace=True)]
    words: Annotated[
        str, StringConstraints(max_length=500, strip_whitespace=True, pattern=TEXT)
    ] = ""


class Registered(BaseModel):
    status: str


@router.post("/waitlist", response=answers(Registered, 404, 422, 429), operation_id="waitlist")
def register(request: HttpRequest, body: WaitlistRequest):
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
