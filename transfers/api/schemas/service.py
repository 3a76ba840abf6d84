"""What concerns the site as a whole, and messages to its operator."""

from typing import Annotated

from pydantic import Field, StringConstraints

from transfers.api.schemas.base import TEXT, Answer, Bytes32, Request
from transfers.models import AbuseReport

Contact = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True, pattern=TEXT)]


class Config(Answer):
    """Limits and choices of this site."""

    upload_access: str
    """`token` when uploads need an access token, `open` when they do not."""
    max_transfer_bytes: int
    """Largest plaintext size of a sealed transfer, in bytes."""
    max_raw_bytes: int
    """Largest raw transfer, in bytes."""
    default_expiry_seconds: int
    """Life of a transfer that asks for none, in seconds after completion."""
    max_expiry_seconds: int
    """Longest life, in seconds after completion."""
    expiry_options_seconds: list[int]
    """Lives that the page offers, in seconds."""
    max_downloads_options: list[int]
    """Limits of downloads that the page offers."""
    default_max_downloads: int | None
    """Limit that the page chooses at first; null for none."""
    max_manifest_bytes: int
    """Largest manifest before it is sealed, in bytes."""
    sign_batch_max: int
    """Most parts in one call for URLs."""
    waitlist: bool
    """Whether people may ask to be told when they can upload."""


class ReportRequest(Request):
    """What somebody says about a transfer."""

    reason: Annotated[str, Field(pattern=f"^({'|'.join(AbuseReport.Reason.values)})$")]
    """What kind of misuse it is."""
    words: Annotated[
        str, StringConstraints(max_length=2000, strip_whitespace=True, pattern=TEXT)
    ] = ""
    """An explanation in the reporter's own words."""
    contact: Contact = ""
    """How the operator may reach the reporter."""
    disclosed_key: Bytes32 | None = None
    """The key of the link, only from those who choose to let the operator look."""


class Reported(Answer):
    """A report has arrived."""

    status: str
    """`received`, or `known` when enough reports of this transfer wait already."""


class WaitlistRequest(Request):
    """Who wants to upload."""

    email: Annotated[str, StringConstraints(max_length=254, strip_whitespace=True)]
    """Address to write to."""
    words: Annotated[
        str, StringConstraints(max_length=500, strip_whitespace=True, pattern=TEXT)
    ] = ""
    """A few words for the operator."""


class Registered(Answer):
    """The address is noted."""

    status: str
    """Always `received`, whether it was noted before or not."""
