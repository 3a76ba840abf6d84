"""What browsers may do with our answers."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sgraph_send.refusals import API_PREFIXES
from transfers.stores import current_store

WORKER_POLICY = "sgraph-send-worker"
ADMIN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
    ),
}


@cache
def page_policy() -> str:
    """The CSP of our pages and of the workers that they start."""
    connect = " ".join(filter(None, ["'self'", current_store().browser_origin()]))
    return "; ".join(
        [
            "default-src 'none'",
            # Argon2id is WebAssembly.
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            f"connect-src {connect}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            f"trusted-types {WORKER_POLICY}",
        ]
    )


def _policy(path: str) -> str:
    if path.startswith(API_PREFIXES):
        return "default-src 'none'; frame-ancestors 'none'"
    return ADMIN_POLICY if path.startswith("/admin/") else page_policy()


def add_security_headers(request: HttpRequest, response: HttpResponse) -> None:
    """Headers that an answer has not set for itself."""
    if request.path.startswith("/admin/"):
        # With no-referrer browsers send `Origin: null`, and Django refuses the login form.
        response.headers.setdefault("Referrer-Policy", "same-origin")
    for name, value in COMMON.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy(request.path))
    if any(origin.startswith("https://") for origin in settings.PUBLIC_ORIGINS):
        # Without includeSubDomains: the neighbours of this host are not ours to decide about.
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000")
