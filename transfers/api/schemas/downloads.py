"""What recipients ask and get."""

from datetime import datetime

from transfers.api.schemas.base import Answer, Bytes32, Request


class Info(Answer):
    """What everybody with the link may know."""

    transfer_id: str
    """Identifier of the transfer."""
    status: str
    """`pending`, `completing` or `completed`."""
    file_size_bytes: int
    """Plaintext size of all files together, in bytes."""
    created_at: datetime
    """When it was begun, UTC."""
    download_count: int
    """How many downloads have started."""
    payload_bytes: int | None
    """Size of what is stored, in bytes; null before a raw transfer is uploaded."""
    envelope: str | None
    """Public parameters of the key derivation, JSON text (format.md, section 3); null for raw."""
    expires_at: datetime
    """When it expires, UTC."""
    max_downloads: int | None
    """How many downloads may start; null for no limit."""
    downloads_remaining: int | None
    """How many more may start; null for no limit."""


class ManifestRequest(Request):
    """Proof that the caller has the link, and the passphrase if there is one."""

    link_proof: Bytes32
    """The link proof (format.md, section 6), base64url of 32 bytes."""
    proof: Bytes32
    """The proof (format.md, section 6), base64url of 32 bytes."""
    lease_token: Bytes32 | None = None
    """The caller's own token of a download that is under way."""


class Manifest(Answer):
    """The encrypted list of files."""

    manifest: str
    """The sealed manifest (format.md, section 5), unpadded base64url."""


class LeaseRequest(Request):
    """The same proofs, to start or continue a download."""

    link_proof: Bytes32
    """The link proof (format.md, section 6), base64url of 32 bytes."""
    proof: Bytes32
    """The proof (format.md, section 6), base64url of 32 bytes."""
    lease_token: Bytes32
    """32 random bytes of the caller's own, base64url; the same ones continue the same download."""


class Leased(Answer):
    """A download that has started."""

    url: str
    """URL that answers the payload, whole or by ranges."""
    url_expires_at: datetime
    """Until when the URL may be used, UTC; the same call gives another."""
    lease_expires_at: datetime
    """Until when this download may go on, UTC."""
    payload_bytes: int
    """Size of the payload, in bytes."""
    downloads_remaining: int | None
    """How many more downloads may start; null for no limit."""


class FinishRequest(Request):
    """Which download is complete."""

    lease_token: Bytes32
    """The token that the download was started with."""
