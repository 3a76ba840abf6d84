"""Who may call what: the access token for uploads, the owner token for one transfer."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyHeader

from transfers import errors, leases
from transfers.models import State, Transfer
from transfers.tokens import same_text, secret_matches


class UploadAccess(APIKeyHeader):
    """Lets uploads through in `open` mode, and in `token` mode those with the right token."""

    param_name = "x-sgraph-access-token"

    def authenticate(self, request: HttpRequest, key: str | None) -> str:
        if settings.UPLOAD_ACCESS == "open":
            return "open"
        if not key:
            raise errors.Unauthorised(
                "access_token_required", "Uploads to this site need an access token."
            )
        if not settings.ACCESS_TOKEN or not same_text(key, settings.ACCESS_TOKEN):
            raise errors.Unauthorised(
                "access_token_wrong", "This access token is not valid. Check it for typing errors."
            )
        return "token"


def find_transfer(transfer_id: str) -> Transfer:
    """The transfer of this id unless it is unknown or forgotten; raises NotFound."""
    transfer = Transfer.objects.find(transfer_id)
    if transfer is None or transfer.is_forgotten(timezone.now()):
        raise errors.transfer_not_found()
    return transfer


def find_owned(request: HttpRequest, transfer_id: str, *, even_deleted: bool = False) -> Transfer:
    """The sealed transfer whose owner is calling; raises Unauthorised, NotFound or Forbidden.

    Of a deleted one only with `even_deleted`; all others are told what everybody is told of it.
    """
    token = request.headers.get("x-sgraph-owner-token")
    if not token:
        raise errors.Unauthorised(
            "owner_token_required", "Only the sender may do this; the owner token is missing."
        )
    # Not find_transfer: while a deletion is under way its owner may see and repeat it.
    transfer = Transfer.objects.find(transfer_id)
    if transfer is None:
        raise errors.transfer_not_found()
    is_owner = secret_matches(token, transfer.owner_token_hash)
    if transfer.state == State.DELETED and not (is_owner and even_deleted):
        raise leases.refusal(transfer)
    if not is_owner:
        raise errors.Forbidden(
            "owner_token_wrong", "Only the sender may do this; the owner token is not right."
        )
    return transfer


def require_open(transfer: Transfer, lease_token: str | None) -> None:
    """Raises Gone or NotFound when the transfer is over for everyone but holders of live leases."""
    if transfer.closing_reason(timezone.now()) and not leases.find_live(transfer, lease_token):
        raise leases.refusal(transfer)


def require_proofs(transfer: Transfer, link_proof: str, proof: str) -> None:
    """Raises Forbidden unless both proofs hash to what the sender left (format.md section 6)."""
    if not transfer.is_sealed:
        raise errors.Conflict("raw_transfer", "This transfer was uploaded without encryption.")
    if not secret_matches(link_proof, transfer.link_proof_hash):
        raise errors.Forbidden("link_proof_wrong", "This key does not belong to this transfer.")
    if not secret_matches(proof, transfer.proof_hash):
        raise errors.Forbidden("proof_wrong", "This passphrase is not the right one.")
