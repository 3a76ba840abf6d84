"""Series that an alert must fire on, and series that it must stay silent on.

Values are written as promtool reads them: `a+bx3` is a, a+b, a+2b, a+3b, one each `interval`.
Time begins at 0, so a timestamp is the seconds since the beginning of a case.
"""

from dataclasses import dataclass

DAY = 86_400
SITE = '{job="sgraph-send", instance="127.0.0.1:8000"}'
PUBLIC = '{job="sgraph-send-public", instance="https://send.example/info/health"}'
PUBLIC_LABELS = {"job": "sgraph-send-public", "instance": "https://send.example/info/health"}


@dataclass(frozen=True)
class Firing:
    """One expected alert: its labels beside the name, and the sentence that somebody reads."""

    labels: dict[str, str]
    description: str


@dataclass(frozen=True)
class Case:
    """`alert` looked at `at` (promtool's duration) over `series`, with no firings: silent."""

    name: str
    alert: str
    at: str
    series: dict[str, str]
    firings: tuple[Firing, ...] = ()
    interval: str = "1m"


def requests(route: str, status: int) -> str:
    return f'sgraph_send_requests_total{{route="{route}", method="POST", status="{status}"}}'


def durations(route: str, under_1: int, all_of_them: int) -> dict[str, str]:
    """So many requests a minute that took under 1 s, and so many under 2.5 s."""
    name = "sgraph_send_request_seconds"
    rows = {"1.0": under_1, "2.5": all_of_them, "+Inf": all_of_them}
    return {
        f'{name}_bucket{{route="{route}", le="{bound}"}}': f"0+{count}x40"
        for bound, count in rows.items()
    } | {f'{name}_count{{route="{route}"}}': f"0+{all_of_them}x40"}


def cost(threshold: str, severity: str, dollars: float) -> Firing:
    return Firing(
        {"severity": severity, "threshold": threshold},
        f"At this rate the month costs {dollars:.2f} dollars.",
    )


WARNING, CRITICAL = {"severity": "warning"}, {"severity": "critical"}
STORE = Firing(
    CRITICAL,
    "The store that holds the ciphertext does not answer, or refuses more than one call in twenty.",
)
CLEANUP = Firing(
    WARNING,
    "No pass of cleanup has succeeded for a quarter of an hour. "
    "Expired transfers keep their bytes.",
)
DATABASE = Firing(CRITICAL, "The database does not answer. Nobody can send or fetch anything.")

AVAILABILITY = [
    Case(
        "process does not answer",
        "SGraphSendDown",
        "3m",
        {f"up{SITE}": "1 0+0x5"},
        (
            Firing(
                CRITICAL | {"job": "sgraph-send", "instance": "127.0.0.1:8000"},
                "127.0.0.1:8000 has not answered for two minutes.",
            ),
        ),
    ),
    Case(
        "answers beside the proxy and not through it",
        "SGraphSendDown",
        "3m",
        {f"up{SITE}": "1+0x5", f"probe_success{PUBLIC}": "0+0x5"},
        (
            Firing(
                CRITICAL | PUBLIC_LABELS,
                "https://send.example/info/health has not answered for two minutes.",
            ),
        ),
    ),
    Case(
        "nothing is scraped",
        "SGraphSendDown",
        "3m",
        {},
        (Firing(CRITICAL | {"job": "sgraph-send"}, "Prometheus knows of no process of the site."),),
    ),
    Case(
        "one missed scrape",
        "SGraphSendDown",
        "4m",
        {f"up{SITE}": "1 1 0 1 1", f"probe_success{PUBLIC}": "1 0 1 1 1"},
    ),
    Case(
        "one request in ten fails",
        "SGraphSendErrorRate",
        "12m",
        {requests("transfers/create", 503): "0+2x20", requests("transfers/create", 200): "0+18x20"},
        (Firing(CRITICAL, "10% of the requests were answered with a 5xx status."),),
    ),
    Case(
        "only probes are told 503",
        "SGraphSendErrorRate",
        "12m",
        {requests("info/ready", 503): "0+9x20", requests("transfers/create", 200): "0+9x20"},
    ),
    Case(
        "a lonely failure at night",
        "SGraphSendErrorRate",
        "12m",
        {
            requests("transfers/create", 500): "0 0 1+0x20",
            requests("transfers/create", 200): "0+0x5 1+0x20",
        },
    ),
    Case(
        "one in five takes longer than a second",
        "SGraphSendSlow",
        "30m",
        durations("transfers/create", 8, 10),
        (Firing(WARNING, "One request in twenty takes 2.125s or longer."),),
    ),
    Case(
        "long uploads and downloads",
        "SGraphSendSlow",
        "30m",
        durations("transfers/create", 100, 100)
        | durations("transfers/upload/<transfer_id>", 0, 100)
        | durations("transfers/local/parts/<signed>", 0, 100),
    ),
    Case(
        "signing takes long, among many static files",
        "SGraphSendSlow",
        "30m",
        durations("transfers/upload/<transfer_id>/sign", 8, 10) | durations("static", 900, 900),
        (Firing(WARNING, "One request in twenty takes 2.125s or longer."),),
    ),
    Case(
        "an error that nobody foresaw",
        "SGraphSendUnhandledErrors",
        "6m",
        {"sgraph_send_unhandled_errors_total": "0 0 0 1+0x9"},
        (Firing(WARNING, "Unhandled errors in ten minutes: 1."),),
    ),
    Case(
        "an error of yesterday",
        "SGraphSendUnhandledErrors",
        "15m",
        {"sgraph_send_unhandled_errors_total": "3+0x20"},
    ),
    Case(
        "ten days left",
        "SGraphSendCertificateExpiry",
        "2h",
        {f"probe_ssl_earliest_cert_expiry{PUBLIC}": f"{10 * DAY}+0x130"},
        (
            Firing(
                WARNING | PUBLIC_LABELS,
                "The certificate of https://send.example/info/health ends in 9d 22h 0m 0s.",
            ),
        ),
    ),
    Case(
        "two days left",
        "SGraphSendCertificateExpiry",
        "1h",
        {f"probe_ssl_earliest_cert_expiry{PUBLIC}": f"{2 * DAY}+0x130"},
        tuple(
            Firing(
                severity | PUBLIC_LABELS,
                "The certificate of https://send.example/info/health ends in 1d 23h 0m 0s.",
            )
            for severity in (WARNING, CRITICAL)
        ),
    ),
    Case(
        "two months left",
        "SGraphSendCertificateExpiry",
        "2h",
        {f"probe_ssl_earliest_cert_expiry{PUBLIC}": f"{60 * DAY}+0x130"},
    ),
]
