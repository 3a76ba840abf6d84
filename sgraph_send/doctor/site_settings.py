"""Checks of what several machines must share: the time, and the counters of rate limits."""

import time
from email.utils import parsedate_to_datetime

from django.conf import settings

from sgraph_send.client.encoding import encode_b64u
from sgraph_send.doctor.diagnosis import Deployment, Diagnosis, fail, ok, warn
from transfers.access import throttles
from transfers.stores import current_store

SKEW_SECONDS_WARN, SKEW_SECONDS_FAIL = 5, 60
RULE = "manage"
# A window may end between two readings, and its count with it.
TRIES = 2


def clock(deployment: Deployment) -> Diagnosis:
    """This clock against those of the site and the store, by their `Date` headers.

    Raises CallFailed, StoreUnavailable.
    """
    addresses = {"the site": "/info/health"}
    if settings.STORE == "s3":
        addresses["the store"] = f"{current_store().browser_origin()}/"
    skews = {name: _skew_seconds(deployment, name, at) for name, at in addresses.items()}
    known = {name: seconds for name, seconds in skews.items() if seconds is not None}
    if not known:
        return warn("Nobody says what time it is.", "Let the proxy pass the Date header on.")
    name, seconds = max(known.items(), key=lambda one: abs(one[1]))
    found = f"This machine's clock and that of {name} are {abs(seconds):.0f} s apart."
    remedy = "Let both machines keep time by NTP; signed addresses end by the clock."
    if abs(seconds) > SKEW_SECONDS_FAIL:
        return fail(found, remedy)
    if abs(seconds) > SKEW_SECONDS_WARN:
        return warn(found, remedy)
    return ok(f"It agrees with {' and '.join(known)}.")


def _skew_seconds(deployment: Deployment, name: str, address: str) -> float | None:
    """Their clock minus ours at the middle of the call; None without a readable `Date`."""
    asked_at = time.time()
    answer = deployment.connection.request(
        f"ask {name} for the time", "GET", address, even_refusals=True
    )
    ours = (asked_at + time.time()) / 2
    try:
        # `Date` is cut to whole seconds: half of one is what is lost on average.
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp() + 0.5 - ours
    except ValueError:
        return None


def counters(deployment: Deployment) -> Diagnosis:
    """A call to the site must raise the counter that this process reads. Raises CallFailed."""
    if not settings.REDIS_URL:
        if settings.PROCESSES == 1:
            return ok("One process counts for itself.")
        return fail("Each process counts for itself.", "Set REDIS_URL.")
    if settings.ROLE == "admin":
        return ok("The calls that are counted are those of the user service.")
    if settings.RATES[RULE] == "off":
        return warn(f"The rule {RULE} is off, so that nothing could be counted.", "Leave it on.")
    caller = deployment.caller()
    if caller is None:
        return warn(
            "The site does not tell how it sees callers, so that no count can be looked at.",
            "Run doctor with the site's own SGRAPH_SEND__METRICS_TOKEN.",
        )
    if any(_is_seen(deployment, caller["address"]) for _ in range(TRIES)):
        return ok("A call that the site counted is seen from here.")
    return fail(
        "A call to the site was not counted where this process looks.",
        "All processes need the same REDIS_URL and the same SGRAPH_SEND__SECRET_KEY.",
    )


def _is_seen(deployment: Deployment, address: str) -> bool:
    before = throttles.counted(address, RULE)
    deployment.connection.request(
        "be counted",
        "GET",
        f"/transfers/manage/{'0' * 22}",
        headers={"x-sgraph-owner-token": encode_b64u(bytes(32))},
        even_refusals=True,
    )
    return throttles.counted(address, RULE) > before
