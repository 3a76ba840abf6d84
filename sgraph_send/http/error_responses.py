"""The one error shape, {"detail": sentence, "code": stable code}, counted by code."""

from django.http import JsonResponse
from django.http.response import HttpResponseBase

from transfers.errors import NotAllowed, NotFound, TransferError
from transfers.statistics import hourly, metrics

API_PREFIXES = ("/transfers/", "/info/", "/api/")
# Under which statistic an error counts; the other codes have none.
STATISTICS = {
    "too_many_requests": "refused_limit",
    "too_many_guesses": "refused_guess",
    "access_token_required": "refused_token",
    "access_token_wrong": "refused_token",
    "access_token_differs": "refused_token",
    "access_token_expired": "refused_token",
    "access_token_revoked": "refused_token",
    "access_token_used_up": "refused_token",
    "proof_wrong": "refused_proof",
    "link_proof_wrong": "refused_proof",
}


class ErrorResponse(JsonResponse):
    """An error as JSON."""

    def __init__(self, error: TransferError) -> None:
        super().__init__(error.body(), status=error.status)
        self.error_code = error.code
        if error.retry_after_seconds:
            self["Retry-After"] = str(error.retry_after_seconds)


def count_error(response: HttpResponseBase) -> None:
    """Count the error that this response is, if it is one: once, when it is sent."""
    code = getattr(response, "error_code", None)
    if code is None:
        return
    metrics.refused(code)
    if name := STATISTICS.get(code):
        hourly.note(name)


def error_of_status(status: int, request_id: str) -> TransferError:
    """The error for a status that Django or a library chose by itself."""
    if status == 404:
        return NotFound("not_found", "There is nothing at this address.")
    if status == 405:
        return NotAllowed("method_not_allowed", "This address does not take this method.")
    if status < 500:
        error = TransferError("bad_request", "The request could not be understood.")
        error.status = status
        return error
    return TransferError(
        "internal_error",
        f"Something went wrong on our side. If it happens again, report it as {request_id}.",
        request_id=request_id,
    )
