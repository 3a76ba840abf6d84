"""The one error shape: {"detail": sentence, "code": stable code}."""

from django.http import JsonResponse

from transfers.errors import NotAllowed, NotFound, TransferError

API_PREFIXES = ("/transfers/", "/info/", "/api/")


def refused(error: TransferError) -> JsonResponse:
    """An error as an answer."""
    response = JsonResponse(error.body(), status=error.status)
    if error.retry_after_seconds:
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def of_status(status: int, request_id: str) -> TransferError:
    """The error behind a status that Django or a library answered by itself."""
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
