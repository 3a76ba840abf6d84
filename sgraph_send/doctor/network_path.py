"""The way between a visitor and the server: TLS, proxies, what they change and what they say."""

import secrets
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory
from django.urls import resolve

from sgraph_send import __version__
from sgraph_send.client.connection import CallFailed, Connection
from sgraph_send.configuration import LOCAL_HOSTS
from sgraph_send.doctor.diagnosis import Deployment, Diagnosis, fail, ok, warn
from sgraph_send.http.content_policy import ContentPolicyMiddleware
from sgraph_send.http.isolation import IsolationMiddleware
from sgraph_send.uptime.certificate import certificate_ends_at
from transfers.limits import MANIFEST_BODY_MAX_BYTES

PART_BYTES = 20_000_000
CERTIFICATE_DAYS_WARN, CERTIFICATE_DAYS_FAIL = 14, 3
PAGES = ("/", f"/d/{'0' * 22}", f"/manage/{'0' * 22}")
ADMIN_PAGES = ("/admin/login/",)


def site(deployment: Deployment) -> Diagnosis:
    """Raises CallFailed."""
    mend = "Run doctor from the source and with the settings that the site runs with."
    told = deployment.connection.json("ask for status", "GET", "/info/status")
    if told.get("name") != "SGraph Send":
        return fail("Another service answers at this address.", "Check name, proxy and port.")
    if told.get("version") != __version__:
        return warn(f"It runs {told.get('version')}, and this is {__version__}.", mend)
    if told.get("environment") != settings.ENVIRONMENT:
        return warn("It has another SGRAPH_SEND__ENVIRONMENT than this process.", mend)
    return ok(f"It answers, version {__version__}, {settings.ENVIRONMENT}.")


def tls(deployment: Deployment) -> Diagnosis:
    """Raises CallFailed, also for a certificate that is not valid."""
    if not deployment.is_https:
        if _host(deployment) in LOCAL_HOSTS:
            return ok("There is none, and on this machine none is needed.")
        return fail(
            "Visitors come without TLS, and browsers encrypt nothing on such pages.",
            "Put a proxy with a certificate in front, and set SGRAPH_SEND__PUBLIC_URL to https://.",
        )
    deployment.connection.request("connect", "GET", "/info/health")
    days = ((certificate_ends_at(deployment.url) or 0) - time.time()) / 86400
    if days < CERTIFICATE_DAYS_WARN:
        judge = fail if days < CERTIFICATE_DAYS_FAIL else warn
        return judge(f"The certificate ends in {days:.1f} days.", "Renew it, and reload the proxy.")
    if not any(origin.startswith("https://") for origin in settings.PUBLIC_ORIGINS):
        return fail(
            "Visitors come by https, and the server does not know.",
            f"Set SGRAPH_SEND__PUBLIC_URL={deployment.url}.",
        )
    return ok(f"The certificate is valid for {days:.0f} more days.")


def _host(deployment: Deployment) -> str:
    return urlsplit(deployment.url).hostname or ""


def headers(deployment: Deployment) -> Diagnosis:
    """What arrives is what was sent: a proxy may drop, change or double it. Raises CallFailed."""
    pages = ADMIN_PAGES if settings.ROLE == "admin" else PAGES
    altered = {name: path for path in pages for name in _altered(deployment, path)}
    if not altered:
        return ok("The security headers arrive as the server sends them.")
    told = ", ".join(f"{name} of {path}" for name, path in altered.items())
    return fail(
        f"Changed on the way: {told}.",
        "Let the proxy neither add nor remove these headers. If all differ, run doctor with the "
        "settings that the site runs with.",
    )


def _altered(deployment: Deployment, path: str) -> list[str]:
    request = RequestFactory().get(path, secure=deployment.is_https)
    request.resolver_match = resolve(path)
    inner = ContentPolicyMiddleware(IsolationMiddleware(lambda request: HttpResponse()))
    sent = inner(request)
    for layer in (XFrameOptionsMiddleware, SecurityMiddleware):
        layer(inner).process_response(request, sent)
    received = deployment.connection.request("read a page", "GET", path).headers
    return [
        name
        for name, value in sent.headers.items()
        if name != "Content-Type"
        and [_directives(one) for one in received.get_all(name, [])] != [_directives(value)]
    ]


