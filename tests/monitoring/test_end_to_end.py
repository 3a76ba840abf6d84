"""A store goes away and comes back, and whoever is on call is told both: every part is real."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.certificate import Certificate, self_signed
from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from harness.tls_proxy import TlsProxy
from harness.waiting import wait_until
from tests.monitoring.load import HalfSent, Load
from tests.monitoring.test_dashboard import expressions
from tests.monitoring.watchers import Watchers
from tests.monitoring.webhook import Webhook

pytestmark = pytest.mark.long
METRICS_TOKEN = "made-up-for-tests-only"
SOON_SECONDS = 120
SOME = 20
STORE_AWAY = (
    503,
    "store_unavailable",
    "The file store does not answer just now. Try again in a moment.",
)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    receiver = Webhook()
    yield receiver
    receiver.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Valid for one more day, which is what the probe must notice."""
    return self_signed(tmp_path / "certificate")


@pytest.fixture
def site(start_site: Callable[..., LiveSite], own_seaweed: SeaweedS3) -> LiveSite:
    return start_site(
        **own_seaweed.environment,
        SGRAPH_SEND__S3_BUCKET="watched",
        SGRAPH_SEND__METRICS_TOKEN=METRICS_TOKEN,
        # From elsewhere: only the token opens the door.
        SGRAPH_SEND__METRICS_ADDRESSES="192.0.2.1",
        SGRAPH_SEND__CLEANUP_EVERY_SECONDS="2",
        # The crowd of one of the tests comes from one address.
        SGRAPH_SEND__RATES="off",
    )


@pytest.fixture
def watchers(
    site: LiveSite, webhook: Webhook, certificate: Certificate, tmp_path: Path
) -> Iterator[Watchers]:
    proxy = TlsProxy(certificate, int(site.url.rsplit(":", 1)[1]))
    watching = Watchers(tmp_path / "watchers", webhook.url)
    (tmp_path / "watchers").mkdir()
    try:
        watching.start(site, METRICS_TOKEN, proxy.url, certificate)
        yield watching
    finally:
        watching.stop()
        proxy.stop()


def test_the_alert_arrives_and_so_does_the_recovery(
    watchers: Watchers, webhook: Webhook, own_seaweed: SeaweedS3
):
    soon = {"timeout_s": SOON_SECONDS}
    wait_until(lambda: value(watchers, "sgraph_send_store_up") == 1, "a scrape", **soon)
    wait_until(
        lambda: "SGraphSendCertificateExpiry" in firing(watchers), "the certificate's alert", **soon
    )
    wait_until(
        lambda: value(watchers, "sgraph_send_cleanup_last_success_timestamp_seconds"),
        "a pass of cleanup",
        **soon,
    )
    every_panel_has_something_to_say(watchers)
    assert "SGraphSendStoreFailing" not in firing(watchers)

    own_seaweed.stop()
    (told,) = wait_until(lambda: webhook.titled("FIRING: The object store"), "the alert", **soon)
    assert told["title"] == "FIRING: The object store fails (send.example)"
    assert "does not answer" in told["text"]
    assert told["title_link"].endswith("/docs/runbooks/store-failing.md")
    assert not any("runbooks" in alert["labels"] for alert in watchers.alerts())

    own_seaweed.start()
    (told,) = wait_until(
        lambda: webhook.titled("RESOLVED: The object store"), "the recovery", **soon
    )
    assert told["title"] == "RESOLVED: The object store fails (send.example)"
    assert [one["text"] for one in webhook.titled("FIRING: SGraph Send does not answer")] == []


