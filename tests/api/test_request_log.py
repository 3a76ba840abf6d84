"""The line that every request leaves, and what no line may hold."""

import json
import logging
import threading

import pytest
from django.test import Client

from sgraph_send.telemetry import logs
from tests.actors import Sender, fetch, get, random_secret
from tests.token_holders import secret_of
from transfers.access import access_tokens
from transfers.models import AccessToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(capsys):
    """What was logged since the last call."""
    capsys.readouterr()

    def read() -> list[dict]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return read


def test_a_request_leaves_one_line_with_pattern_status_and_bytes(lines):
    sender = Sender().send()
    lines()
    answer = sender.recipient().info()

    (line,) = lines()
    assert line["message"] == "request"
    assert line["level"] == "info"
    assert line["request_id"] == answer["X-Request-Id"]
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["route"] == "transfers/info/<transfer_id>"
    assert line["bytes_out"] == len(answer.content)
    assert line["bytes_in"] == 0
    assert line["duration_ms"] >= 0


def test_the_id_that_a_caller_gives_is_taken_and_a_strange_one_is_not(lines):
    assert get("/info/health", **{"x-request-id": "proxy-0123.abc"})["X-Request-Id"] == (
        "proxy-0123.abc"
    )
    assert lines()[0]["request_id"] == "proxy-0123.abc"
    answer = get("/info/health", **{"x-request-id": 'x" injected=1\n'})
    (line,) = lines()
    assert line["request_id"] == answer["X-Request-Id"]
    assert len(line["request_id"]) == 32


def test_a_streamed_payload_is_logged_when_it_ends_with_what_was_taken(lines):
    sender = Sender(payload=b"x" * 600_000).send()
    url = sender.recipient().lease().json()["url"]
    lines()
    assert len(fetch(url)[1]) == 600_000
    (line,) = lines()
    assert (line["bytes_out"], line["route"]) == (
        600_000,
        "transfers/local/<str:transfer_id>/payload",
    )

    left = Client().get(url)
    next(iter(left.streaming_content))
    assert lines() == []
    left.close()
    (line,) = lines()
    assert 0 < line["bytes_out"] < 600_000


def test_an_upload_names_the_prefix_of_its_token_and_no_more(lines):
    token = AccessToken(name="partner")
    text = access_tokens.give_secret(token)
    token.save()
    assert Sender(access_token=text).create().status_code == 200

    line = lines()[-1]
    assert line["access_token"] == token.prefix
    assert line["bytes_in"] > 0
    assert secret_of(text) not in json.dumps(line)


def test_addresses_are_hashes_that_tell_callers_apart(lines):
    for address in ("203.0.113.7", "203.0.113.7", "198.51.100.4"):
        Client(REMOTE_ADDR=address).get("/info/health")
    told = lines()

    first, again, other = [line["address"] for line in told]
    assert first == again != other
    assert len(first) == 16
    assert "203.0.113" not in json.dumps(told)


def test_lines_of_a_request_bear_its_id(lines, settings, tmp_path):
    sender = Sender().send()
    (tmp_path / "store").rename(tmp_path / "away")
    lines()
    answer = sender.recipient().lease()
    for line in lines():
        assert line["request_id"] == answer["X-Request-Id"], line


def line_of(record: logging.LogRecord, log_format: str = "json") -> str:
    return logs.line_formatter(log_format).format(record)


def record_of(name: str, message: str, *arguments: object, **others: object) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": name, "msg": message, "args": arguments, "levelname": "WARNING", **others}
    )


def test_of_other_peoples_messages_the_template_alone_is_written():
    secret = random_secret()
    told = line_of(record_of("urllib3.connectionpool", "Retrying %s after %r", f"/d/{secret}", 2))
    assert json.loads(told)["message"] == "Retrying %s after %r"
    told = line_of(record_of("botocore", f"failed: https://s3.example/{secret}?X-Amz-Signature=1"))
    assert secret not in told
    ours = line_of(record_of("transfers.maintenance.cleanup", "%d left", 3))
    assert json.loads(ours)["message"] == "3 left"


def test_of_an_exception_its_type_alone_is_written():
    try:
        raise ValueError("holds user text\nin lines")
    except ValueError as exc:
        failure = (type(exc), exc, exc.__traceback__)
    told = line_of(record_of("transfers.x", "failed", exc_info=failure))
    assert json.loads(told)["error"] == "ValueError"
    assert "user text" not in told
    assert "\n" not in told


def test_text_is_for_people():
    told = line_of(record_of("transfers.x", "the store is away", where="there"), "text")
    assert "the store is away" in told
    assert "where" in told
    assert not told.startswith("{")


def test_a_thread_that_fails_leaves_a_line_without_its_message(caplog):
    failure = RuntimeError("/d/secretid")
    logs.log_thread_failure(
        threading.ExceptHookArgs((RuntimeError, failure, None, threading.current_thread()))
    )
    (record,) = caplog.records
    assert "secretid" not in line_of(record)
    assert json.loads(line_of(record))["error"] == "RuntimeError"