def _directives(value: str) -> set[str]:
    """Of a policy: django-csp writes its directives in another order in each process."""
    return set(value.split("; "))


def forwarding(deployment: Deployment) -> Diagnosis:
    """Whether limits count visitors, not proxies, and nobody chooses how to be counted."""
    plain = deployment.caller()
    if plain is None:
        return _unknown()
    if not plain["is_forwarded"]:
        if settings.TRUSTED_PROXIES:
            return warn(
                "The call came past the proxy, or the proxy does not say who calls.",
                "Give --url the public address; let the proxy set X-Forwarded-For.",
            )
        if _host(deployment) not in LOCAL_HOSTS:
            return warn(
                "Visitors reach the server without a proxy: slow ones can take all of its threads.",
                "Put one of deploy/proxies in front, see docs/proxies.md.",
            )
        return ok(f"No proxy is in between; this call counts as {plain['address']}.")
    if not plain["peer_is_trusted"]:
        return fail(
            f"Calls come through {plain['peer']}, which is not trusted: all visitors count as one.",
            f"Set SGRAPH_SEND__TRUSTED_PROXIES={plain['peer']}.",
        )
    if plain["address"] == plain["peer"] or not plain["address"]:
        return fail(
            f"The proxy {plain['peer']} does not say who calls: all visitors count as one.",
            "Let it set X-Forwarded-For to the address that it sees.",
        )
    # RFC 5737 keeps this address for documents: it is nobody's.
    claimed = "192.0.2.77"
    if (deployment.caller(x_forwarded_for=claimed) or {}).get("address") == claimed:
        return fail(
            "Callers choose by X-Forwarded-For how they are counted.",
            "Let the outermost proxy replace this header or append to it, and trust only proxies.",
        )
    if deployment.is_https and plain["scheme"] != "https":
        return fail(
            "The proxy says that visitors who come by https come in the clear.",
            "Let it set X-Forwarded-Proto to the visitor's scheme.",
        )
    return ok(
        f"The proxy is believed, and callers are not; this call counts as {plain['address']}."
    )


def _unknown() -> Diagnosis:
    return warn(
        "The site does not tell how it sees callers.",
        "Run doctor with the site's own SGRAPH_SEND__METRICS_TOKEN.",
    )


def bodies(deployment: Deployment) -> Diagnosis:
    """What a transfer needs gets through: sealed manifests, and parts where they come this way.

    Both calls are refused by the server itself once it has read them, and store nothing.
    """
    if settings.ROLE == "admin":
        return ok("No transfers go through this service.")
    name = secrets.token_hex(11)
    sizes = {f"/transfers/complete/{name}": ("POST", MANIFEST_BODY_MAX_BYTES)}
    if settings.STORE == "local":
        path = f"/transfers/local/{name}/{name}/parts/0?until=1&size=1&signature=none"
        sizes[path] = ("PUT", PART_BYTES)
    for path, (method, size_bytes) in sizes.items():
        refusal = _refusal(deployment.connection, method, path, size_bytes)
        if not refusal.code or refusal.status == 413:
            status = refusal.status or "no answer"
            return fail(
                f"A body of {size_bytes / 1e6:.0f} MB does not get through ({status}).",
                "Raise the proxy's limit, nginx: client_max_body_size 40m; with raw transfers to "
                "SGRAPH_SEND__MAX_RAW_BYTES.",
            )
    return ok(f"Bodies of {max(size for _, size in sizes.values()) / 1e6:.0f} MB get through.")


def _refusal(connection: Connection, method: str, path: str, size_bytes: int) -> CallFailed:
    kind = {"Content-Type": "application/octet-stream" if method == "PUT" else "application/json"}
    try:
        answer = connection.request("send a body", method, path, b" " * size_bytes, kind)
    except CallFailed as refusal:
        return refusal
    return CallFailed("", answer.status)
