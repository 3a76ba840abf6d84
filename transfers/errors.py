"""Everything the API refuses, as one tree. `code` is stable; scripts switch on it.

TransferError
├── BadRequest 400        bad_request, host_not_allowed, malformed_json, mixed_transfer_kind,
│                         origin_not_allowed
├── Unauthorised 401      access_token_required, access_token_wrong, owner_token_required
├── Forbidden 403         access_token_differs, access_token_expired, access_token_revoked,
│                         access_token_used_up, download_url_wrong, link_proof_wrong,
│                         not_through_cloudfront, owner_token_wrong, part_url_wrong,
│                         payload_blocked, proof_wrong, sealed_transfer
├── NotFound 404          lease_not_found, not_found, nothing_uploaded, transfer_not_found
├── NotAllowed 405        method_not_allowed
├── Interrupted 408       upload_interrupted
├── Conflict 409          lease_ended, limit_below_downloads, manifest_differs, parts_missing,
│                         raw_transfer, sealed_transfer, transfer_not_pending,
│                         transfer_not_ready, upload_in_progress
├── Gone 410              transfer_exhausted, transfer_expired, transfer_taken_down
├── LengthRequired 411    length_required
├── TooLarge 413          access_token_bytes_exceeded, access_token_transfer_too_large,
│                         answer_too_large, body_too_large, manifest_too_large, transfer_too_large
├── WrongRange 416        range_not_satisfiable
├── Invalid 422           access_token_expiry_too_long, invalid_request, part_out_of_range,
│                         wrong_part_length
├── TooManyRequests 429   too_many_guesses, too_many_requests
├── 500                   internal_error
└── Unavailable 503       database_unavailable, server_busy, store_unavailable
"""


class TransferError(Exception):
    """A refusal with a status, a stable code and a sentence; `extra` joins the JSON answer."""

    status = 500
    retry_after_seconds: int | None = None

    def __init__(self, code: str, detail: str, **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.extra = extra

    def body(self) -> dict[str, object]:
        return {"detail": self.detail, "code": self.code, **self.extra}


class BadRequest(TransferError):
    status = 400


class Unauthorised(TransferError):
    status = 401


class Forbidden(TransferError):
    status = 403


class NotFound(TransferError):
    status = 404


class NotAllowed(TransferError):
    status = 405


class Interrupted(TransferError):
    status = 408


class Conflict(TransferError):
    status = 409


class Gone(TransferError):
    status = 410


class LengthRequired(TransferError):
    status = 411


class TooLarge(TransferError):
    status = 413


class WrongRange(TransferError):
    status = 416


class Invalid(TransferError):
    status = 422


class TooManyRequests(TransferError):
    status = 429

    def __init__(self, code: str, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(code, detail)
        self.retry_after_seconds = max(1, retry_after_seconds)


class Unavailable(TransferError):
    status = 503
    retry_after_seconds = 2


def transfer_not_found() -> NotFound:
    return NotFound(
        "transfer_not_found",
        "There is no such transfer. The link may be mistyped, or the transfer was deleted.",
    )


def store_unavailable() -> Unavailable:
    return Unavailable(
        "store_unavailable", "The file store does not answer just now. Try again in a moment."
    )


def taken_down(notice: str) -> Gone:
    """`notice` is the operator's own sentence, or ""."""
    return Gone(
        "transfer_taken_down",
        notice or "The operator of this site has taken this transfer down.",
    )
