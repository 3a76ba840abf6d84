"""A page of another site has its visitors' browsers call us, in ways that need no leave of ours."""

import json

import pytest
from django.conf import settings as configured
from django.http import HttpResponse
from django.test import Client

from tests.actors import Sender, code_of, random_secret
from transfers.access import throttles
from transfers.models import AbuseReport, Lease, Transfer, WaitlistEntry

pytestmark = pytest.mark.django_db

OURS = "http://testserver"
FOREIGN = {
    "of_today": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "of_a_neighbour": {"origin": "http://other.testserver", "sec-fetch-site": "same-site"},
    "in_a_sandbox": {"origin": "null", "sec-fetch-site": "cross-site"},
    "without_metadata": {"origin": "https://evil.example"},
    "sandbox_without_metadata": {"origin": "null"},
    "another_port": {"origin": f"{OURS}:8443"},
    "broken": {"origin": "http://[evil"},
}
OWN = {
    "of_today": {"origin": OURS, "sec-fetch-site": "same-origin"},
    "without_metadata": {"origin": OURS},
    "no_page": {},
}


def say(headers: dict[str, str], path: str, body: object) -> HttpResponse:
    """As `fetch` with mode no-cors, or a form: plain text is sent without asking first."""
    return Client(headers=headers).post(path, json.dumps(body), content_type="text/plain")


@pytest.mark.parametrize("page", FOREIGN.values(), ids=list(FOREIGN))
def test_visitors_of_a_foreign_page_are_not_made_to_do_anything(page: dict[str, str], settings):
    settings.WAITLIST = True
    sender = Sender().send()
    recipient = sender.recipient()
    leased = recipient.proofs | {"lease_token": random_secret()}
    calls = {
        "/transfers/create": Sender().creation(),
        f"/transfers/report/{sender.transfer_id}": {"reason": "malware"},
        f"/transfers/download/{sender.transfer_id}/lease": leased,
        f"/transfers/manifest/{sender.transfer_id}": sender.stranger().proofs,
        "/info/waitlist": {"email": "somebody@example.org"},
    }

    answers = {code_of(say(page, path, body)) for path, body in calls.items()}

    assert answers == {(400, "origin_not_allowed")}
    assert [row.pk for row in Transfer.objects.all()] == [sender.transfer_id]
    for model in (AbuseReport, Lease, WaitlistEntry):
        assert not model.objects.exists()
    for rule in ("link_failures", "report", "waitlist", "lease"):
        assert throttles.counted("127.0.0.1", rule) == 0


@pytest.mark.parametrize("page", OWN.values(), ids=list(OWN))
def test_our_own_pages_and_those_that_are_no_page_are_let_through(page: dict[str, str]):
    assert say(page, "/transfers/create", Sender().creation()).status_code == 200


def test_pages_of_a_configured_origin_are_let_through(settings):
    friend = "https://friend.example"
    settings.CORS_ALLOWED_ORIGINS = [*configured.CORS_ALLOWED_ORIGINS, friend]
    page = {"origin": friend, "sec-fetch-site": "cross-site"}
    assert say(page, "/transfers/create", Sender().creation()).status_code == 200


def test_links_from_foreign_pages_still_lead_here():
    sender = Sender().send()
    page = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    answer = Client(headers=page).get(f"/transfers/info/{sender.transfer_id}")
    assert answer.status_code == 200
