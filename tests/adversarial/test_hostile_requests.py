"""Requests that no browser sends get a clear refusal, and the next caller notices nothing."""

import json
import re

import pytest

from harness.live_site import LiveSite
from tests.actors import Sender
from tests.adversarial.documented_calls import EVERYTHING_OFF
from tests.adversarial.wire import Answer, request, say
from tests.commands.http_calls import call

CREATE = "/transfers/create"
SEALED = Sender().creation()
JSON_CALLS = {
    "create": ("POST", CREATE),
    "sign": ("POST", "/transfers/upload/{}/sign"),
    "complete": ("POST", "/transfers/complete/{}"),
    "manifest": ("POST", "/transfers/manifest/{}"),
    "lease": ("POST", "/transfers/download/{}/lease"),
    "finish": ("POST", "/transfers/download/{}/finish"),
    "change": ("PATCH", "/transfers/manage/{}"),
    "report": ("POST", "/transfers/report/{}"),
}
BROKEN_JSON = {
    "depth": b"[" * 30_000,
    "depth_of_objects": b'{"a":' * 12_000,
    "depth_100000": b"[" * 100_000 + b"]" * 100_000,
    "invalid_utf8": b'{"file_size_bytes": 1, "content_type_hint": "\xff\xfe"}',
    "utf16": '{"file_size_bytes": 1}'.encode("utf-16"),
    "byte_order_mark": b'\xef\xbb\xbf{"file_size_bytes": 1, "x": 1}',
    "surrogate": b'{"file_size_bytes": 1, "content_type_hint": "\\ud800"}',
    "surrogate_name": b'{"file_size_bytes": 1, "\\udfff": 1}',
    "nul": b'{"file_size_bytes": 1, "content_type_hint": "a\\u0000b"}',
    "raw_nul": b'{"file_size_bytes": 1, "content_type_hint": "a\x00b"}',
    "nan": b'{"file_size_bytes": NaN}',
    "infinity": b'{"file_size_bytes": Infinity}',
    "minus_infinity": b'{"file_size_bytes": 1, "expires_in_seconds": -Infinity}',
    "huge_number": b'{"file_size_bytes": ' + b"9" * 5000 + b"}",
    "huge_exponent": b'{"file_size_bytes": 1e999999}',
    "name_twice": b'{"file_size_bytes": -1, "file_size_bytes": 1}',
    "negative": b'{"file_size_bytes": -1}',
    "no_object": b'"text"',
    "number": b"1",
    "null": b"null",
    "two_documents": b"{}{}",
    "half": b'{"file_size_bytes": ',
    "only_spaces": b" " * 100,
}


@pytest.fixture(scope="module")
def site(start_site_for_session) -> LiveSite:
    return start_site_for_session(**EVERYTHING_OFF)


@pytest.fixture(scope="module")
def sender(site: LiveSite) -> Sender:
    """Has a transfer that waits for its parts."""
    sender = Sender()
    created = call(site, "POST", CREATE, sender.creation())
    sender.transfer_id = created["transfer_id"]
    return sender


@pytest.fixture(autouse=True)
def healthy_afterwards(site: LiveSite):
    yield
    assert call(site, "GET", "/info/health") == {"status": "ok"}
    assert "Traceback" not in site.log
    assert "unhandled error" not in site.log


def require_refusal(answer: Answer) -> None:
    """A sentence and a code of ours, without a stack."""
    assert 400 <= answer.status < 500, answer
    refusal = json.loads(answer.body)
    assert refusal["detail"].endswith(".")
    assert refusal["code"]
    assert "Traceback" not in answer.body
    assert ".py" not in answer.body


@pytest.mark.parametrize("name", JSON_CALLS)
@pytest.mark.parametrize("body", BROKEN_JSON.values(), ids=list(BROKEN_JSON))
def test_broken_json_is_refused_by_every_call_that_takes_any(site, sender, name: str, body: bytes):
    method, path = JSON_CALLS[name]
    owner = f"x-sgraph-owner-token: {sender.owner_token}"
    answer = say(site, request(method, path.format(sender.transfer_id), body, owner))
    require_refusal(answer)
    assert answer.status in (400, 413, 422)


