"""The address this site listens on, and a sentence for each reason why it can't."""

import errno
import ipaddress
import os
import socket

from django.conf import settings


class CannotListen(Exception):
    """The address can't be taken; the text says why and what to try."""


def authority() -> str:
    """`host:port` of where the server listens, an IPv6 address in brackets (RFC 3986, 3.2.2)."""
    host = settings.SERVE_HOST
    return f"{f'[{host}]' if ':' in host else host}:{settings.SERVE_PORT}"


def is_open_to_others_without_proxy() -> bool:
    """Whether other machines may connect although no proxy is known to stand in between."""
    if settings.TRUSTED_PROXIES:
        return False
    try:
        is_loopback = ipaddress.ip_address(settings.SERVE_HOST).is_loopback
    except ValueError:
        is_loopback = settings.SERVE_HOST == "localhost"
    return not is_loopback


def check_address() -> None:
    """Take the address and let it go again, before anything else of a start is done.

    Raises CannotListen. A server that inherits its socket (LISTEN_FDS, GUNICORN_FD) needs none.
    """
    if {"LISTEN_FDS", "GUNICORN_FD"} & os.environ.keys():
        return
    family = socket.AF_INET6 if ":" in settings.SERVE_HOST else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((settings.SERVE_HOST, settings.SERVE_PORT))
        except OSError as exc:
            raise CannotListen(_sentence(exc)) from exc


def _sentence(fault: OSError) -> str:
    host, port = settings.SERVE_HOST, settings.SERVE_PORT
    if fault.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use, perhaps by this site itself. "
            "Stop what uses it, or set PORT to another number."
        )
    if fault.errno == errno.EACCES:
        return (
            f"The system keeps port {port} for root. Set PORT to a number from 1024 on, "
            "and let a proxy listen on this one."
        )
    return (
        f"This machine has no address {host} ({fault.strerror or fault}). Set HOST to one that it "
        "has: 127.0.0.1 for itself and a proxy beside it, 0.0.0.0 for every network."
    )
