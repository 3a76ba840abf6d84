"""Beginning, filling and completing a transfer."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from transfers import limits
from transfers.api.schemas.base import Answer, Bytes32, Count, Request


class CreateRequest(Request):
    """A raw transfer gives the first three at most; a sealed one all of the others too."""

    file_size_bytes: Count
    """Plaintext size of all files together, in bytes."""
    content_type_hint: Annotated[str, Field(max_length=255, pattern=r"^[ -~]*$")] | None = None
    """Media type of a raw transfer, as its sender names it. It is kept and never answered with."""
    expires_in_seconds: Annotated[int, Field(ge=1, le=limits.INTEGER_MAX)] | None = None
    """Life after completion, in seconds; without it the site's default."""
    max_downloads: Annotated[int, Field(ge=1, le=limits.DOWNLOADS_MAX)] | None = None
    """How many downloads may start; null for no limit."""
    payload_bytes: Annotated[int, Field(ge=1, le=limits.INTEGER_MAX)] | None = None
    """Size of the sealed payload, in bytes."""
    part_bytes: Annotated[int, Field(ge=1, le=limits.PART_MAX_BYTES)] | None = None
    """Ciphertext bytes of every part but the last."""
    envelope: (
        Annotated[
            str,
            StringConstraints(
                min_length=2, max_length=limits.ENVELOPE_MAX_BYTES, pattern=r"^[ -~]+$"
            ),
        ]
        | None
    ) = None
    """Public parameters of the key derivation, as JSON text (format.md, section 3)."""
    link_proof_hash: Bytes32 | None = None
    """SHA-256 of the link proof (format.md, section 6), base64url of 32 bytes."""
    proof_hash: Bytes32 | None = None
    """SHA-256 of the proof (format.md, section 6), base64url of 32 bytes."""
    owner_token_hash: Bytes32 | None = None
    """SHA-256 of the owner token, base64url of 32 bytes."""


class Created(Answer):
    """A raw transfer that was begun."""

    transfer_id: str
    """Identifier of the transfer."""
    upload_url: str
    """Path that uploads of it begin with."""


class SealedCreated(Created):
    """A sealed transfer that was begun."""

    expires_at: datetime
    """When it would expire if it were complete now, UTC; completion sets it anew."""
    max_downloads: int | None
    """How many downloads may start; null for no limit."""
    part_count: int
    """How many parts the payload has."""


class SignRequest(Request):
    """Which parts are to be uploaded next."""

    parts: Annotated[
        list[Annotated[int, Field(ge=0, lt=limits.PARTS_MAX)]],
        Field(min_length=1, max_length=limits.SIGN_BATCH_MAX),
    ]
    """Indexes of parts, from 0."""


class SignedPart(Answer):
    """Where one part is uploaded."""

    index: int
    """Index of the part, from 0."""
    url: str
    """URL that takes its bytes by PUT, without further credentials."""
    size_bytes: int
    """Exact length that the part must have, in bytes."""
    expires_at: datetime
    """Until when the URL may be used, UTC."""


class SignedParts(Answer):
    """URLs for a batch of parts."""

    parts: list[SignedPart]
    """One for each index of the request, in its order."""


class HeldPart(Answer):
    """One part that the store holds whole."""

    index: int
    """Index of the part, from 0."""
    size_bytes: int
    """Its length, in bytes."""


class HeldParts(Answer):
    """The parts that an interrupted upload need not send again."""

    parts: list[HeldPart]
    """By index."""


class CompleteRequest(Request):
    """What a sealed upload ends with."""

    manifest: str
    """The sealed manifest (format.md, section 5), unpadded base64url."""


class Transparency(Answer):
    """What the server stored of this transfer."""

    stored_fields: dict[str, str | int | None]
    """Every column of its row by name. Hashes and handles are described in words."""
    not_stored: list[str]
    """What the server does not have."""
    timestamp: datetime
    """When this was read, UTC."""
    file_size_bytes: int
    """Plaintext size as announced, in bytes."""
    payload_bytes: int
    """Size of what is stored, in bytes."""


class Completed(Answer):
    """A finished upload."""

    transfer_id: str
    """Identifier of the transfer."""
    download_url: str
    """Path of the page that recipients open."""
    transparency: Transparency
    """What the server stored."""
    expires_at: datetime
    """When it expires, UTC."""
    max_downloads: int | None
    """How many downloads may start; null for no limit."""


class Uploaded(Answer):
    """A raw transfer's bytes have arrived."""

    status: str = "uploaded"
    """Always `uploaded`."""
    transfer_id: str
    """Identifier of the transfer."""
    size: int
    """How many bytes arrived."""
