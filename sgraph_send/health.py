"""Whether this process answers, and whether what it needs does."""

from django.db import DatabaseError, connection
from django.http import HttpRequest
from ninja import Router, Schema, Status

from sgraph_send import __version__
from transfers.api.schemas import answers

router = Router(tags=["service"])


class Health(Schema):
    status: str


class About(Schema):
    name: str
    version: str


@router.api_operation(["GET", "HEAD"], "/health", response=answers(Health), operation_id="health")
def health(request: HttpRequest):
    """This process only: no database, no store."""
    return {"status": "ok"}


@router.api_operation(
    ["GET", "HEAD"], "/ready", response={**answers(Health), 503: Health}, operation_id="ready"
)
def ready(request: HttpRequest):
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Status(503, {"status": "unavailable"})
    return Status(200, {"status": "ok"})


@router.api_operation(["GET", "HEAD"], "/status", response=answers(About), operation_id="status")
def status(request: HttpRequest):
    """Which software this is."""
    return {"name": "SGraph Send", "version": __version__}
