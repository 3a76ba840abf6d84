"""All checks by name, and running them over one deployment."""

from collections.abc import Callable

from sgraph_send.client.connection import CallFailed
from sgraph_send.doctor import bucket, components, network_path, site_settings
from sgraph_send.doctor.diagnosis import Deployment, Diagnosis, fail
from transfers.stores.base import StoreUnavailable

CHECKS: dict[str, Callable[[Deployment], Diagnosis]] = {
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


def examine(deployment: Deployment) -> dict[str, Diagnosis]:
    """The diagnosis of every check; a check that can not be made is a failure."""
    return {name: _run_check(check, deployment) for name, check in CHECKS.items()}


def _run_check(check: Callable[[Deployment], Diagnosis], deployment: Deployment) -> Diagnosis:
    try:
        return check(deployment)
    except CallFailed as failure:
        return fail(str(failure), "See docs/runbooks/down.md.")
    except StoreUnavailable as failure:
        return fail(
            f"The store does not answer ({failure}).", "See docs/runbooks/store-failing.md."
        )
