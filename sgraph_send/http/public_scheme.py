"""Which scheme a visitor came by, when TLS ends at a proxy."""

from collections.abc import Callable

from django.conf import settings

from transfers.access.client_address import is_trusted_proxy


def as_visitors_came(application: Callable) -> Callable:
    """A WSGI application that sees the scheme of the visitor, not that of the proxy's own request.

    A site whose address is https:// is served over TLS: the proxy need not say so, and a redirect
    never goes round in circles. Only a trusted proxy that says `X-Forwarded-Proto: http` shows a
    visitor who came in the clear.
    """
    if not any(origin.startswith("https://") for origin in settings.PUBLIC_ORIGINS):
        return application

    def call(environ: dict, start_response: Callable) -> object:
        environ["wsgi.url_scheme"] = _scheme(environ)
        return application(environ, start_response)

    return call


def _scheme(environ: dict) -> str:
    if f"http://{environ.get('HTTP_HOST', '').lower()}" in settings.PUBLIC_ORIGINS:
        return "http"
    said = environ.get("HTTP_X_FORWARDED_PROTO", "").lower()
    if said == "http" and is_trusted_proxy(environ.get("REMOTE_ADDR", "")):
        return "http"
    return "https"
