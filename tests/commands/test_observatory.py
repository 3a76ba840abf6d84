"""MDN's HTTP Observatory finds nothing to improve behind a TLS proxy as operators set one up."""

import http.client
from collections.abc import Callable, Iterator

import pytest

from harness.live_site import LiveSite
from harness.observatory.scanner import scan
from harness.observatory.tls_proxy import TlsProxy
from harness.ports import free_port

# The most that a site can get which sets no cookies and is on no browser's preload list; through
# plain HTTP a hash on a script of our own earns nothing.
BEST = {
    "content-security-policy": 10,
    "cookies": 0,
    "cross-origin-resource-sharing": 0,
    "redirection": 0,
    "referrer-policy": 5,
    "strict-transport-security": 0,
    "subresource-integrity": 5,
    "x-content-type-options": 0,
    "x-frame-options": 5,
    "cross-origin-resource-policy": 10,
}
PAGES_WITH_SCRIPTS = ["/", "/d/" + "x" * 22, "/manage/" + "x" * 22]
PAGES_OF_TEXT = ["/how-it-works", "/security"]
NEEDS_HTTPS = {"redirection", "strict-transport-security"}


@pytest.fixture(scope="module")
def proxy(
    tmp_path_factory: pytest.TempPathFactory, start_site_for_session: Callable[..., LiveSite]
) -> Iterator[TlsProxy]:
    proxy = TlsProxy(tmp_path_factory.mktemp("proxy"))
    site = start_site_for_session(
        SGRAPH_SEND__PUBLIC_URL=proxy.url, SGRAPH_SEND__TRUSTED_PROXIES="127.0.0.1"
    )
    proxy.start(site.url)
    yield proxy
    proxy.stop()


def modifiers(marks: dict[str, dict]) -> dict[str, int]:
    return {name: mark["modifier"] for name, mark in marks.items()}


@pytest.mark.parametrize("path", [*PAGES_WITH_SCRIPTS, *PAGES_OF_TEXT])
def test_behind_tls_every_test_has_its_best_mark(proxy: TlsProxy, path: str):
    marks = scan(proxy.http_port, proxy.https_port, path, proxy.ca_path)
    # Where no script is loaded there is none to protect by a hash.
    scriptless = {"subresource-integrity": 0} if path in PAGES_OF_TEXT else {}
    assert modifiers(marks) == BEST | scriptless
    assert [name for name, mark in marks.items() if not mark["pass"]] == []


def test_over_plain_http_nothing_is_missed_but_https(start_site):
    site: LiveSite = start_site()
    port = int(site.url.rsplit(":", 1)[1])
    marks = scan(port, free_port(), "/")
    assert {name for name, mark in marks.items() if not mark["pass"]} == NEEDS_HTTPS
    others = {name: best for name, best in BEST.items() if name not in NEEDS_HTTPS}
    assert {n: m for n, m in modifiers(marks).items() if n in others} == others | {
        "subresource-integrity": 0
    }


def asked_in_the_clear(proxy: TlsProxy, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("localhost", proxy.http_port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_visitors_in_the_clear_are_sent_to_https_and_probes_are_not(proxy: TlsProxy):
    answer = asked_in_the_clear(proxy, "/d/abc?from=mail", **{"X-Forwarded-Proto": "https"})
    assert answer.status == 301
    assert answer.headers["Location"] == f"{proxy.url}/d/abc?from=mail"
    assert "Strict-Transport-Security" not in answer.headers
    assert asked_in_the_clear(proxy, "/info/ready").status == 200


def test_a_proxy_that_says_nothing_of_the_scheme_makes_no_circle(start_site):
    site: LiveSite = start_site(SGRAPH_SEND__PUBLIC_URL="https://send.example")
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=20)
    connection.request("GET", "/", headers={"Host": "send.example", "X-Forwarded-Proto": "http"})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    connection.close()
