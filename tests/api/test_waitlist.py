"""Registering interest: only where it is asked for, and telling nobody who did."""

import pytest

from tests.actors import get, post
from transfers.models import WaitlistEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def waitlist_on(settings):
    settings.WAITLIST = True
    settings.UPLOAD_ACCESS = "token"


def register(email: str, **more: object):
    return post("/info/waitlist", {"email": email, **more})


def test_off_by_default():
    assert get("/info/config").json()["waitlist"] is False
    assert register("anna@example.org").status_code == 404
    assert not WaitlistEntry.objects.exists()


@pytest.mark.usefixtures("waitlist_on")
def test_an_address_is_noted_with_its_words():
    assert get("/info/config").json()["waitlist"] is True
    answer = register(" Anna@Example.org ", words="for our <press> office")
    assert (answer.status_code, answer.json()) == (200, {"status": "received"})
    entry = WaitlistEntry.objects.get()
    assert (entry.email, entry.words) == ("anna@example.org", "for our <press> office")


@pytest.mark.usefixtures("waitlist_on")
def test_a_second_time_answers_the_same_and_changes_nothing():
    first = register("anna@example.org", words="one")
    again = register("ANNA@example.org", words="two")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert WaitlistEntry.objects.get().words == "one"


@pytest.mark.usefixtures("waitlist_on")
@pytest.mark.parametrize("words", ["x" * 501, "a\0b"])
def test_words_that_cannot_be_kept_are_refused(words):
    assert register("anna@example.org", words=words).json()["code"] == "invalid_request"
    assert not WaitlistEntry.objects.exists()


@pytest.mark.usefixtures("waitlist_on")
@pytest.mark.parametrize("email", ["", "anna", "anna@", "a b@example.org", "x" * 250 + "@e.org"])
def test_what_is_no_address_is_refused(email):
    assert register(email).json()["code"] == "invalid_request"
    assert not WaitlistEntry.objects.exists()


@pytest.mark.usefixtures("waitlist_on")
@pytest.mark.usefixtures("counters_clock")
def test_one_address_can_not_fill_the_list(settings):
    settings.RATES = {**settings.RATES, "waitlist": "2/h"}
    statuses = [register(f"anna{number}@example.org").status_code for number in range(3)]
    assert statuses == [200, 200, 429]
    assert WaitlistEntry.objects.count() == 2
