"""Who is calling, as far as proxies that we trust say so."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
HOPS_READ_MAX = 16


def client_address(request: HttpRequest) -> str:
    """The caller's address: IPv4 in full, IPv6 as its /64, "" where there is none (a socket)."""
    address = full_address(request)
    return _network(address) if address is not None else ""


def full_address(request: HttpRequest) -> Address | None:
    """The caller's address, None where there is none.

    X-Forwarded-For is read from the right, past trusted proxies only: whatever stands to the left
    of the first untrusted hop was written by the caller.
    """
    address = _parsed(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and address is not None and _is_trusted(address):
        for hop in reversed(forwarded.rsplit(",", HOPS_READ_MAX)):
            named = _parsed(hop.strip())
            if named is None:
                break
            address = named
            if not _is_trusted(address):
                break
    return address


def is_trusted_proxy(peer: str) -> bool:
    """Whether a peer, as in REMOTE_ADDR, is one of the proxies in front of this server."""
    address = _parsed(peer)
    return address is not None and _is_trusted(address)


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _network(address: Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
