"""Spans of a real site arrive at an OTLP collector, without what a visitor sent."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from harness.collector import Collector
from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from harness.waiting import wait_until
from sgraph_send.telemetry.tracing import EXPORTED
from tests.actors import Sender
from tests.browser.leak_scanner import Forbidden, leaks
from tests.commands.http_calls import call


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as listening:
        yield listening


def spans(collector: Collector) -> list[Span]:
    found = []
    for received in list(collector.received):
        assert received.path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(received.body).resource_spans:
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def children(collector: Collector, name: str) -> list[Span]:
    all_spans = spans(collector)
    ids = {span.span_id for span in all_spans if span.name == name}
    return [span for span in all_spans if span.parent_span_id in ids]


def test_a_request_leads_to_its_database_statements_and_calls_of_s3(
    start_site: Callable[..., LiveSite],
    collector: Collector,
    database_url: str,
    seaweed: SeaweedS3,
):
    site = start_site(
        **seaweed.environment,
        SGRAPH_SEND__S3_BUCKET="traced",
        DATABASE_URL=database_url,
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{collector.host}",
        OTEL_BSP_SCHEDULE_DELAY="200",
    )
    sender = Sender()
    created = call(site, "POST", "/transfers/create", sender.creation())
    transfer_id = created["transfer_id"]
    strange = urllib.request.Request(
        f"{site.url}/transfers/info/{transfer_id}?strange=a-query-that-was-sent",
        headers={"User-Agent": "an-agent-that-was-sent", "X-Strange": "a-header-that-was-sent"},
    )
    urllib.request.urlopen(strange, timeout=30).close()
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(f"{site.url}/nowhere/{transfer_id}", timeout=30).close()

    below = wait_until(lambda: children(collector, "POST transfers/create"), "spans")
    names = {span.name for span in below}
    assert "INSERT" in names
    assert "S3.CreateMultipartUpload" in names
    wait_until(
        lambda: any(span.name == "GET transfers/info/<transfer_id>" for span in spans(collector)),
        "the span of info",
    )
    attributes = {each.key for span in spans(collector) for each in span.attributes}
    assert {"http.route", "rpc.method"} <= attributes <= EXPORTED
    bodies = [received.body for received in collector.received]
    assert (
        leaks(
            bodies,
            [
                Forbidden.text(name, value)
                for name, value in {
                    "the id": transfer_id,
                    "the query": "a-query-that-was-sent",
                    "the agent": "an-agent-that-was-sent",
                    "a header": "a-header-that-was-sent",
                    "the owner token": sender.owner_token,
                }.items()
            ],
        )
        == []
    )


def test_without_an_endpoint_nothing_is_instrumented(start_site: Callable[..., LiveSite]):
    site = start_site()
    code = (
        "import sgraph_send.wsgi, sys;"
        "assert not {'opentelemetry.instrumentation', 'sentry_sdk'} & sys.modules.keys()"
    )
    shell = site.manage("shell", "-c", code)
    assert shell.returncode == 0, shell.stderr