@pytest.mark.parametrize("body", BROKEN_JSON.values(), ids=list(BROKEN_JSON))
def test_broken_json_within_a_text_is_refused(site, body: bytes):
    """The envelope is JSON to clients alone; to the server it is printable text or nothing."""
    text = json.dumps({**SEALED, "envelope": body.decode("latin-1") + "é"})
    require_refusal(say(site, request("POST", CREATE, text.encode())))


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For: 127.0.0.1, ::1, " + "1.2.3.4, " * 500,
        "X-Forwarded-For: \xff\x80<script>",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: javascript",
        "Forwarded: for=127.0.0.1;host=evil.example;proto=https",
        "X-Original-URL: /admin/",
        "X-Rewrite-URL: /admin/",
        "X-HTTP-Method-Override: DELETE",
        "X-Request-Id: " + "a" * 2000,
        "X-Request-Id: \xe9\xe8 {}",
        "Cookie: sessionid=" + "a" * 4000,
        "x-sgraph-lease-token: \xff\xfe",
        "Origin: null",
        "Accept-Encoding: \xff",
        "If-None-Match: " + "*" * 4000,
        "If-Modified-Since: yesterday",
        "Range: bytes=" + "0-0," * 900,
        "Content-Type: application/json; charset=nonsense",
        "Upgrade: websocket",
    ],
)
def test_headers_that_pretend_something_change_nothing(site, header: str):
    plain = say(site, request("GET", "/info/config"))
    answer = say(site, request("GET", "/info/config", b"", header))
    assert (answer.status, answer.body) == (200, plain.body)
    assert "evil" not in answer.head.lower()


@pytest.mark.parametrize(
    "header",
    [
        "x-sgraph-owner-token: \xff\xfe",
        "x-sgraph-owner-token: " + "A" * 8000,
        "x-sgraph-owner-token: é",
        "x-sgraph-access-token: \xff\xfe",
        "x-sgraph-access-token: sgst_aaaaaaaa_\xe9",
        "x-sgraph-access-token: " + "A" * 8000,
    ],
)
def test_garbage_in_place_of_a_token_is_a_wrong_token(site, sender, header: str):
    path = f"/transfers/upload/{sender.transfer_id}/parts"
    answer = say(site, request("GET", path, b"", header))
    require_refusal(answer)
    assert answer.status in (401, 403)


@pytest.mark.parametrize(
    "headers",
    [
        ("X-Long: " + "a" * 70_000,),
        tuple(f"X-Many-{number}: 1" for number in range(300)),
        ("Bad Header: 1",),
        ("X-Nul: a\x00b",),
        (": no name",),
        ("X-Folded: a\r\n b",),
    ],
    ids=["long", "many", "name", "nul", "nameless", "folded"],
)
def test_oversized_and_broken_headers_are_refused_before_they_are_kept(site, headers):
    answer = say(site, request("GET", "/info/config", b"", *headers))
    assert answer.status in (0, 400, 431), answer
    assert "Traceback" not in answer.body


@pytest.mark.parametrize("host", ["evil.example", "a" * 5000, "\xff", "[::1", ""])
def test_a_host_that_is_not_ours_is_refused(site, host: str):
    text = f"GET /info/config HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    answer = say(site, text.encode("latin-1"))
    assert answer.status == 400
    assert "Traceback" not in answer.body


@pytest.mark.parametrize("name", JSON_CALLS)
def test_bodies_beyond_the_limit_are_refused_unread(site, sender, name: str):
    method, path = JSON_CALLS[name]
    said = 13 * 2**20
    answer = say(site, request(method, path.format(sender.transfer_id), b"{", length=said))
    assert (answer.status, answer.code) == (413, "body_too_large")


@pytest.mark.parametrize("name", JSON_CALLS)
def test_a_body_shorter_than_announced_is_refused(site, sender, name: str):
    method, path = JSON_CALLS[name]
    answer = say(site, request(method, path.format(sender.transfer_id), b"{}", length=100))
    assert (answer.status, answer.code) == (408, "upload_interrupted")


