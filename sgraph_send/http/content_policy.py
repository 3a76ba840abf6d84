"""The Content-Security-Policy of each kind of answer, built by django-csp."""

from collections.abc import Callable
from functools import cache

from csp.constants import HEADER, NONE, SELF
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sgraph_send.http.error_responses import API_PREFIXES
from transfers.stores import current_store

_NOTHING: dict[str, list[str]] = {
    "default-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}
_STYLED = _NOTHING | {
    "style-src": [SELF],
    "img-src": [SELF],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": [NONE],
}
_SCRIPTS = _STYLED | {"script-src": [SELF], "connect-src": [SELF]}
# Bytes go to the store and back, and workers seal and open them.
_TRANSFER = _SCRIPTS | {"worker-src": [SELF], "trusted-types": ["sgraph-send-worker"]}

_CLOSED, _TEXT, _MANAGE = (build_policy(each) for each in (_NOTHING, _STYLED, _SCRIPTS))
_ADMIN = build_policy(
    _NOTHING
    | {
        "form-action": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
    }
)
_WORKER = build_policy(_NOTHING | {"script-src": [SELF]})
_WORKERS = {
    # The worker that holds keys and plaintext runs Argon2id, and can reach nothing else.
    "js/worker/crypto_worker.": build_policy(
        _NOTHING | {"script-src": [SELF, "'wasm-unsafe-eval'"]}
    ),
    "js/worker/sink_worker.": _WORKER,
    "js/worker/qr_worker.": _WORKER,
}


class ContentPolicyMiddleware:
    """Sets the policy of the page, whose kind its route is named after, or else of the path.

    django-csp's own middleware would build the same few policies again for each answer, which
    takes a fifth of the time of a short call (docs/decisions/0105). A policy that a response has
    already stays: stored bytes bring their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if HEADER not in response:
            route = request.resolver_match
            if route and route.url_name and not route.namespaces:
                response[HEADER] = page_policy(route.url_name)
            else:
                response[HEADER] = _policy_of_path(request.path)
        return response


@cache
def page_policy(kind: str) -> str:
    """Kinds that are not named here hold text alone."""
    if kind in ("send", "download"):
        origin = current_store().browser_origin()
        return build_policy(_TRANSFER | {"connect-src": [SELF, origin] if origin else [SELF]})
    return _MANAGE if kind == "manage" else _TEXT


def _policy_of_path(path: str) -> str:
    """Where nothing is, the answer is a page of text."""
    if path.startswith(API_PREFIXES):
        return _CLOSED
    if path.startswith("/admin/"):
        return _ADMIN
    if path.startswith(settings.STATIC_URL):
        name = path.removeprefix(settings.STATIC_URL)
        return next((_WORKERS[worker] for worker in _WORKERS if name.startswith(worker)), _CLOSED)
    return _TEXT
