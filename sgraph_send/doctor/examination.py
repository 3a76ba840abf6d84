"""All checks over one deployment, each by its name."""

from collections.abc import Callable

from sgraph_send.cli.connection import CallFailed
from sgraph_send.doctor import agreement, bucket, parts, way
from sgraph_send.doctor.finding import Deployment, Finding, fail
from transfers.stores.base import StoreUnavailable

CHECKS: dict[str, Callable[[Deployment], Finding]] = {
    "database": parts.database,
    "migrations": parts.migrations,
    "store": parts.store,
    "bucket-cors": bucket.cors,
    "cache": parts.cache,
    "disk": parts.disk,
    "cleanup": parts.cleanup,
    "site": way.site,
    "tls": way.tls,
    "headers": way.headers,
    "forwarding": way.forwarding,
    "bodies": way.bodies,
    "clock": agreement.clock,
    "counters": agreement.counters,
}


def examine(deployment: Deployment) -> dict[str, Finding]:
    """The finding of every check; one that can not be made fails."""
    return {name: _checked(check, deployment) for name, check in CHECKS.items()}


def _checked(check: Callable[[Deployment], Finding], deployment: Deployment) -> Finding:
    try:
        return check(deployment)
    except CallFailed as failure:
        return fail(str(failure), "See docs/runbooks/down.md.")
    except StoreUnavailable as failure:
        return fail(
            f"The store does not answer ({failure}).", "See docs/runbooks/store-failing.md."
        )
