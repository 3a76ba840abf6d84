"""Visits are counted by page, day and referring site, and by nothing that tells people apart."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from transfers.maintenance import cleanup, gauges
from transfers.models import HourlyFigure, PageVisits
from transfers.statistics import hourly, visits, write_behind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]


@pytest.fixture(autouse=True)
def nothing_counted():
    visits.flush()
    hourly.flush()
    PageVisits.objects.all().delete()
    HourlyFigure.objects.all().delete()


def counted() -> dict[tuple[str, str], int]:
    visits.flush()
    return {(row.page, row.referring_site): row.count for row in PageVisits.objects.all()}


def test_pages_are_counted_by_kind_and_site():
    Client().get("/")
    for _ in range(3):
        Client(headers={"referer": "https://news.example/item?id=17&user=anna"}).get("/")
    Client().get("/d/abcdefghijklmnopqrstuv")
    assert counted() == {("send", ""): 1, ("send", "news.example"): 3, ("download", ""): 1}
    assert hourly.totals(hourly.hours_ago(1))["visits"] == 5


def test_nothing_but_page_day_site_and_count_is_kept():
    Client(headers={"referer": "https://news.example/secret-path"}).get("/security")
    visits.flush()
    row = PageVisits.objects.values().get()
    assert set(row) == {"id", "day", "page", "referring_site", "count"}
    assert "secret-path" not in str(row)


def test_visits_are_forgotten_after_the_days_of_all_figures():
    today = timezone.now().date()
    kept, old = today - gauges.TOTALS_KEPT, today - gauges.TOTALS_KEPT - timedelta(days=1)
    for day in (kept, old):
        PageVisits.objects.create(day=day, page="send", referring_site="news.example", count=1)
    cleanup.run()
    assert [row.day for row in PageVisits.objects.all()] == [kept]


def test_our_own_pages_are_no_referring_site():
    Client(headers={"referer": "http://localhost/d/abcdefghijklmnopqrstuv"}).get("/")
    assert counted() == {("send", ""): 1}


@pytest.mark.parametrize("referer", ["not a url", "http://[broken", "https://"])
def test_garbage_is_no_site(referer):
    Client(headers={"referer": referer}).get("/")
    assert counted() == {("send", ""): 1}


def test_what_a_browser_fetches_ahead_and_head_are_no_visits():
    Client(headers={"sec-purpose": "prefetch;prerender"}).get("/")
    Client().head("/")
    assert counted() == {}


def test_a_stranger_can_not_grow_the_table_with_made_up_sites(monkeypatch):
    monkeypatch.setattr(visits, "REFERRING_SITES_A_DAY_MAX", 5)
    for number in range(40):
        Client(headers={"referer": f"https://site{number}.example/"}).get("/")
    told = counted()
    assert len(told) == 6
    assert told["send", visits.OTHER_SITES] == 35


def test_a_visit_sets_no_cookie():
    assert not Client().get("/").cookies


def test_made_up_sites_cost_no_statement_each(django_assert_max_num_queries):
    for number in range(40):
        visits._visits.add((timezone.now().date(), "send", f"site{number}.example"))
    with django_assert_max_num_queries(6):
        visits.flush()
    assert len(counted()) == 40


def test_made_up_sites_fill_no_memory_while_the_database_is_away(monkeypatch):
    monkeypatch.setattr(write_behind, "KEYS_MAX", 5)
    monkeypatch.setattr(write_behind, "WRITE_EVERY_SECONDS", 3600)
    for number in range(40):
        visits._visits.add((timezone.now().date(), "send", f"site{number}.example"))
    assert len(counted()) == 5


def test_the_database_adds_visits_of_several_processes_up(on_postgres):
    today = timezone.now().date()
    for _ in range(2):
        visits._visits.add((today, "send", "news.example"), 3)
        visits.flush()
    assert counted() == {("send", "news.example"): 6}