@pytest.mark.parametrize("length", ["-1", "+5", "0x10", "1e3", "5, 5", "5 5", "", "9" * 30, "5;a"])
def test_a_length_that_is_no_number_is_refused(site, length: str):
    text = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    answer = say(site, text.encode() + b'{"file_size_bytes": 1}')
    assert answer.status in (400, 413), answer
    assert answer.answers_on_the_connection == 1


@pytest.mark.parametrize("name", JSON_CALLS)
def test_a_chunked_body_reaches_a_json_call_as_nothing_or_whole(site, sender, name: str):
    method, path = JSON_CALLS[name]
    body = b"2\r\n{}\r\n0\r\n\r\n"
    where = path.format(sender.transfer_id)
    text = request(method, where, b"", "Transfer-Encoding: chunked") + body
    require_refusal(say(site, text))


def test_a_chunked_body_without_an_end_does_not_fill_the_memory(site):
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    text = request("POST", CREATE, b"", "Transfer-Encoding: chunked") + chunk * 300
    assert say(site, text).status in (0, 400, 413)


SMUGGLED = b"GET /info/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
TWO_READINGS = {
    "length_and_chunked": (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"0\r\n\r\n" + SMUGGLED,
    ),
    "two_lengths": (b"Content-Length: 0\r\nContent-Length: %d" % len(SMUGGLED), SMUGGLED),
    "chunked_in_disguise": (b"Transfer-Encoding: xchunked\r\nContent-Length: 0", SMUGGLED),
    "chunked_twice": (b"Transfer-Encoding: chunked, chunked", b"0\r\n\r\n" + SMUGGLED),
    "chunked_then_identity": (b"Transfer-Encoding: chunked, identity", b"0\r\n\r\n" + SMUGGLED),
    "tab_in_chunked": (b"Transfer-Encoding:\x0bchunked\r\nContent-Length: 0", SMUGGLED),
    "space_before_colon": (b"Transfer-Encoding : chunked\r\nContent-Length: 0", SMUGGLED),
    "chunk_size_with_sign": (b"Transfer-Encoding: chunked", b"+0\r\n\r\n" + SMUGGLED),
    "chunk_size_with_prefix": (b"Transfer-Encoding: chunked", b"0x0\r\n\r\n" + SMUGGLED),
    "underscore": (b"Content_Length: 0\r\nContent-Length: %d" % len(SMUGGLED), SMUGGLED),
}


@pytest.mark.parametrize(("headers", "rest"), TWO_READINGS.values(), ids=list(TWO_READINGS))
def test_what_two_servers_would_read_differently_gets_one_answer(site, headers, rest):
    answer = say(
        site,
        b"POST "
        + CREATE.encode()
        + b" HTTP/1.1\r\nHost: localhost\r\n"
        + headers
        + b"\r\n\r\n"
        + rest,
    )
    assert 400 <= answer.status < 500 or answer.status == 501, answer  # RFC 9112 section 6.1
    assert answer.answers_on_the_connection == 1
    assert b"/info/smuggled" not in answer.all


@pytest.mark.parametrize(
    "text",
    [
        b"GET /info/config HTTP/1.1\nHost: localhost\n\n",
        b"GET /info/config HTTP/1.1\r\nHost: localhost\nX: 1\r\n\r\n",
        b"GET /info/config HTTP/1.1\rHost: localhost\r\r",
        b"GET /info/config HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET /info/config\r\n\r\n",
        b"GET  /info/config HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /info/config HTTP/1.1 \r\nHost: localhost\r\n\r\n",
        b"G\x00T /info/config HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET " + b"/a" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\r\n" * 1000,
        b"",
    ],
)
def test_lines_that_are_not_http_are_refused(site, text: bytes):
    answer = say(site, text)
    assert answer.status == 0 or 400 <= answer.status < 500 or answer.status == 505, answer
    assert not re.search(r"Traceback|\.py", answer.body)
