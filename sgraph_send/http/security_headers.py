"""What browsers may do with our answers: one set of headers for each kind, made once."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sgraph_send.http.refusals import API_PREFIXES
from transfers.stores import current_store

WORKER_POLICY = "sgraph-send-worker"
# Chromium knows them all since years; of other names it complains on the console.
DENIED_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "compute-pressure",
    "cross-origin-isolated",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{feature}=()" for feature in DENIED_FEATURES), "clipboard-write=(self)"]
    ),
}
_SHUT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_LOOKS = "style-src 'self'; img-src 'self'"
_TYPED = "require-trusted-types-for 'script'; trusted-types"
_TEXT = f"{_SHUT}; {_LOOKS}; {_TYPED} 'none'"
_MANAGE = f"{_SHUT}; {_LOOKS}; script-src 'self'; connect-src 'self'; {_TYPED} 'none'"
_WORKERS = {
    # The worker that holds keys and plaintext runs Argon2id, and can reach nothing else.
    "js/worker/crypto_worker.": f"{_SHUT}; script-src 'self' 'wasm-unsafe-eval'",
    "js/worker/sink_worker.": f"{_SHUT}; script-src 'self'",
    "js/worker/qr_worker.": f"{_SHUT}; script-src 'self'",
}
_ADMIN = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'"
)


@cache
def transfer_policy() -> str:
    """For the pages where bytes go to the store and back, and where workers seal and open."""
    connect = " ".join(filter(None, ["'self'", current_store().browser_origin()]))
    return (
        f"{_SHUT}; {_LOOKS}; script-src 'self'; connect-src {connect}; worker-src 'self'; "
        f"{_TYPED} {WORKER_POLICY}"
    )


def page_policy(kind: str) -> str:
    """The CSP of one kind of page; the kinds that are not named here hold text alone."""
    if kind in ("send", "download"):
        return transfer_policy()
    return _MANAGE if kind == "manage" else _TEXT


def _policy(path: str) -> str:
    """The CSP of what is no page; an address that leads nowhere is answered by a page of text."""
    if path.startswith(API_PREFIXES):
        return _SHUT
    if path.startswith("/admin/"):
        return _ADMIN
    if path.startswith(settings.STATIC_URL):
        name = path.removeprefix(settings.STATIC_URL)
        for worker, policy in _WORKERS.items():
            if name.startswith(worker):
                return policy
        return _SHUT
    return _TEXT


def _transport_security() -> str:
    """HSTS; how far it reaches over this host's neighbours is the operator's choice."""
    reach = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
    return f"max-age={settings.SECURE_HSTS_SECONDS}{reach}{preload}"


def add_security_headers(request: HttpRequest, response: HttpResponse) -> None:
    """Gives every answer its headers; `page_kind` on a response says which page it is.

    A Content-Security-Policy that the answer brings along stays: stored bytes have one. Cookies
    are for the admin alone.
    """
    headers = response.headers
    path = request.path
    for name, value in COMMON.items():
        headers[name] = value
    if path.startswith("/admin/"):
        # With no-referrer browsers send `Origin: null`, and Django refuses the login form.
        headers["Referrer-Policy"] = "same-origin"
    elif response.cookies:
        # Django renews session and CSRF cookies that it does not know, wherever they are sent to.
        response.cookies.clear()
    if settings.SECURE_HSTS_SECONDS and request.scheme == "https":
        headers["Strict-Transport-Security"] = _transport_security()
    if "Content-Security-Policy" not in headers:
        kind = getattr(response, "page_kind", None)
        headers["Content-Security-Policy"] = page_policy(kind) if kind else _policy(path)
