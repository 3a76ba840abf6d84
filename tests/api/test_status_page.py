"""Whoever wonders whether the site works reads it in words, and no more than programs are told."""

from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client

from tests.actors import get
from tests.store_settings import forget_stores
from transfers.maintenance import probes
from transfers.models import PageVisits
from transfers.statistics import visits

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("collected_static"),
]


@pytest.fixture(autouse=True)
def fresh_probes():
    probes.forget()
    yield
    probes.forget()


@pytest.fixture
def without_store(tmp_path: Path):
    """The store is away from here on."""
    Client().get("/info/ready")
    (tmp_path / "store").rename(tmp_path / "away")
    probes.forget()
    forget_stores()


def test_a_working_site_says_so_in_words():
    page = get("/status")

    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert "Everything answers" in page.text
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert not page.cookies
    assert "<script" not in page.text
    assert page["Content-Security-Policy"] == get("/security")["Content-Security-Policy"]
    assert Client().post("/status").status_code == 405


def test_a_part_that_is_away_makes_it_503_for_everybody_and_is_named_to_nobody(
    settings, without_store
):
    settings.METRICS_TOKEN = "letmesee"

    page = get("/status")
    for_operator = get("/status", authorization="Bearer letmesee")

    assert page.status_code == Client().get("/info/ready").status_code == 503
    assert "Not everything answers" in page.text
    assert "The store does not answer" not in page.text
    assert for_operator.content == page.content
    assert page["Cache-Control"] == "no-store"


def test_every_page_leads_there_and_it_leads_to_what_programs_read():
    assert '<a href="/status">Status</a>' in get("/").text
    page = get("/status").text
    for address in ("/info/ready", "/info/status"):
        assert f'href="{address}"' in page
        assert Client().get(address).status_code == 200


def test_looking_at_it_is_no_visit():
    visits.flush()
    before = PageVisits.objects.count()
    get("/status")
    visits.flush()
    assert PageVisits.objects.count() == before


def listed_hashes() -> dict[str, str]:
    pages = Client().get("/info/client").json()["pages"]
    return {page["kind"]: page["sha256"] for page in pages}


def test_it_is_one_of_the_pages_that_can_be_compared():
    assert sha256(get("/status").content).hexdigest() == listed_hashes()["status-ok"]


def test_so_it_is_when_something_is_away(without_store):
    assert sha256(get("/status").content).hexdigest() == listed_hashes()["status-unavailable"]
