"""Which scheme a visitor came by, when TLS ends at a proxy."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from transfers.access.client_address import is_trusted_proxy

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def as_visitors_came(application: Application) -> Application:
    """A WSGI application that sees the scheme of the visitor, not that of the proxy's own request.

    A site whose address is https:// is served over TLS: the proxy need not say so, and a redirect
    never goes round in circles. Only a trusted proxy that says `X-Forwarded-Proto: http` shows a
    visitor who came in the clear.
    """
    if not any(origin.startswith("https://") for origin in settings.PUBLIC_ORIGINS):
        return application

    def call(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = _scheme(environ)
        return application(environ, start_response)

    return call


def _scheme(environ: Environ) -> str:
    if f"http://{environ.get('HTTP_HOST', '').lower()}" in settings.PUBLIC_ORIGINS:
        return "http"
    said = environ.get("HTTP_X_FORWARDED_PROTO", "").lower()
    if said == "http" and is_trusted_proxy(environ.get("REMOTE_ADDR", "")):
        return "http"
    return "https"
