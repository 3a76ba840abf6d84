"""Requests leave figures and lines behind, but no row and no file each."""

import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress

import pytest

from harness.live_site import LiveSite

UNKNOWN = "A" * 22
ASKED = [
    ("GET", "/"),
    ("GET", f"/d/{UNKNOWN}"),
    ("GET", "/info/health"),
    ("GET", "/info/ready"),
    ("GET", f"/transfers/info/{UNKNOWN}"),
    ("POST", "/transfers/create"),
    ("GET", "/nothing/here"),
    ("GET", f"/transfers/local/{UNKNOWN}/payload?until=1&signature=x"),
]
# Figures of this hour and day, the key of the day, gauges: what there is one of, not one each.
ROWS_OF_THE_HOUR = 40


def rows(site: LiveSite) -> int:
    database = sqlite3.connect(site.data_folder / "db.sqlite3")
    try:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return sum(
            database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for (table,) in tables
        )
    finally:
        database.close()


def files(site: LiveSite) -> int:
    return sum(path.is_file() for path in site.data_folder.rglob("*"))


def ask(site: LiveSite, times: int) -> None:
    for number in range(times):
        method, path = ASKED[number % len(ASKED)]
        headers = {"X-Sgraph-Access-Token": f"wrong {number}", "User-Agent": f"agent {number}"}
        body = b"{}" if method == "POST" else None
        request = urllib.request.Request(f"{site.url}{path}", body, headers, method=method)
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=30).close()


@pytest.mark.parametrize(
    "requests", [1_000, pytest.param(10_000, marks=pytest.mark.long, id="10000")]
)
def test_requests_grow_no_table_and_no_folder(start_site: Callable[..., LiveSite], requests: int):
    site = start_site()
    ask(site, 2 * len(ASKED))
    rows_before, files_before = rows(site), files(site)
    askers = [threading.Thread(target=ask, args=[site, requests // 4]) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert site.log.count('"message": "request"') >= requests
    assert rows(site) - rows_before <= ROWS_OF_THE_HOUR
    assert files(site) - files_before <= 4
