"""Whether this process answers, and whether what it needs does."""

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from sgraph_send import __version__
from sgraph_send.telemetry.trusted_callers import has_metrics_token, is_forwarded, is_operator
from transfers.access.client_address import full_address, is_trusted_proxy
from transfers.amounts import counted
from transfers.api.schemas.base import Answer, answers
from transfers.maintenance import probes

router = Router(tags=["service"])


class Health(Answer):
    """This process answers."""

    status: str
    """Always `ok`."""


class Readiness(Answer):
    """Whether everything that the site needs answers."""

    status: str
    """`ok` or `unavailable`."""
    reasons: list[str] | None = None
    """What is wrong, for operators alone."""


class Caller(Answer):
    """How the call looks from here."""

    address: str
    """Address of the caller, by which limits count."""
    peer: str
    """Address that the connection came from."""
    peer_is_trusted: bool
    """Whether that is a trusted proxy."""
    is_forwarded: bool
    """Whether the call has headers that proxies add."""
    scheme: str
    """`http` or `https`, as the caller used it."""
    host: str
    """Host name that the caller used."""


class About(Answer):
    """Which software this is."""

    name: str
    """Always `SGraph Send`."""
    version: str
    """Version of the software."""
    environment: str
    """What the operator calls this deployment."""
    caller: Caller | None = None
    """For callers with the metrics token alone."""


@router.api_operation(["GET", "HEAD"], "/health", response=answers(Health), operation_id="health")
def health(request: HttpRequest) -> dict[str, str]:
    """This process only: no database, no store."""
    return {"status": "ok"}


@router.api_operation(
    ["GET", "HEAD"],
    "/ready",
    response={**answers(Readiness), 503: Readiness},
    operation_id="ready",
    exclude_none=True,
)
def ready(request: HttpRequest) -> Status[dict[str, object]]:
    """Whether database, store and cache answer and the database is migrated, 10 s old at most."""
    reasons = why_not_ready(probes.found())
    shown = reasons if is_operator(request) else None
    if reasons:
        return Status(503, {"status": "unavailable", "reasons": shown})
    return Status(200, {"status": "ok", "reasons": shown})


@router.api_operation(
    ["GET", "HEAD"],
    "/status",
    response=answers(About),
    operation_id="status",
    exclude_none=True,
)
def status(request: HttpRequest) -> dict[str, object]:
    """Which software this is; callers with the metrics token see their own call as well."""
    return {
        "name": "SGraph Send",
        "version": __version__,
        "environment": settings.ENVIRONMENT,
        "caller": _as_seen(request) if has_metrics_token(request) else None,
    }


def why_not_ready(found: probes.Found) -> list[str]:
    """A sentence for each thing that keeps the site from working; none when it works."""
    reasons = [f"The {part} does not answer." for part, is_up in found.is_up.items() if not is_up]
    if found.unapplied:
        waiting = counted(len(found.unapplied), "migration")
        reasons.append(f"{waiting} not applied, first {found.unapplied[0]}: run manage.py migrate.")
    return reasons


def _as_seen(request: HttpRequest) -> dict[str, object]:
    peer = request.META.get("REMOTE_ADDR", "")
    return {
        "address": str(full_address(request) or ""),
        "peer": peer,
        "peer_is_trusted": is_trusted_proxy(peer),
        "is_forwarded": is_forwarded(request),
        "scheme": request.scheme,
        "host": request.get_host(),
    }
