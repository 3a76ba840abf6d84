"""The doctor finds what a proxy, a certificate or a clock spoils between visitor and server."""

import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from harness.altering_proxy import AlteringProxy, Headers
from harness.certificate import self_signed
from harness.live_site import LiveSite
from harness.ports import free_port
from harness.tls_proxy import TlsProxy
from sgraph_send.doctor import network_path, site_settings
from sgraph_send.doctor.diagnosis import Deployment, Diagnosis, Result
from sgraph_send.doctor.examination import examine

TOKEN = "let-me-see"
VISITOR = "203.0.113.5"


def deployment(url: str) -> Deployment:
    return Deployment(url, 0, TOKEN)


@pytest.fixture(scope="module")
def behind_proxy(
    start_site_for_session: Callable[..., LiveSite],
) -> Iterator[tuple[AlteringProxy, LiveSite]]:
    port = free_port()
    site = start_site_for_session(
        SGRAPH_SEND__PUBLIC_URL=f"http://127.0.0.1:{port}",
        SGRAPH_SEND__METRICS_TOKEN=TOKEN,
        SGRAPH_SEND__TRUSTED_PROXIES="127.0.0.1",
    )
    proxy = AlteringProxy(site.url, port)
    yield proxy, site
    proxy.stop()


@pytest.fixture
def proxy(behind_proxy: tuple[AlteringProxy, LiveSite]) -> Iterator[AlteringProxy]:
    proxy = behind_proxy[0]
    yield proxy
    proxy.change_nothing()


def without(headers: Headers, name: str) -> Headers:
    return [one for one in headers if one[0].lower() != name]


@pytest.mark.parametrize(
    "name", ["content-security-policy", "x-frame-options", "cross-origin-opener-policy"]
)
def test_headers_that_were_changed_dropped_or_doubled_are_named(proxy: AlteringProxy, name: str):
    at = deployment(proxy.url)
    assert network_path.headers(at).result is Result.OK
    changes: list[Callable[[Headers], Headers]] = [
        lambda headers: without(headers, name),
        lambda headers: [*without(headers, name), (name, "default-src *")],
        lambda headers: [*headers, (name, "default-src *")],
    ]
    for change in changes:
        proxy.change_answer = change
        diagnosis = network_path.headers(at)
        assert diagnosis.result is Result.FAIL
        assert f"{name} of /" in diagnosis.found.lower()


def test_a_proxy_that_takes_small_bodies_only_is_found(proxy: AlteringProxy):
    at = deployment(proxy.url)
    assert network_path.bodies(at).result is Result.OK
    proxy.body_bytes_max = 16 * 10**6
    diagnosis = network_path.bodies(at)
    assert (diagnosis.result, diagnosis.found) == (
        Result.FAIL,
        "A body of 20 MB does not get through (413).",
    )
    proxy.body_bytes_max = 10**6
    assert "of 13 MB" in network_path.bodies(at).found


@pytest.mark.parametrize(
    ("seconds", "result"),
    [(0, Result.OK), (-20, Result.WARN), (20, Result.WARN), (90, Result.FAIL)],
)
def test_clocks_apart_are_found(proxy: AlteringProxy, seconds: int, result: Result):
    proxy.change_answer = lambda headers: [
        *without(headers, "date"),
        ("Date", formatdate(time.time() + seconds, usegmt=True)),
    ]
    assert site_settings.clock(deployment(proxy.url)).result is result


def forwarding(proxy: AlteringProxy, change: Callable[[Headers], Headers]) -> Diagnosis:
    proxy.change_request = change
    return network_path.forwarding(deployment(proxy.url))


def test_a_proxy_that_says_who_calls_is_believed_and_a_caller_is_not(proxy: AlteringProxy):
    name = "x-forwarded-for"
    replaced = forwarding(proxy, lambda headers: [*without(headers, name), (name, VISITOR)])
    assert (replaced.result, VISITOR in replaced.found) == (Result.OK, True)
    passed_on = forwarding(
        proxy,
        lambda headers: headers if name in _names(headers) else [*headers, (name, VISITOR)],
    )
    assert (passed_on.result, "Callers choose" in passed_on.found) == (Result.FAIL, True)
    silent = forwarding(proxy, lambda headers: [*headers, ("Via", "1.1 proxy")])
    assert (silent.result, "does not say who calls" in silent.found) == (Result.FAIL, True)


def _names(headers: Headers) -> set[str]:
    return {name.lower() for name, _ in headers}


def test_a_proxy_that_nobody_trusts_is_named(start_site):
    site: LiveSite = start_site(SGRAPH_SEND__METRICS_TOKEN=TOKEN)
    port = site.url.rsplit(":", 1)[1]
    proxy = AlteringProxy(site.url)
    try:
        diagnosis = forwarding(
            proxy,
            lambda headers: [
                *without(headers, "host"),
                ("Host", f"127.0.0.1:{port}"),
                ("X-Forwarded-For", VISITOR),
            ],
        )
    finally:
        proxy.stop()
    assert (diagnosis.result, diagnosis.remedy) == (
        Result.FAIL,
        "Set SGRAPH_SEND__TRUSTED_PROXIES=127.0.0.1.",
    )


def test_a_server_that_visitors_reach_without_a_proxy_is_warned_of(start_site):
    site: LiveSite = start_site(
        HOST="127.0.0.2",
        SGRAPH_SEND__PUBLIC_URL="https://127.0.0.2",
        SGRAPH_SEND__METRICS_TOKEN=TOKEN,
    )
    diagnosis = network_path.forwarding(deployment(site.url))
    assert (diagnosis.result, "without a proxy" in diagnosis.found) == (Result.WARN, True)


def test_without_the_token_forwarding_is_not_known(proxy: AlteringProxy):
    assert network_path.forwarding(Deployment(proxy.url, 0, "")).result is Result.WARN
    assert network_path.forwarding(Deployment(proxy.url, 0, "made-up")).result is Result.WARN


@pytest.mark.django_db(transaction=True)
def test_certificates_are_judged(
    behind_proxy: tuple[AlteringProxy, LiveSite], tmp_path: Path, monkeypatch, settings
):
    certificate = self_signed(tmp_path / "tls")
    tls = TlsProxy(certificate, int(behind_proxy[1].url.rsplit(":", 1)[1]))
    try:
        diagnosis = examine(deployment(tls.url))["tls"]
        assert (diagnosis.result, "is not valid" in diagnosis.found) == (Result.FAIL, True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
        diagnosis = network_path.tls(deployment(tls.url))
        assert (diagnosis.result, "ends in" in diagnosis.found) == (Result.FAIL, True)
        monkeypatch.setattr(network_path, "CERTIFICATE_DAYS_WARN", 0)
        assert "the server does not know" in network_path.tls(deployment(tls.url)).found
        settings.PUBLIC_ORIGINS = [tls.url]
        assert network_path.tls(deployment(tls.url)).result is Result.OK
    finally:
        tls.stop()
    assert network_path.tls(deployment("http://send.example")).result is Result.FAIL


def test_another_service_at_the_address_is_found(proxy: AlteringProxy):
    proxy.change_body = lambda path, body: body.replace(b"SGraph Send", b"Grass Send!")
    assert network_path.site(deployment(proxy.url)).result is Result.FAIL
