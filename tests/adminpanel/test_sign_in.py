"""Guessing at an operator's password is slow, and keeps no operator out."""

import re
import threading

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from adminpanel import sign_in
from adminpanel.models import SignInAttempts
from transfers.access.guesses import FREE_GUESSES

pytestmark = pytest.mark.usefixtures("collected_static", "quick_hashes")
PASSWORD = "correct horse battery staple"
# So many wrong ones that the next makes all wait for far longer than a test takes.
MANY, WAIT_SECONDS = 14, 1024
HOME, ELSEWHERE = "203.0.113.9", "198.51.100.1"


@pytest.fixture
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def operator(db, quick_hashes):
    return get_user_model().objects.create_superuser("op", "op@example.org", PASSWORD)


def try_password(
    password: str, name: str = "op", browser: Client | None = None, address: str = HOME
) -> HttpResponse:
    form = {"username": name, "password": password, "next": "/admin/"}
    return (browser or Client()).post("/admin/login/", form, REMOTE_ADDR=address)


def guess(times: int, **whose: object) -> list[int]:
    return [try_password("wrong", **whose).status_code for _ in range(times)]


def guess_too_often(**whose: object) -> None:
    """The next try with this name, from a browser of this kind, has to wait."""
    known = set(SignInAttempts.objects.values_list("key", flat=True))
    assert guess(1, **whose) == [200]
    rows = SignInAttempts.objects.exclude(pk__in=known) or SignInAttempts.objects.all()
    SignInAttempts.objects.filter(pk__in=[row.pk for row in rows]).update(
        failures=MANY, refused_until=None
    )
    assert guess(1, **whose) == [200]


def test_the_guarded_form_is_the_one_that_the_panel_sends_people_to():
    assert reverse("admin:login") == "/admin/login/"
    assert resolve("/admin/login/").func is sign_in.login


def test_a_few_typing_errors_are_free_and_the_right_password_clears_them(operator):
    assert guess(FREE_GUESSES - 1) == [200] * (FREE_GUESSES - 1)
    assert try_password(PASSWORD).status_code == 302
    assert not SignInAttempts.objects.exists()


def test_then_each_try_waits_longer_and_the_right_password_waits_as_well(operator):
    guess_too_often()
    refused = try_password(PASSWORD)
    assert refused.status_code == 429
    assert WAIT_SECONDS - 100 <= int(refused["Retry-After"]) <= WAIT_SECONDS

    SignInAttempts.objects.update(refused_until=timezone.now())
    assert guess(1) == [200]
    [row] = SignInAttempts.objects.all()
    assert (row.refused_until - row.touched_at).total_seconds() == 2 * WAIT_SECONDS
    SignInAttempts.objects.update(refused_until=timezone.now())
    assert try_password(PASSWORD).status_code == 302


def test_a_refusal_looks_like_the_panel_and_is_not_kept(operator):
    guess_too_often()

    refused = try_password("wrong")

    assert 'data-testid="sign-in-refused"' in refused.text
    assert re.search(r"Wait \d+ minutes, then", refused.text)
    assert 'href="/admin/login/"' in refused.text
    assert "no-store" in refused["Cache-Control"]
    assert "wrong" not in refused.text


def test_changing_address_or_letter_case_starts_no_new_count(operator):
    guess(2)
    guess(1, address=ELSEWHERE)
    guess(1, name="OP")
    assert [row.failures for row in SignInAttempts.objects.all()] == [4]

    guess_too_often()
    assert guess(1, address="192.0.2.77") == guess(1, name="oP") == [429]


def test_a_browser_that_signed_in_before_is_not_kept_out_by_guesses_of_others(operator):
    at_home = Client()
    assert try_password(PASSWORD, browser=at_home).status_code == 302
    del at_home.cookies["sessionid"]
    guess_too_often(address=ELSEWHERE)

    assert try_password(PASSWORD).status_code == 429
    assert try_password(PASSWORD, browser=at_home).status_code == 302


def test_the_mark_of_a_known_browser_is_counted_and_holds_for_its_name_alone(operator):
    get_user_model().objects.create_superuser("other", "other@example.org", PASSWORD)
    at_home = Client()
    try_password(PASSWORD, browser=at_home)
    mark = at_home.cookies[sign_in.KNOWN_BROWSER]
    assert mark["httponly"]
    assert mark["samesite"] == "Strict"
    name, browser = signing.loads(mark.value, salt=sign_in.KNOWN_BROWSER)
    assert name == salted_hmac("adminpanel.sign_in", "op", algorithm="sha256").hexdigest()
    assert len(browser) == 22

    guess_too_often(browser=at_home)
    assert guess(1, browser=at_home) == [429]
    guess_too_often(name="other", address=ELSEWHERE)
    assert try_password(PASSWORD, "other", at_home).status_code == 429


@pytest.mark.parametrize("mark", ["", "x", "a:b:c", "WyJhIl0:1:2"])
def test_a_made_up_mark_is_no_mark(operator, mark: str):
    guess_too_often()
    forger = Client()
    forger.cookies[sign_in.KNOWN_BROWSER] = mark

    assert try_password(PASSWORD, browser=forger).status_code == 429


@pytest.mark.usefixtures("counters_clock")
def test_one_address_cannot_try_one_password_on_many_names(operator, settings):
    settings.RATES = {**settings.RATES, "admin_login": "6/h"}

    statuses = [try_password("Spring2026", f"name{n}").status_code for n in range(8)]

    assert statuses == [200] * 6 + [429] * 2
    assert try_password(PASSWORD, address=ELSEWHERE).status_code == 302


def test_neither_names_nor_addresses_are_kept_and_counts_go_after_a_day(operator):
    guess(1)
    guess(1, name="somebody", address=ELSEWHERE)
    rows = str(list(SignInAttempts.objects.values_list()))
    assert not any(known in rows for known in ("'op'", "somebody", HOME, ELSEWHERE))

    SignInAttempts.objects.update(touched_at=timezone.now() - sign_in.FORGOTTEN_AFTER * 1.01)
    guess(1)
    assert [row.failures for row in SignInAttempts.objects.all()] == [1]


def test_a_count_that_another_browser_clears_in_this_moment_begins_anew(operator, monkeypatch):
    guess_too_often()
    real = sign_in.guesses.take_attempt

    def cleared_first(rows, *arguments, **named):
        monkeypatch.setattr(sign_in.guesses, "take_attempt", real)
        SignInAttempts.objects.all().delete()
        return real(rows, *arguments, **named)

    monkeypatch.setattr(sign_in.guesses, "take_attempt", cleared_first)
    assert guess(1) == [200]
    assert SignInAttempts.objects.get().failures == 1


@pytest.mark.usefixtures("on_postgres")
def test_of_parallel_guesses_only_the_one_that_is_due_is_compared(settings):
    get_user_model().objects.create_superuser("op", "op@example.org", PASSWORD)
    settings.RATES = {**settings.RATES, "admin_login": "off"}
    guess(1)
    SignInAttempts.objects.update(failures=MANY)
    barrier = threading.Barrier(24)
    statuses: list[int] = []

    def guess_at_once() -> None:
        try:
            barrier.wait(timeout=30)
            statuses.extend(guess(1))
        finally:
            connection.close()

    threads = [threading.Thread(target=guess_at_once) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert statuses.count(200) == 1
    assert statuses.count(429) == 23
    assert SignInAttempts.objects.get().failures == MANY + 1
