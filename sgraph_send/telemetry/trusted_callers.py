"""Which callers may see what is for operators alone."""

from django.conf import settings
from django.http import HttpRequest

from transfers.access.client_address import full_address, is_trusted_proxy
from transfers.tokens import same_text

FORWARDING_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


def is_operator(request: HttpRequest) -> bool:
    """Whether the caller has the metrics token or calls from one of the metrics addresses."""
    return has_metrics_token(request) or _is_neighbour(request)


def has_metrics_token(request: HttpRequest) -> bool:
    """Whether the caller sends `SGRAPH_SEND__METRICS_TOKEN`; False where none is set."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_given = bool(settings.METRICS_TOKEN) and scheme.lower() == "bearer"
    return is_given and same_text(token.strip(), settings.METRICS_TOKEN)


def is_forwarded(request: HttpRequest) -> bool:
    """Whether the call has headers that proxies add, which callers may forge."""
    return any(name in request.headers for name in FORWARDING_HEADERS)


def _is_neighbour(request: HttpRequest) -> bool:
    """Whether the caller's own address is allowed.

    Behind a proxy that is not configured as trusted every caller has the proxy's address, so
    forwarded calls are not judged by address then.
    """
    if is_forwarded(request) and not is_trusted_proxy(request.META.get("REMOTE_ADDR", "")):
        return False
    address = full_address(request)
    return address is not None and any(address in network for network in settings.METRICS_ADDRESSES)
