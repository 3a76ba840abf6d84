"""How often one address or one access token may call: every rule by name.

Uploading the parts of a transfer, completing it and reading its info have no rule. Rules that are
named after failures count only these, so that whoever has the right secret is never refused for
what others did from the same address; the exception is `access_failures`, because an operator may
have chosen a short shared token (docs/decisions/0041).
"""

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from transfers import errors
from transfers.access.address_hashes import counter_hash
from transfers.access.client_address import client_address
from transfers.limits import RATE
from transfers.statistics import metrics


def throttle(request: HttpRequest, rule: str) -> None:
    """Count this call; raises TooManyRequests when its address has made too many.

    `create` counts for the call's access token as well, under the token's own rate if it has one.
    """
    _require_room(request, rule, settings.RATES[rule], _address_key(request))
    token = getattr(request, "access_token", None) if rule == "create" else None
    if token:
        rate = token.rate if RATE.fullmatch(token.rate) else settings.RATES["token"]
        _require_room(request, "token", rate, f"token {token.pk}")


def require_room(request: HttpRequest, rule: str) -> None:
    """Raises TooManyRequests when the address has none left under `rule`; counts nothing."""
    _require_room(request, rule, settings.RATES[rule], _address_key(request), counted=False)


def counted(address: str, rule: str) -> int:
    """How often this address has called under `rule` in the window that runs; 0 for rules that are
    off. Counts nothing."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    key, rate = _address_key(request), settings.RATES[rule]
    if rate == "off":
        return 0
    usage = get_usage(request, group=rule, key=lambda *_: key, rate=rate, increment=False)
    return usage["count"] if usage else 0


def _address_key(request: HttpRequest) -> str:
    """The counters' store learns no address."""
    return counter_hash(client_address(request))


def _require_room(
    request: HttpRequest, rule: str, rate: str, key: str, *, counted: bool = True
) -> None:
    if rate == "off":
        return
    usage = get_usage(
        request, group=rule, key=lambda group, request: key, rate=rate, increment=counted
    )
    if usage is None:
        return
    is_full = usage["should_limit"] if counted else usage["count"] >= usage["limit"]
    if is_full:
        metrics.throttled(rule)
        # The window still counts in the second that `time_left` names.
        raise errors.TooManyRequests(
            "too_many_requests",
            "There were too many calls from here. Wait a moment, then try again.",
            retry_after_seconds=usage["time_left"] + 1,
        )
