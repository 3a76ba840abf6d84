"""Who may call what: the access token for uploads, the owner token for one transfer."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyHeader

from transfers import errors
from transfers.access import access_tokens, guesses, throttles
from transfers.api.schemas.downloads import LeaseRequest, ManifestRequest
from transfers.lifecycle import leases
from transfers.models import AccessToken, State, Transfer
from transfers.tokens import same_text, secret_matches


class UploadRequest(HttpRequest):
    """A request that UploadAccess has let through."""

    access_token: AccessToken | None
    """The database's token that it came with; None for the shared one, and without any."""


class UploadAccess(APIKeyHeader):
    """Lets uploads through with the shared token or one of the database, in `open` mode without.

    Makes the request an UploadRequest. A token that is given and wrong is refused in `open` mode
    too: its holder counts on its account.
    """

    param_name = "x-sgraph-access-token"

    def authenticate(self, request: HttpRequest, key: str | None) -> str:
        caller = cast(UploadRequest, request)
        caller.access_token = None
        if not key:
            if settings.UPLOAD_ACCESS == "open":
                return "open"
            raise errors.Unauthorised(
                "access_token_required", "Uploads to this site need an access token."
            )
        token = access_tokens.find(key)
        if token is None:
            throttles.require_room(request, "access_failures")
            if settings.ACCESS_TOKEN and same_text(key, settings.ACCESS_TOKEN):
                return "shared"
            throttles.throttle(request, "access_failures")
            raise access_tokens.wrong()
        access_tokens.require_valid(token)
        caller.access_token = token
        return "token"


def find_transfer(transfer_id: str) -> Transfer:
    """The transfer of this id unless it is unknown or forgotten; raises NotFound."""
    transfer = Transfer.objects.find(transfer_id)
    if transfer is None or transfer.is_forgotten(timezone.now()):
        raise errors.transfer_not_found()
    return transfer


def find_owned(request: HttpRequest, transfer_id: str, *, even_deleted: bool = False) -> Transfer:
    """The sealed transfer whose owner is calling; raises Unauthorised, NotFound or Forbidden.

    A deleted one only with `even_deleted`; other callers get the error that everybody gets.
    """
    token = request.headers.get("x-sgraph-owner-token")
    if not token:
        raise errors.Unauthorised(
            "owner_token_required", "Only the sender may do this; the owner token is missing."
        )
    # Not find_transfer: the owner may see and repeat a deletion that is in progress.
    transfer = Transfer.objects.find(transfer_id)
    if transfer is None:
        raise errors.transfer_not_found()
    is_owner = secret_matches(token, bytes(transfer.owner_token_hash))
    # Nor may anybody else learn that there is still something to delete.
    is_over = transfer.state == State.DELETED or (
        not is_owner and transfer.is_forgotten(timezone.now())
    )
    if is_over and not (is_owner and even_deleted):
        raise leases.refusal(transfer)
    if not is_owner:
        throttles.throttle(request, "owner_failures")
        raise errors.Forbidden(
            "owner_token_wrong", "Only the sender may do this; the owner token is not right."
        )
    return transfer


def find_managed(request: HttpRequest, transfer_id: str, *, even_deleted: bool = False) -> Transfer:
    """As `find_owned`, for calls that are counted by address."""
    throttles.throttle(request, "manage")
    return find_owned(request, transfer_id, even_deleted=even_deleted)


def find_uploading(request: UploadRequest, transfer_id: str) -> Transfer:
    """As `find_owned`; raises Forbidden for another access token than the upload's."""
    transfer = find_owned(request, transfer_id)
    require_same_token(request, transfer)
    return transfer


def require_same_token(request: UploadRequest, transfer: Transfer) -> None:
    """Raises Forbidden for another access token than the one that the transfer was charged to."""
    caller_id = request.access_token.pk if request.access_token else None
    if transfer.access_token_id != caller_id:
        raise errors.Forbidden(
            "access_token_differs", "This upload was begun with another access token."
        )


def require_open(transfer: Transfer, lease_token: str | None) -> None:
    """Raises Gone or NotFound when the transfer is over for everyone but holders of live leases."""
    if transfer.closing_reason(timezone.now()) and not leases.find_live(transfer, lease_token):
        raise leases.refusal(transfer)


def require_proofs(
    request: HttpRequest, transfer: Transfer, body: ManifestRequest | LeaseRequest
) -> None:
    """Raises Forbidden unless both proofs hash to what the sender left (format.md section 6), and
    TooManyRequests for too many wrong ones: a wrong link proof counts for its address alone.
    """
    if not transfer.is_sealed:
        raise errors.Conflict("raw_transfer", "This transfer was uploaded without encryption.")
    if not secret_matches(body.link_proof, bytes(transfer.link_proof_hash)):
        throttles.throttle(request, "link_failures")
        raise errors.Forbidden("link_proof_wrong", "This key does not belong to this transfer.")
    guesses.require_proof(
        transfer, body.proof, lambda: leases.find_live(transfer, body.lease_token) is not None
    )
