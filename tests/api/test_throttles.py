"""Who calls too often is told when to come back; nobody else notices."""

import ipaddress
import json
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client

from sgraph_send.configuration import rates as read_rates
from tests.actors import Sender, code_of, get, post, random_secret
from transfers.access import access_tokens
from transfers.limits import RATE_RULES
from transfers.models import AccessToken, Lease, Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counters_clock")]
OFFICE, HOME, PROXY = "192.0.2.1", "192.0.2.2", "10.0.0.5"
TOO_MANY = (429, "too_many_requests")
SHARED_TOKEN = "the-shared-access-token"


@pytest.fixture
def rates(settings):
    """`rates(create="2/h")` changes rules for one test."""

    def change(**changed: str) -> None:
        settings.RATES = {**settings.RATES, **changed}

    return change


def create_from(address: str, **headers: str) -> HttpResponse:
    client = Client(REMOTE_ADDR=address, headers=headers)
    body = json.dumps({"file_size_bytes": 1})
    return client.post("/transfers/create", body, content_type="application/json")


def token_with(**limits: str) -> str:
    token = AccessToken(name="build server", **limits)
    text = access_tokens.give_secret(token)
    token.save()
    return text


def test_one_address_creates_so_many_and_another_is_not_held_up(rates):
    rates(create="2/h")

    statuses = [create_from(OFFICE).status_code for _ in range(4)]

    assert statuses == [200, 200, 429, 429]
    assert Transfer.objects.count() == 2
    assert create_from(HOME).status_code == 200


def test_retry_after_is_the_time_until_the_window_ends(rates, counters_clock: SimpleNamespace):
    rates(create="1/3s")
    assert create_from(OFFICE).status_code == 200

    refused = create_from(OFFICE)

    assert code_of(refused) == TOO_MANY
    assert refused["Cache-Control"] == "no-store"
    end = int(counters_clock.now) + int(refused["Retry-After"])
    counters_clock.now = end - 0.001
    assert create_from(OFFICE).status_code == 429
    counters_clock.now = end
    assert create_from(OFFICE).status_code == 200


def test_what_a_stranger_writes_into_headers_changes_nothing(rates):
    rates(create="2/h")
    pretended = [
        {"X-Forwarded-For": f"198.51.100.{n}", "X-Real-Ip": "1.2.3.4", "Forwarded": f"for=10.{n}"}
        for n in range(4)
    ]
    statuses = [create_from(OFFICE, **headers).status_code for headers in pretended]
    assert statuses == [200, 200, 429, 429]


def test_behind_a_trusted_proxy_callers_are_told_apart_by_what_it_adds(rates, settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(PROXY)]
    rates(create="1/h")

    for made_up in ("198.51.100.1, ", "garbage, ", ", " * 50):
        answer = create_from(PROXY, **{"X-Forwarded-For": made_up + OFFICE})
        assert answer.status_code == (200 if made_up == "198.51.100.1, " else 429)
    assert create_from(PROXY, **{"X-Forwarded-For": HOME}).status_code == 200


def test_an_ipv6_customer_cannot_walk_through_its_network(rates):
    rates(create="2/h")
    statuses = [create_from(f"2001:db8:1:2::{n:x}").status_code for n in range(1, 5)]
    assert statuses == [200, 200, 429, 429]
    assert create_from("2001:db8:1:3::1").status_code == 200


def test_an_access_token_has_a_rate_of_its_own_wherever_it_is_used(rates):
    rates(token="3/h")
    usual, narrow = token_with(), token_with(rate="1/h")

    def statuses(token: str) -> list[int]:
        header = {"x-sgraph-access-token": token}
        return [create_from(f"192.0.2.{n}", **header).status_code for n in range(4)]

    assert statuses(usual) == [200, 200, 200, 429]
    assert statuses(narrow) == [200, 429, 429, 429]
    assert [token.transfer_count for token in AccessToken.objects.order_by("id")] == [3, 1]


def test_a_rate_that_nobody_can_read_falls_back_to_the_usual_one(rates):
    rates(token="1/h")
    header = {"x-sgraph-access-token": token_with(rate="often")}
    assert [create_from(OFFICE, **header).status_code for _ in range(2)] == [200, 429]


def test_parts_completion_and_info_of_a_transfer_are_never_throttled(settings):
    settings.RATES = dict.fromkeys(RATE_RULES, "1/d")
    sender = Sender()
    sender.create()
    for _ in range(20):
        assert sender.sign(0).status_code == 200
        assert sender.list_parts().status_code == 200
    sender.upload()
    for _ in range(5):
        assert sender.complete().status_code == 200
    for _ in range(20):
        assert sender.recipient().info().status_code == 200
        assert sender.recipient().manifest().status_code == 200


