"""Bodies and answers of the JSON API. Requests are strict: no coercion, no unknown members.

Answers are plain pydantic models: views give dictionaries, and ninja's Schema would look each
member up as an attribute of a Django object first.
"""

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse, JsonResponse
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from transfers import limits

Bytes32 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
Count = Annotated[int, Field(ge=0, le=limits.INTEGER_MAX)]
TEXT = r"^[^\x00]*$"  # PostgreSQL keeps no NUL in text


class Request(Schema):
    model_config = ConfigDict(strict=True, extra="forbid")


class ErrorBody(BaseModel):
    detail: str
    code: str
    missing: list[int] | None = None
    request_id: str | None = None


class CreateRequest(Request):
    """A raw transfer gives the first three at most; a sealed one all of the others too."""

    file_size_bytes: Count
    content_type_hint: Annotated[str, Field(max_length=255, pattern=r"^[ -~]*$")] | None = None
    expires_in_seconds: Annotated[int, Field(ge=1, le=limits.INTEGER_MAX)] | None = None
    max_downloads: Annotated[int, Field(ge=1, le=limits.DOWNLOADS_MAX)] | None = None
    payload_bytes: Annotated[int, Field(ge=1, le=limits.INTEGER_MAX)] | None = None
    part_bytes: Annotated[int, Field(ge=1, le=limits.PART_MAX_BYTES)] | None = None
    envelope: (
        Annotated[
            str,
            StringConstraints(
                min_length=2, max_length=limits.ENVELOPE_MAX_BYTES, pattern=r"^[ -~]+$"
            ),
        ]
        | None
    ) = None
    link_proof_hash: Bytes32 | None = None
    proof_hash: Bytes32 | None = None
    owner_token_hash: Bytes32 | None = None


class Created(BaseModel):
    transfer_id: str
    upload_url: str


class SealedCreated(Created):
    expires_at: datetime
    max_downloads: int | None
    part_count: int


class SignRequest(Request):
    parts: Annotated[
        list[Annotated[int, Field(ge=0, lt=limits.PARTS_MAX)]],
        Field(min_length=1, max_length=limits.SIGN_BATCH_MAX),
    ]


class SignedPart(BaseModel):
    index: int
    url: str
    size_bytes: int
    expires_at: datetime


class SignedParts(BaseModel):
    parts: list[SignedPart]


class HeldPart(BaseModel):
    index: int
    size_bytes: int


class HeldParts(BaseModel):
    parts: list[HeldPart]


class CompleteRequest(Request):
    manifest: str


class Transparency(BaseModel):
    stored_fields: dict[str, str | int | None]
    not_stored: list[str]
    timestamp: datetime
    file_size_bytes: int
    payload_bytes: int


class Completed(BaseModel):
    transfer_id: str
    download_url: str
    transparency: Transparency
    expires_at: datetime
    max_downloads: int | None


class Uploaded(BaseModel):
    status: str = "uploaded"
    transfer_id: str
    size: int


class Info(BaseModel):
    transfer_id: str
    status: str
    file_size_bytes: int
    created_at: datetime
    download_count: int
    payload_bytes: int | None
    envelope: str | None
    expires_at: datetime
    max_downloads: int | None
    downloads_remaining: int | None


class ManifestRequest(Request):
    link_proof: Bytes32
    proof: Bytes32
    lease_token: Bytes32 | None = None


class Manifest(BaseModel):
    manifest: str


class LeaseRequest(Request):
    link_proof: Bytes32
    proof: Bytes32
    lease_token: Bytes32


class Leased(BaseModel):
    url: str
    url_expires_at: datetime
    lease_expires_at: datetime
    payload_bytes: int
    downloads_remaining: int | None


class FinishRequest(Request):
    lease_token: Bytes32


class StoredColumn(BaseModel):
    name: str
    label: str
    sentence: str
    has_value: bool
    value: str | int | None


class StoredPlace(BaseModel):
    name: str
    title: str
    sentence: str
    of_transfers: bool
    rows: int | None
    columns: list[StoredColumn]


class StoredBeside(BaseModel):
    title: str
    sentences: list[str]


class Stored(BaseModel):
    timestamp: datetime
    places: list[StoredPlace]
    beside: list[StoredBeside]
    not_stored: list[str]


class StoredOfTransfer(Stored):
    visitor: str | None


class Receipt(BaseModel):
    deleted_at: datetime
    reason: str
    payload_bytes: int | None
    verified: list[str]


class Ended(BaseModel):
    transfer_id: str
    state: str
    receipt: Receipt | None = None


class TermsRequest(Request):
    """What is to change; null takes the limit off."""

    expires_in_seconds: Annotated[int, Field(ge=1, le=limits.INTEGER_MAX)] = 0
    max_downloads: Annotated[int, Field(ge=1, le=limits.DOWNLOADS_MAX)] | None = None


class Download(BaseModel):
    started_at: datetime
    finished_at: datetime | None
    live: bool
    visitor: str | None


class Event(BaseModel):
    kind: str
    at: datetime
    visitor: str | None


class Ownership(BaseModel):
    transfer_id: str
    state: str
    created_at: datetime
    completed_at: datetime | None
    expires_at: datetime
    file_size_bytes: int
    payload_bytes: int
    max_downloads: int | None
    download_count: int
    downloads_remaining: int | None
    longest_expires_in_seconds: int | None
    downloads: list[Download]
    events: list[Event]
    receipt: Receipt | None
    transparency: Stored


class Config(BaseModel):
    upload_access: str
    max_transfer_bytes: int
    max_raw_bytes: int
    default_expiry_seconds: int
    max_expiry_seconds: int
    expiry_options_seconds: list[int]
    max_downloads_options: list[int]
    default_max_downloads: int | None
    max_manifest_bytes: int
    sign_batch_max: int
    waitlist: bool


class Health(BaseModel):
    status: str


def answers(success: type[BaseModel] | dict[int, type[BaseModel]], *errors: int) -> dict:
    """The documented answers of a call: its success, the statuses it may refuse with, and those
    of every call: a foreign host, a body that is broken, slow or too long, our own failures."""
    documented = success if isinstance(success, dict) else {200: success}
    return {**documented, **dict.fromkeys((400, *errors, 408, 413, 500, 503), ErrorBody)}


def prompt_answer(values: dict) -> HttpResponse:
    """The answer 200 of a call that is made often: written as it is, not validated once more."""
    return JsonResponse(values, content_type="application/json; charset=utf-8")