def test_a_store_that_stops_under_load_is_told_of_and_loses_nothing(
    watchers: Watchers, webhook: Webhook, site: LiveSite, own_seaweed: SeaweedS3
):
    soon = {"timeout_s": SOON_SECONDS}
    wait_until(lambda: value(watchers, "sgraph_send_store_up") == 1, "a scrape", **soon)
    with Load(site.url) as load:
        wait_until(lambda: load.fetched >= SOME, "some transfers", **soon)
        half = HalfSent(site)

        own_seaweed.stop()
        wait_until(lambda: readiness(site) == 503, "a site that is not ready", **soon)
        wait_until(lambda: webhook.titled("FIRING: The object store"), "the alert", **soon)
        wait_until(lambda: len(load.refusals) >= SOME, "refusals", **soon)
        with pytest.raises(urllib.error.HTTPError) as refused:
            half.complete()
        assert refused.value.code == 503

        own_seaweed.start()
        wait_until(lambda: readiness(site) == 200, "a site that is ready", **soon)
        wait_until(lambda: webhook.titled("RESOLVED: The object store"), "the recovery", **soon)
        fetched_before, refused_before = load.fetched, len(load.refusals)
        wait_until(lambda: load.fetched >= fetched_before + SOME, "more transfers", **soon)

    assert len(load.refusals) == refused_before
    told = {(one.status, one.code, one.body["detail"]) for one in load.refusals if one.body}
    assert told == {STORE_AWAY}
    # The others met the store itself as it went.
    elsewhere = {str(one).partition(":")[0] for one in load.refusals if not one.body}
    assert elsewhere <= {"To upload", "To download"}
    for kept in load.kept:
        load.fetch(kept)
    assert load.wrong == []
    assert half.complete()["transfer_id"]
    assert value(watchers, "sum(sgraph_send_unhandled_errors_total)") in (None, 0)
    assert "Traceback" not in site.log


def test_a_site_that_is_down_silences_what_follows_from_it_and_no_other_site(
    watchers: Watchers, webhook: Webhook, site: LiveSite, own_seaweed: SeaweedS3
):
    soon = {"timeout_s": SOON_SECONDS}
    wait_until(lambda: value(watchers, "sgraph_send_store_up") == 1, "a scrape", **soon)

    site.kill()
    (told,) = wait_until(
        lambda: webhook.titled("FIRING: SGraph Send does not answer"), "the alert", **soon
    )[:1]

    assert "has not answered" in told["text"]

    for place in ("send.example", "another.example"):
        watchers.raise_alert(alertname="SGraphSendErrorRate", severity="critical", site=place)
    wait_until(lambda: webhook.titled("FIRING: Made up"), "the other site's alert", **soon)
    assert silenced(watchers) == {("SGraphSendErrorRate", "send.example")}
    assert [one["title"] for one in webhook.titled("FIRING: Made up")] == [
        "FIRING: Made up (another.example)"
    ]


def readiness(site: LiveSite) -> int:
    """The status of `/info/ready`."""
    try:
        with urllib.request.urlopen(f"{site.url}/info/ready", timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def value(watchers: Watchers, name: str) -> float | None:
    found = watchers.ask(name)
    return float(found[0]["value"][1]) if found else None


def firing(watchers: Watchers) -> set[str]:
    return {one["metric"]["alertname"] for one in watchers.ask('ALERTS{alertstate="firing"}')}


def silenced(watchers: Watchers) -> set[tuple[str, str]]:
    """Alerts that Alertmanager holds back because of another one, each with its site."""
    return {
        (alert["labels"]["alertname"], alert["labels"]["site"])
        for alert in watchers.alerts()
        if alert["status"]["inhibitedBy"]
        and alert["labels"]["alertname"] != "SGraphSendCertificateExpiry"
    }


def every_panel_has_something_to_say(watchers: Watchers) -> None:
    """Prometheus answers every query; a value has what needs no event to exist: not rates, and not
    the figures of a reconciliation."""
    for expression in expressions():
        watchers.ask(expression.replace("$__rate_interval", "1m"))
    empty = [
        expression
        for expression in expressions()
        if "[" not in expression
        and not any(later in expression for later in ("orphan", "missing", "reconciled", "dollars"))
        and not watchers.ask(expression)
    ]
    assert empty == []