def test_new_downloads_have_a_rate_and_one_that_runs_has_none(rates):
    rates(lease="2/h")
    sender = Sender().send()
    early, late = sender.recipient(), sender.recipient()

    assert early.lease().status_code == 200
    assert early.lease().status_code == 200
    assert code_of(late.lease()) == TOO_MANY
    assert early.lease().status_code == 200
    assert Lease.objects.count() == 1


def test_a_sender_looks_and_changes_so_often(rates):
    rates(manage="3/h")
    sender = Sender().send()

    assert [sender.manage().status_code for _ in range(2)] == [200, 200]
    path = f"/transfers/manage/{sender.transfer_id}"
    patched = Client(headers=sender.owner_header).patch(
        path, '{"max_downloads": 7}', content_type="application/json"
    )
    assert patched.status_code == 200
    assert code_of(sender.manage()) == TOO_MANY
    assert code_of(sender.delete()) == TOO_MANY
    assert Transfer.objects.get().state == "completed"


def test_wrong_owner_tokens_count_and_never_hold_up_the_owner(rates):
    rates(owner_failures="3/h")
    sender = Sender().send()
    header = {"x-sgraph-owner-token": random_secret()}

    codes = [code_of(get(f"/transfers/manage/{sender.transfer_id}", **header)) for _ in range(5)]

    assert codes == [(403, "owner_token_wrong")] * 3 + [TOO_MANY] * 2
    assert sender.manage().status_code == 200
    assert sender.delete().status_code == 200


def test_guesses_at_the_shared_token_end_before_anything_is_compared(rates, settings):
    settings.UPLOAD_ACCESS, settings.ACCESS_TOKEN = "token", SHARED_TOKEN
    rates(access_failures="3/h")
    ours = {"x-sgraph-access-token": token_with()}

    codes = [
        code_of(create_from(OFFICE, **{"x-sgraph-access-token": f"guess{n}"})) for n in range(5)
    ]

    assert codes == [(401, "access_token_wrong")] * 3 + [TOO_MANY] * 2
    right = {"x-sgraph-access-token": SHARED_TOKEN}
    assert code_of(create_from(OFFICE, **right)) == TOO_MANY
    assert create_from(OFFICE, **ours).status_code == 200
    assert create_from(HOME, **right).status_code == 200


def test_reports_have_a_rate(rates):
    rates(report="1/h")
    sender = Sender().send()
    path = f"/transfers/report/{sender.transfer_id}"
    assert post(path, {"reason": "malware"}).status_code == 200
    assert code_of(post(path, {"reason": "malware"})) == TOO_MANY


def test_the_counters_hold_no_address_and_mean_nothing_without_our_key(rates, settings):
    rates(create="1/h")
    create_from(OFFICE)
    assert create_from(OFFICE).status_code == 429
    kept = repr(caches["ratelimit"]._cache)
    assert "rl:" in kept
    assert OFFICE not in kept

    settings.SECRET_KEY = "another key"
    assert create_from(OFFICE).status_code == 200


def test_off_means_off(settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RATES_OF_THIS_TEST", "off")
    settings.RATES = read_rates("RATES_OF_THIS_TEST", RATE_RULES)
    assert {create_from(OFFICE).status_code for _ in range(70)} == {200}


def test_the_setting_changes_the_rules_that_it_names(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RATES_OF_THIS_TEST", "create=5/10s, lease = off ,")
    changed = {"create": "5/10s", "lease": "off"}
    assert read_rates("RATES_OF_THIS_TEST", RATE_RULES) == RATE_RULES | changed
    monkeypatch.setenv("RATES_OF_THIS_TEST", "")
    assert read_rates("RATES_OF_THIS_TEST", RATE_RULES) == RATE_RULES


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("creat=5/m", "names 'creat'; the rules are create, token"),
        ("create", "gives create the rate ''"),
        ("create=5", "gives create the rate '5'; it must look like 60/m, 5/10s or off"),
        ("create=0/m", "'0/m'"),
        ("create=5/y", "'5/y'"),
        ("create=-1/m", "'-1/m'"),
        ("on", "names 'on'"),
    ],
)
def test_a_wrong_rate_stops_the_process_with_a_sentence(
    value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RATES_OF_THIS_TEST", value)
    with pytest.raises(ImproperlyConfigured, match="RATES_OF_THIS_TEST") as stopped:
        read_rates("RATES_OF_THIS_TEST", RATE_RULES)
    assert sentence in str(stopped.value)


def test_one_process_counts_in_itself_without_complaint_of_the_checks():
    assert caches["ratelimit"]._max_entries == 100_000
    told = [problem.id for problem in run_checks() if not problem.is_silenced()]
    assert not [problem for problem in told if problem.startswith("django_ratelimit")]
