"""What `/metrics` tells, and whom."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests.actors import Recipient, Sender, code_of, random_secret
from transfers.maintenance import probes
from transfers.models import Gauge
from transfers.statistics import hourly

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]


@pytest.fixture(autouse=True)
def fresh_probes():
    probes.forget()
    yield
    probes.forget()


def samples(**headers: str) -> dict[str, float]:
    """Every sample by its name with labels, as printed."""
    answer = Client(headers=headers).get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def grown(before: dict[str, float], name: str) -> float:
    return samples().get(name, 0) - before.get(name, 0)


def test_requests_are_counted_by_pattern_and_never_by_path():
    sender = Sender().send()
    before = samples()
    sender.recipient().info()
    Client().get("/nothing/of/the/kind")

    pattern = 'route="transfers/info/<transfer_id>",status="200"'
    assert grown(before, f'sgraph_send_requests_total{{method="GET",{pattern}}}') == 1
    unmatched = 'sgraph_send_requests_total{method="GET",route="unmatched",status="404"}'
    assert grown(before, unmatched) == 1
    text = Client().get("/metrics").text
    assert sender.transfer_id not in text
    assert "of/the/kind" not in text
    count = 'sgraph_send_request_seconds_count{route="transfers/info/<transfer_id>"}'
    assert grown(before, count) == 1


def test_a_made_up_method_makes_no_series_of_its_own():
    before = samples()
    Client().generic("BREW", "/info/health")
    Client().generic("STEEP", "/info/health")

    assert not [name for name in samples() if "BREW" in name or "STEEP" in name]
    name = 'sgraph_send_requests_total{method="other",route="info/health",status="405"}'
    assert grown(before, name) == 2


def test_a_wrong_passphrase_is_a_refusal_a_proof_failure_and_a_figure():
    sender = Sender().send()
    before = samples()
    hourly.flush()
    guesser = Recipient(sender.transfer_id, sender.link_proof, random_secret())
    assert code_of(guesser.lease()) == (403, "proof_wrong")
    assert code_of(sender.stranger().lease()) == (403, "link_proof_wrong")
    hourly.flush()

    assert grown(before, 'sgraph_send_refusals_total{code="proof_wrong"}') == 1
    assert grown(before, "sgraph_send_proof_failures_total") == 2
    assert hourly.totals(hourly.hours_ago(1))["refused_proof"] == 2


@pytest.mark.usefixtures("counters_clock")
def test_a_refused_token_and_a_rate_limit_are_figures(settings):
    settings.UPLOAD_ACCESS = "token"
    settings.RATES = {**settings.RATES, "access_failures": "1/h"}
    before = samples()
    assert code_of(Sender().create()) == (401, "access_token_required")
    assert code_of(Sender(access_token="made up").create()) == (401, "access_token_wrong")
    assert code_of(Sender(access_token="made up").create()) == (429, "too_many_requests")
    hourly.flush()

    told = hourly.totals(hourly.hours_ago(1))
    assert (told["refused_token"], told["refused_limit"]) == (2, 1)
    assert grown(before, 'sgraph_send_refusals_total{code="access_token_required"}') == 1
    assert grown(before, 'sgraph_send_throttled_total{rule="access_failures"}') == 1


def test_a_download_counts_a_lease_and_calls_of_the_store_by_verb():
    before = samples()
    Sender().send().recipient().download()

    assert grown(before, "sgraph_send_leases_total") == 1
    for verb in ("begin", "write_part", "complete", "stat", "read"):
        assert grown(before, f'sgraph_send_store_seconds_count{{verb="{verb}"}}') >= 1, verb
        assert grown(before, f'sgraph_send_store_errors_total{{verb="{verb}"}}') == 0


def test_gauges_are_what_cleanup_left_in_the_database():
    for name, value in {"transfers_pending": 3, "transfers_stuck": 2, "bytes_stored": 4096}.items():
        Gauge.objects.update_or_create(
            name=name, defaults={"value": value, "measured_at": timezone.now()}
        )
    told = samples()

    assert told['sgraph_send_transfers{state="pending"}'] == 3
    assert told["sgraph_send_stuck_transfers"] == 2
    assert told["sgraph_send_stored_bytes"] == 4096
    assert "sgraph_send_orphan_objects" not in told
    assert told["sgraph_send_database_up"] == 1
    assert told["sgraph_send_cache_up"] == 1
    assert [name for name in told if re.match(r"sgraph_send_build_info\{.*production", name)]


def test_a_store_that_is_away_is_down_until_it_is_back(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(probes, "PROBE_SECONDS", 3600)
    Sender().send()
    root = tmp_path / "store"
    assert samples()["sgraph_send_store_up"] == 1
    root.rename(tmp_path / "away")
    probes.forget()
    assert samples()["sgraph_send_store_up"] == 0
    assert samples()["sgraph_send_database_up"] == 1
    (tmp_path / "away").rename(root)
    assert samples()["sgraph_send_store_up"] == 0, "what was found counts for a while"
    probes.forget()
    assert samples()["sgraph_send_store_up"] == 1


def status(client_address: str = "203.0.113.9", **headers: str) -> int:
    return Client(headers=headers, REMOTE_ADDR=client_address).get("/metrics").status_code


def test_strangers_find_nothing(settings):
    settings.METRICS_TOKEN = "letmesee"
    assert status() == 404
    assert status(authorization="Bearer letmesee") == 200
    assert status(authorization="bearer letmesee") == 200
    assert status(authorization="Bearer letmeseex") == 404
    assert status(authorization="Bearer é") == 404
    assert status(authorization="Basic letmesee") == 404
    assert status("127.0.0.1") == 200
    assert status("::1") == 200


def test_without_a_token_an_empty_one_opens_nothing():
    assert status(authorization="Bearer ") == 404
    assert status(authorization="Bearer") == 404


def test_behind_a_proxy_it_is_the_caller_who_counts(settings):
    assert status("127.0.0.1", **{"x-forwarded-for": "203.0.113.9"}) == 404
    assert status("127.0.0.1", **{"x-forwarded-for": "127.0.0.1"}) == 404, "nobody vouches for it"
    settings.TRUSTED_PROXIES = [*settings.METRICS_ADDRESSES]
    assert status("127.0.0.1", **{"x-forwarded-for": "203.0.113.9"}) == 404
    assert status("127.0.0.1", **{"x-forwarded-for": "127.0.0.1, 203.0.113.9"}) == 404
    assert status("127.0.0.1", **{"x-forwarded-for": "127.0.0.1"}) == 200
    assert status("127.0.0.1") == 200


def test_a_foreign_host_name_needs_the_token(settings):
    settings.METRICS_TOKEN = "letmesee"
    assert status("127.0.0.1", host="rebound.example") == 400
    assert status(host="site:8000", authorization="Bearer letmesee") == 200
