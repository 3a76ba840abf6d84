"""The dashboard tells what really happened, from figures that outlive the transfers."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from adminpanel.roles import Role
from tests.actors import Sender, fetch, post
from tests.adminpanel.operators import signed_in
from tests.clock import let_pass
from tests.token_holders import holder, issue
from transfers.maintenance import cleanup, gauges, probes
from transfers.models import HourlyFigure, TokenUse, Transfer
from transfers.statistics import hourly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]


@pytest.fixture(autouse=True)
def nothing_noted_or_probed():
    hourly.flush()
    HourlyFigure.objects.all().delete()
    probes.forget()


@pytest.fixture
def viewer() -> Client:
    return signed_in(Role.VIEWER)


def facts(page: str, part: str = "") -> dict[str, str]:
    """Labels and values of one part of the page, or of all."""
    text = page.split(f'data-testid="{part}"')[1].split("</section>")[0] if part else page
    return {
        unescape(label): unescape(value)
        for label, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)
    }


def conditions(page: str) -> dict[str, str]:
    pattern = r'<strong>(\w+)</strong> <span class="condition__word">(.*?)</span>'
    return dict(re.findall(pattern, page))


def chart_data(page: str) -> dict[str, dict]:
    found = re.search(r'<script id="chart-data" type="application/json">(.*?)</script>', page)
    return {chart["id"]: chart for chart in json.loads(found[1])}


def dashboard(client: Client, **query: str) -> str:
    hourly.flush()
    cleanup.run()
    return client.get("/admin/", query).text


def live_through() -> Sender:
    """Two transfers, one download, one deletion, one refusal of each kind; one is left."""
    kept, deleted = Sender().send(), Sender().send()
    recipient = kept.recipient()
    recipient.lease()
    recipient.finish()
    kept.stranger().lease()
    post("/transfers/create", kept.creation(), **{"x-sgraph-access-token": "wrong"})
    post(f"/transfers/report/{kept.transfer_id}", {"reason": "phishing"})
    Sender().create()
    deleted.delete()
    return kept


def test_what_happened_through_the_api_is_told(viewer):
    kept = live_through()
    told = facts(dashboard(viewer))
    assert (told["Begun"], told["Completed"], told["Downloads"]) == ("3", "2", "1")
    assert (told["of them finished"], told["Deleted by their sender"]) == ("1", "1")
    assert (told["Transfers kept"], told["Uploads under way"]) == ("1", "1")
    assert (told["Reports open"], told["Reports filed"]) == ("1", "1")
    assert told["Keys and passphrases"] == "1"
    assert told["Bytes stored"] == f"{len(kept.payload)} B"
    assert told["In"] == f"{2 * len(kept.payload)} B"


def test_bytes_out_are_called_what_they_are(viewer, settings):
    sender = Sender().send()
    size = len(sender.payload)
    fetch(sender.recipient().lease().json()["url"], "bytes=0-9")
    assert facts(dashboard(viewer))["Sent by this server"] == "10 B"
    settings.STORE = "s3"
    page = viewer.get("/admin/").text
    assert facts(page)["Out, by downloads begun"] == f"{10 + size} B"
    labels = [series["label"] for series in chart_data(page)["chart-bytes"]["series"]]
    assert labels == ["in", "out, by downloads begun", "erased"]


def test_a_refused_access_token_is_told(viewer, settings):
    settings.UPLOAD_ACCESS = "token"
    sender = Sender(access_token="sgst_nobodyss_" + "A" * 43)
    assert sender.create().status_code == 401
    assert facts(dashboard(viewer))["Access tokens"] == "1"


def test_figures_survive_the_transfers(viewer):
    live_through()
    let_pass(days=40)
    cleanup.run()
    let_pass(days=40)
    told = facts(dashboard(viewer))
    assert not Transfer.objects.exists()
    assert (told["Begun"], told["Completed"], told["Downloads"]) == ("3", "2", "1")
    assert (told["Expired"], told["Given up or failed"], told["Transfers kept"]) == ("1", "1", "0")


@pytest.mark.parametrize(
    ("span", "begun", "points"), [("24h", 1, 24), ("7d", 2, 28), ("30d", 3, 30), ("90d", 4, 90)]
)
def test_spans_hold_what_happened_in_them(viewer, span, begun, points):
    for days in (2, 20, 80, 95):
        Sender().create()
        HourlyFigure.objects.filter(hour=hourly.hours_ago(0)).update(
            hour=hourly.hours_ago(0) - timedelta(days=days)
        )
    Sender().create()
    page = dashboard(viewer, span=span)
    assert facts(page)["Begun"] == str(begun)
    chart = chart_data(page)["chart-transfers"]
    assert len(chart["times"]) == points
    assert sum(chart["series"][0]["values"]) == begun
    assert f'href="?span={span}" aria-current="page"' in page


def test_an_unknown_span_is_the_shortest(viewer):
    assert 'href="?span=24h" aria-current="page"' in dashboard(viewer, span="<b>")


def test_every_chart_has_a_table_of_the_same_numbers(viewer):
    live_through()
    page = dashboard(viewer)
    figures_of = re.findall(r'<figure class="card chart">.*?</figure>', page, re.S)
    assert len(figures_of) == len(chart_data(page)) == 5
    for figure in figures_of:
        chart = chart_data(page)[re.search(r'id="(chart-\w+)"', figure)[1]]
        headings = re.findall(r'<th scope="col">(.*?)</th>', figure)
        assert headings[1:] == [series["label"] for series in chart["series"]]
        rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", figure)
        assert len(rows) == len(chart["times"])
        newest = re.findall(r"<td>(.*?)</td>", rows[0])
        if chart["unit"] == "count":
            assert newest == [str(series["values"][-1]) for series in chart["series"]]


def test_the_page_runs_nothing_inline(viewer):
    response = viewer.get("/admin/")
    scripts = re.findall(r"<script([^>]*)>", response.text)
    assert all("src=" in each or "application/json" in each for each in scripts)
    assert "style=" not in response.text
    assert "unsafe" not in response["Content-Security-Policy"]


def ranking(page: str) -> list[tuple[str, str]]:
    part = page.split('data-testid="top-tokens"')[1].split("</section>")[0]
    row = r'change/">(.*?)</a> <code>\w+</code></th><td>usable</td><td>(\d+)</td>'
    return re.findall(row, part)


def test_tokens_are_ranked_by_use_within_the_span(viewer, settings):
    settings.UPLOAD_ACCESS = "token"
    often, once, given_up = issue(name="Often"), issue(name="Once"), issue(name="Given up")
    assert "No token was used since then." in dashboard(viewer)
    for text in (often, once, often):
        holder(text).send()
    begun = holder(given_up)
    begun.create()
    begun.abort()
    page = dashboard(viewer)
    assert ranking(page) == [("Often", "2"), ("Once", "1")]
    assert all(text not in page for text in (often, once))

    TokenUse.objects.filter(access_token__name="Often").update(
        day=timezone.now().date() - timedelta(days=20)
    )
    assert ranking(dashboard(viewer, span="7d")) == [("Once", "1")]
    assert ranking(dashboard(viewer, span="30d")) == [("Often", "2"), ("Once", "1")]
    TokenUse.objects.update(day=timezone.now().date() - timedelta(days=500))
    cleanup.run()
    assert not TokenUse.objects.exists()


def test_health_tells_what_answers(viewer):
    found = conditions(dashboard(viewer))
    assert (found["Database"], found["Store"], found["Cache"]) == ("answers",) * 3
    assert (found["Cleanup"], found["Alerting"]) == ("runs", "not known")


def test_alerting_is_told_by_whether_metrics_are_read(viewer):
    assert Client().get("/metrics").status_code == 200
    assert conditions(dashboard(viewer))["Alerting"] == "metrics are read"


def test_a_store_that_is_away_and_a_late_cleanup_are_told(viewer, settings, tmp_path):
    Sender().send()
    cleanup.run()
    last = gauges.read()["cleanup_last_success"]
    gauges.write(cleanup_last_success=last - 600)
    settings.LOCAL_STORE_DIR.rename(tmp_path / "away")
    found = conditions(viewer.get("/admin/").text)
    assert (found["Store"], found["Cleanup"]) == ("away", "late")


def test_before_any_cleanup_nothing_is_made_up(viewer):
    page = viewer.get("/admin/").text
    assert conditions(page)["Cleanup"] == "never ran"
    assert "not measured yet" in page
    assert "Not compared yet" in page


def test_the_comparison_with_the_store_is_told(viewer):
    lost = Sender().send()
    from transfers.stores import current_store

    current_store().delete(lost.transfer_id)
    call_command("reconcile_store", verbosity=0)
    told = facts(dashboard(viewer), "store-against-database")
    assert (told["Missing"], told["Orphans"], told["Objects in the store"]) == ("1", "0", "0")


def test_cost_is_told_against_its_thresholds(viewer, settings):
    settings.PRICE_STORAGE_GB_MONTH = 30 * 2**30 / 102
    settings.COST_THRESHOLDS = [10.0, 25.0, 50.0]
    Sender().send()
    part = dashboard(viewer).split('data-testid="cost"')[1].split("</section>")[0]
    assert "$30.00" in part
    assert re.findall(r"\$(\d+) (passed|not reached)", part) == [
        ("10", "passed"),
        ("25", "passed"),
        ("50", "not reached"),
    ]


def test_it_asks_no_question_that_grows_with_transfers(viewer, django_assert_max_num_queries):
    for _ in range(3):
        Sender().send()
    cleanup.run()
    viewer.get("/admin/")
    with django_assert_max_num_queries(25) as asked:
        viewer.get("/admin/", {"span": "90d"})
    statements = " ".join(query["sql"] for query in asked.captured_queries)
    assert 'FROM "transfers_transfer"' not in statements


def test_the_sections_begin_with_transfers_and_end_with_accounts():
    page = signed_in(Role.ADMINISTRATOR).get("/admin/").text
    sections = page.split('aria-label="Sections"')[1].split("</nav>")[0]
    names = re.findall(r">([^<>]+)</a>", sections)
    assert names[:3] == ["Transfers", "Transfer events", "Abuse reports"]
    assert names[-3:] == ["Audit log", "Groups", "Users"]
    assert len(names) == 10


def test_the_way_to_a_list_names_no_place_twice(viewer: Client):
    page = viewer.get("/admin/transfers/transfer/").text
    way = page.split('class="breadcrumbs">')[1].split("</div>")[0]
    places = [part.strip() for part in re.sub(r"<[^>]+>", "", way).split("&rsaquo;")]
    assert places == ["Home", "Service", "Transfers"]
