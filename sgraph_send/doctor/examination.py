"""All checks over one deployment, each by its name."""

from collections.abc import Callable

from sgraph_send.client.connection import CallFailed
from sgraph_send.doctor import bucket, components, network_path, site_settings
from sgraph_send.doctor.finding import Deployment, Finding, fail
from transfers.stores.base import StoreUnavailable

CHECKS: dict[str, Callable[[Deployment], Finding]] = {
    "database": components.database,
    "migrations": components.migrations,
    "store": components.store,
    "bucket-cors": bucket.cors,
    "cache": components.cache,
    "disk": components.disk,
    "cleanup": components.cleanup,
    "site": network_path.site,
    "tls": network_path.tls,
    "headers": network_path.headers,
    "forwarding": network_path.forwarding,
    "bodies": network_path.bodies,
    "clock": site_settings.clock,
    "counters": site_settings.counters,
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
