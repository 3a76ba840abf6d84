"""What senders see and change afterwards."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from transfers import limits
from transfers.api.schemas.base import Answer, Request
from transfers.api.schemas.transparency import Stored


class Receipt(Answer):
    """What is known of a deletion."""

    deleted_at: datetime
    """When the store had nothing left, UTC."""
    reason: str
    """`expired`, `exhausted`, `owner`, `operator`, `taken_down` or `abandoned`."""
    payload_bytes: int | None
    """Size of what was deleted, in bytes; null when nothing was stored."""
    verified: list[str]
    """What the store was asked for afterwards, and did not have."""


class Ended(Answer):
    """A download or a transfer that is over."""

    transfer_id: str
    """Identifier of the transfer."""
    state: str
    """`finished` for a download; `deleting` or `deleted` for a transfer."""
    receipt: Receipt | None = None
    """Of a deleted transfer, for its owner."""


class TermsRequest(Request):
    """What is to change; members that are left out stay as they are."""

    expires_in_seconds: Annotated[int, Field(ge=1, le=limits.INTEGER_MAX)] = 0
    """Life from now on, in seconds."""
    max_downloads: Annotated[int, Field(ge=1, le=limits.DOWNLOADS_MAX)] | None = None
    """How many downloads may start in all; null removes the limit."""


class Download(Answer):
    """One download that was counted."""

    started_at: datetime
    """When it was counted, UTC."""
    finished_at: datetime | None
    """When the recipient reported that everything was saved, UTC; null before."""
    live: bool
    """Whether it may still go on."""
    visitor: str | None
    """Eight characters that stand for the recipient's address within a UTC day; null if unknown."""


class Event(Answer):
    """One step of a transfer."""

    kind: str
    """Such as `completed` or `download_started`."""
    at: datetime
    """When it happened, UTC."""
    visitor: str | None
    """For `download_started` as in `downloads`; null for all else."""


class Ownership(Answer):
    """What the owner of a transfer may know."""

    transfer_id: str
    """Identifier of the transfer."""
    state: str
    """`pending`, `completing`, `completed`, `expired`, `exhausted`, `deleting` or `deleted`."""
    created_at: datetime
    """When it was begun, UTC."""
    completed_at: datetime | None
    """When its upload was complete, UTC; null before."""
    expires_at: datetime
    """When it expires, UTC."""
    file_size_bytes: int
    """Plaintext size of all files together, in bytes."""
    payload_bytes: int
    """Size of the sealed payload, in bytes."""
    max_downloads: int | None
    """How many downloads may start; null for no limit."""
    download_count: int
    """How many have started."""
    downloads_remaining: int | None
    """How many more may start; null for no limit."""
    longest_expires_in_seconds: int | None
    """Longest life that a change may ask for now, in seconds; null when none is possible."""
    downloads: list[Download]
    """The last 200, the oldest first."""
    events: list[Event]
    """The last 200, the oldest first."""
    receipt: Receipt | None
    """Of a deleted transfer; null before."""
    transparency: Stored
    """Everything that the server stores of it."""
