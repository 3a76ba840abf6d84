"""What AWS is estimated to cost: complete, of the template as it is, and right in one case."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from deploy.aws import bill, estimate
from deploy.aws.template_file import Stack, load, minutes_between
from deploy.aws.workload import Workload

ROOT = Path(__file__).parents[2]
FEW = {"size_mib": 16, "downloads": 1, "days_kept": 30}


def lines(environment: str = "dev", transfers: int = 1_000, **chosen: str) -> dict[str, float]:
    made = estimate.stack(environment, chosen, transfers)
    return estimate.bill(made, Workload(transfers, **FEW), estimate.prices())


def billed_and_free() -> tuple[set[str], set[str]]:
    return {kind for line in bill.LINES for kind in line.types}, set(bill.FREE)


def uncounted(template: dict) -> set[str]:
    billed, free = billed_and_free()
    return {each["Type"] for each in template["Resources"].values()} - billed - free


def test_every_resource_type_of_the_template_has_a_line_or_costs_nothing():
    assert uncounted(load()) == set()


def test_a_resource_of_a_new_type_is_missed_by_the_estimate():
    template = load()
    template["Resources"]["WayOut"] = {"Type": "AWS::EC2::NatGateway"}
    assert uncounted(template) == {"AWS::EC2::NatGateway"}


def test_nothing_is_counted_that_the_template_no_longer_has():
    billed, free = billed_and_free()
    assert billed | free == {each["Type"] for each in load()["Resources"].values()}
    assert not billed & free


def test_a_month_of_a_thousand_transfers_of_16_mib_as_computed_by_hand():
    found = lines()
    by_hand = {
        # 730 h of 12 passes; 1,000 transfers of 5 calls and one download of 4.
        "Lambda, requests": (8_760 + 9_000) / 1e6 * 0.20,
        "Lambda, duration": (9_000 * 0.060 + (8_760 + 60) / 2) * 0.0000133334,
        # Five rules in one list; 9,000 calls and 60 files for each of 2,000 pages.
        "Firewall": 5 + 5 * 1 + 129_000 / 1e6 * 0.60,
        "CloudFront": 129_000 / 1e4 * 0.01 + 9_000 / 1e6 * 0.10 + 2_000 * 120_000 / 2**30 * 0.085,
        "S3, storage": 15.625 * 0.023,
        # Begin, part, two lists, complete, four lists at the end; two records of 8,760 checks.
        # The length twice, and one part for the recipient.
        "S3, requests": (8 + 17.52) * 0.005 + 3 * 0.0004,
        "S3, bytes to recipients": 15.625 * 0.09,
        "Database": 730 * 0.016 + 20 * 0.115,
        "Cache": 730 * 0.0128,
        "Secrets Manager": 4 * 0.40 + 17_760 / 100 * 4 / 1e4 * 0.05,
        "Endpoints": 2 * 730 * 0.01 + 17_760 * 1_100 / 2**30 * 0.01,
        "Metrics": (3 * 8 + 4 + 13) * 0.30,
        "Alarms": 16 * 0.10,
        "Dashboard": 3,
        "Outside check": 8_760 * (0.0012 + 5 * 1_000 / 1_024 * 0.0000166667),
        "X-Ray": 17_760 / 1e6 * 5,
        "Mails of alarms": 0.002,
    }
    assert {name: found[name] for name in by_hand} == pytest.approx(by_hand)
    assert set(found) - set(by_hand) == {"Logs"}


@pytest.mark.parametrize("more", [{"size_mib": 50}, {"downloads": 3}, {"days_kept": 60}])
def test_more_costs_more(more: dict[str, float]):
    made, prices = estimate.stack("prod", {}, 1_000), estimate.prices()
    less = sum(estimate.bill(made, Workload(1_000, **FEW), prices).values())
    assert sum(estimate.bill(made, Workload(1_000, **{**FEW, **more}), prices).values()) > less


def test_every_line_grows_with_the_transfers_or_stays():
    made, prices = estimate.stack("prod", {}, 1_000), estimate.prices()
    sizes = [1, 1_000, 100_000, 10_000_000, 1_000_000_000]
    bills = [estimate.bill(made, Workload(size), prices) for size in sizes]
    for fewer, more in pairwise(bills):
        assert [name for name in fewer if more[name] < fewer[name]] == []
        assert sum(more.values()) > sum(fewer.values())


def test_a_second_zone_a_cache_less_and_another_rule_are_seen():
    dev, prod = lines(), lines("prod")
    for doubled in ("Database", "Cache"):
        assert prod[doubled] == pytest.approx(2 * dev[doubled])
    assert lines(CacheNodeType="none")["Cache"] == 0
    assert lines(BlockedCountries="XX,YY")["Firewall"] == pytest.approx(dev["Firewall"] + 1)
    template = load()
    template["Resources"]["AnotherAlarm"] = template["Resources"]["UserErrors"]
    parameters = estimate.stack("dev", {}, 1_000).parameters
    found = bill.alarms(Stack(template, parameters), Workload(1_000), estimate.prices())
    assert found == pytest.approx(dev["Alarms"] + 0.10)


def test_tiers_are_paid_step_by_step():
    tiers = [[10, 2.0], [30, 1.0], [0, 0.5]]
    assert [bill.tiered(amount, tiers) for amount in (0, 10, 15, 30, 40)] == [0, 20, 25, 40, 45]


def test_schedules_are_read():
    rates = ("rate(5 minutes)", "rate(1 hour)", "rate(2 days)")
    assert [minutes_between(rate) for rate in rates] == [5, 60, 2_880]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "DatabaseClass=db.x1.huge"], "has no price of db.x1.huge"),
        (["--set", "Database=big"], "no parameter Database"),
        (["--set", "CleanupSchedule=cron(0 * * * ? *)"], "no rate"),
    ],
)
def test_what_can_not_be_estimated_is_said(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
):
    assert estimate.main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_the_report_names_region_date_sizes_and_assumptions(capsys: pytest.CaptureFixture[str]):
    assert estimate.main(["--environment", "dev", "--size-mib", "3"]) == 0
    told = capsys.readouterr().out
    prices = estimate.prices()
    for word in (prices["region"], prices["as_of"], "1,000", "100,000", "10,000,000"):
        assert word in told
    for line in bill.LINES:
        assert line.name in told
    assert "size mib: 3.0" in told
    assert "db.m7g.large" in told


def test_every_price_has_its_source():
    prices = estimate.prices()
    assert re.fullmatch(r"20\d\d-\d\d", prices["as_of"])
    sections = [value for value in prices.values() if isinstance(value, dict)]
    assert all(each["source"].startswith("https://aws.amazon.com/") for each in sections)


def test_what_the_estimate_counts_by_itself_agrees_with_the_code():
    tasks = (ROOT / "sgraph_send" / "aws_lambda" / "tasks.py").read_text()
    metrics = tasks.split("METRICS = (")[1].split("\n)\n")[0]
    assert metrics.count("\n    (") == bill.OWN_METRICS


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_guide_quotes_what_the_estimate_says(environment: str):
    asked = estimate.prices()
    totals = [
        sum(estimate.bill(estimate.stack(environment, {}, size), Workload(size), asked).values())
        for size in estimate.SIZES
    ]
    row = f"| `{environment}` | {' | '.join(f'{total:,.2f}' for total in totals)} |"
    assert row in (ROOT / "docs" / "aws.md").read_text()
