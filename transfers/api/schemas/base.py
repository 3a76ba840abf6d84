"""What all schemas share: strictness, common forms, errors, and how answers are documented."""

from typing import Annotated, Any

from django.http import HttpResponse, JsonResponse
from ninja import P, PathEx, Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from transfers import limits

Bytes32 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
Count = Annotated[int, Field(ge=0, le=limits.INTEGER_MAX)]
TransferId = PathEx[
    str,
    P(description=f"Identifier of the transfer, {limits.TRANSFER_ID_LENGTH} letters or digits."),
]
TEXT = r"^[^\x00]*$"  # PostgreSQL keeps no NUL in text


class Request(Schema):
    """A strict body: no coercion, no unknown members."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)


class Answer(BaseModel):
    """Plain pydantic: views give dictionaries, and ninja's Schema would look each member up as an
    attribute of a Django object first."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ErrorBody(Answer):
    """Every error."""

    detail: str
    """What is wrong, as a sentence for people."""
    code: str
    """What is wrong, as a stable name for programs."""
    missing: list[int] | None = None
    """With `parts_missing`: indexes of the parts that the store does not hold, from 0."""
    request_id: str | None = None
    """With `internal_error`: what the operator finds in the log."""


def answers(success: Any, *errors: int) -> dict[int, Any]:
    """The documented answers of a call: its success (a model, or models by status), the statuses of
    its own errors, and those of every call: a foreign host, a body that is broken, slow or too
    long, our own failures."""
    documented = success if isinstance(success, dict) else {200: success}
    return {**documented, **dict.fromkeys((400, *errors, 408, 413, 500, 503), ErrorBody)}


def prompt_answer(values: dict[str, object]) -> HttpResponse:
    """The answer 200 of a call that is made often: written as it is, not validated once more."""
    return JsonResponse(values, content_type="application/json; charset=utf-8")
