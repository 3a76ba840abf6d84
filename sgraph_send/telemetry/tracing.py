"""OpenTelemetry: spans of a request, its database statements and its calls of S3.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT is set. The instrumentations are the standard ones; what they
put into spans is exported by name only, because it includes paths, queries and addresses
(docs/decisions/0071).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sgraph_send import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

EXPORTED = {
    "http.method",
    "http.request.method",
    "http.route",
    "http.status_code",
    "http.response.status_code",
    "db.system",
    "db.system.name",
    # With placeholders: parameters go to the database beside them.
    "db.statement",
    "db.query.text",
    "rpc.system",
    "rpc.service",
    "rpc.method",
    "cloud.region",
    "aws.region",
    "retry_attempts",
}


def start() -> None:
    """Instrument this process, before it loads its middleware; raises ImproperlyConfigured where
    the libraries are missing."""
    if not settings.OTEL_ENDPOINT:
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
        from opentelemetry.instrumentation.django import DjangoInstrumentor
        from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs pip install -r requirements/telemetry.txt."
        ) from None
    resource = Resource.create(
        {
            "service.name": settings.OTEL_SERVICE_NAME,
            "service.version": __version__,
            "deployment.environment.name": settings.ENVIRONMENT,
        }
    )
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(_scrubbing(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument()
    PsycopgInstrumentor().instrument()
    BotocoreInstrumentor().instrument()  # type: ignore[no-untyped-call]


def _scrubbing(exporter: "SpanExporter") -> "SpanExporter":
    """The same exporter, for spans that have exported attributes alone."""
    from opentelemetry.sdk.trace.export import SpanExporter

    class Scrubbing(SpanExporter):
        def export(self, spans: Sequence["ReadableSpan"]) -> "SpanExportResult":
            return exporter.export([scrubbed(span) for span in spans])

        def shutdown(self) -> None:
            exporter.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return exporter.force_flush(timeout_millis)

    return Scrubbing()


def scrubbed(span: "ReadableSpan") -> "ReadableSpan":
    """A copy with EXPORTED attributes, without events and links, which contain messages
    of exceptions and what callers sent."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Status

    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={
            name: value for name, value in (span.attributes or {}).items() if name in EXPORTED
        },
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )
