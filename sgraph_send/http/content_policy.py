"""The Content-Security-Policy of each kind of answer, for django-csp."""

from csp.constants import NONE, SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from sgraph_send.http.error_responses import API_PREFIXES
from transfers.stores import current_store

Directives = dict[str, list[str]]

_CLOSED: Directives = {
    "default-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}
_TEXT = _CLOSED | {
    "style-src": [SELF],
    "img-src": [SELF],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": [NONE],
}
_MANAGE = _TEXT | {"script-src": [SELF], "connect-src": [SELF]}
# Its bytes go to the store and back, and its workers seal and open them.
_TRANSFER = _MANAGE | {"worker-src": [SELF], "trusted-types": ["sgraph-send-worker"]}
_WORKERS = {
    # The worker that holds keys and plaintext runs Argon2id, and can reach nothing else.
    "js/worker/crypto_worker.": _CLOSED | {"script-src": [SELF, "'wasm-unsafe-eval'"]},
    "js/worker/sink_worker.": _CLOSED | {"script-src": [SELF]},
    "js/worker/qr_worker.": _CLOSED | {"script-src": [SELF]},
}
_ADMIN = _CLOSED | {
    "form-action": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
    "font-src": [SELF],
}


class ContentPolicyMiddleware(CSPMiddleware):
    """Chooses by the page, whose kind its route is named after, or else by path.

    Not by django-csp's decorators: most answers come from no view of ours (Django admin, static
    files, errors), and the store's origin is not known before the store is. A policy that a
    response has already stays: stored bytes bring their own.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if report_only:
            return PolicyParts()
        route = request.resolver_match
        if route and route.url_name and not route.namespaces:
            return PolicyParts(_policy_of_page(route.url_name))
        return PolicyParts(_policy_of_path(request.path))


def _policy_of_page(kind: str) -> Directives:
    """Kinds that are not named here hold text alone."""
    if kind in ("send", "download"):
        origin = current_store().browser_origin()
        return _TRANSFER | {"connect-src": [SELF, origin] if origin else [SELF]}
    return _MANAGE if kind == "manage" else _TEXT


def _policy_of_path(path: str) -> Directives:
    """Where nothing is, the answer is a page of text."""
    if path.startswith(API_PREFIXES):
        return _CLOSED
    if path.startswith("/admin/"):
        return _ADMIN
    if path.startswith(settings.STATIC_URL):
        name = path.removeprefix(settings.STATIC_URL)
        return next((_WORKERS[worker] for worker in _WORKERS if name.startswith(worker)), _CLOSED)
    return _TEXT
