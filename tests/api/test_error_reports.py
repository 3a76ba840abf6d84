"""An error that nobody foresaw reaches the operator, and tells nobody what the visitor sent."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from harness.collector import Collector
from harness.waiting import wait_until
from sgraph_send.telemetry import error_reports
from sgraph_send.telemetry.logs import line_formatter
from tests.browser.leak_scanner import Forbidden, leaks
from transfers.models import Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]

SENT = {
    "header": "a-header-that-was-sent",
    "cookie": "a-cookie-that-was-sent",
    "query": "a-query-that-was-sent",
    "body": "a-body-that-was-sent",
    "message": "words-of-an-exception",
    "local": "value-of-a-local-variable",
    "id": "idofatransferthatleaks",
    "address": "203.0.113.77",
}


@pytest.fixture
def broken(monkeypatch):
    """The lookup of a transfer fails in a way that nobody foresaw."""

    def find(transfer_id: str) -> None:
        value = SENT["local"]
        try:
            raise KeyError(value)
        except KeyError as exc:
            raise RuntimeError(f"{SENT['message']} {transfer_id}") from exc

    monkeypatch.setattr(Transfer.objects, "find", find)


@pytest.fixture
def sentry(settings):
    """Sentry's ingest, with this process reporting to it."""
    import sentry_sdk

    with Collector() as collector:
        settings.SENTRY_DSN = f"http://publickey@{collector.host}/42"
        error_reports.start()
        yield collector
        sentry_sdk.get_client().close(timeout=2)
        settings.SENTRY_DSN = ""
        # Without what Sentry would weave into this process for all tests after these.
        sentry_sdk.init(default_integrations=False)


def fail(method: str = "get", path: str = f"/transfers/info/{SENT['id']}") -> object:
    client = Client(
        raise_request_exception=False,
        REMOTE_ADDR=SENT["address"],
        headers={"x-strange": SENT["header"], "x-request-id": "request-0001"},
    )
    client.cookies["strange"] = SENT["cookie"]
    return getattr(client, method)(f"{path}?strange={SENT['query']}")


def test_the_caller_gets_a_sentence_with_the_id_and_the_log_the_place(broken, caplog):
    answer = fail()
    assert answer.status_code == 500
    assert answer.json()["request_id"] == "request-0001"
    assert "request-0001" in answer.json()["detail"]

    lines = [json.loads(line_formatter().format(record)) for record in caplog.records]
    error = next(line for line in lines if line["message"] == "unhandled error")
    assert error["request_id"] == "request-0001"
    assert error["error"] == "RuntimeError"
    assert any("test_error_reports.py" in frame for frame in error["where"])
    assert leaks([json.dumps(lines).encode()], forbidden()) == []


def test_a_visitor_reads_the_id_on_the_page(monkeypatch):
    from transfers import pages

    def broken_encoding(request: object) -> None:
        raise RuntimeError(SENT["message"])

    monkeypatch.setattr(pages, "_encoding", broken_encoding)
    answer = fail(path="/")
    assert answer.status_code == 500
    assert '<code data-testid="request-id">request-0001</code>' in answer.text
    assert SENT["message"] not in answer.text


def test_an_error_is_counted_once(broken):
    from sgraph_send.telemetry.metrics_endpoint import Site
    from transfers.statistics import metrics

    def count() -> float:
        text = metrics.exposition(Site()).decode()
        line = next(each for each in text.splitlines() if each.startswith(NAME))
        return float(line.rsplit(" ", 1)[1])

    before = count()
    fail()
    assert count() - before == 1


NAME = "sgraph_send_unhandled_errors_total"


def test_sentry_learns_what_failed_and_where_and_nothing_that_was_sent(broken, sentry):
    fail()
    wait_until(lambda: sentry.received, "a report")

    (envelope,) = sentry.received
    assert envelope.path == "/api/42/envelope/"
    event = json.loads(envelope.body.splitlines()[2])
    assert [each["type"] for each in event["exception"]["values"]] == ["KeyError", "RuntimeError"]
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "find"
    assert frames[-1]["lineno"] > 0
    assert event["tags"] == {
        "request_id": "request-0001",
        "route": "transfers/info/<transfer_id>",
        "method": "GET",
    }
    assert not {"request", "user", "breadcrumbs", "contexts", "modules"} & event.keys()
    assert leaks([envelope.body], forbidden()) == []


def test_what_a_library_adds_to_a_report_is_not_let_out():
    event = {
        "event_id": "1",
        "request": {"url": SENT["query"], "cookies": SENT["cookie"]},
        "extra": {"x": SENT["body"]},
        "exception": {
            "values": [
                {
                    "type": "E",
                    "value": SENT["message"],
                    "stacktrace": {
                        "frames": [
                            {"function": "f", "vars": {"x": SENT["local"]}, "pre_context": []}
                        ]
                    },
                }
            ]
        },
    }
    told = json.dumps(error_reports.scrubbed(event, {}))
    assert leaks([told.encode()], forbidden()) == []
    assert '"function": "f"' in told


def test_without_an_address_nothing_is_sent(broken):
    with Collector() as collector:
        fail()
        assert collector.received == []


def test_a_dsn_that_is_none_stops_the_start_with_a_sentence(settings):
    settings.SENTRY_DSN = "sentry.example"
    with pytest.raises(ImproperlyConfigured, match="SGRAPH_SEND__SENTRY_DSN"):
        error_reports.start()


def forbidden() -> list[Forbidden]:
    return [Forbidden.text(name, value) for name, value in SENT.items()]
