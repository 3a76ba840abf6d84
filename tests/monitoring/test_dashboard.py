"""The Grafana dashboard: every expression is one that Prometheus takes, of metrics that exist."""

import re
from pathlib import Path

import pytest
import yaml

from sgraph_send import metrics
from tests.monitoring import shipped

OURS = re.compile(r"\bsgraph_send_[a-z_]+")
SHOWN = {
    "requests_total",
    "request_seconds",
    "refusals_total",
    "throttled_total",
    "proof_failures_total",
    "leases_total",
    "store_seconds",
    "store_errors_total",
    "limiter_failures_total",
    "unhandled_errors_total",
    "transfers",
    "stuck_transfers",
    "stored_bytes",
    "cleanup_last_success_timestamp_seconds",
    "cleanup_seconds",
    "deletion_lag_seconds",
    "orphan_objects",
    "missing_objects",
    "estimated_monthly_dollars",
    "database_up",
    "store_up",
    "cache_up",
    "reports_open",
    "build_info",
}


def expressions() -> list[str]:
    panels = [panel for panel in shipped.dashboard()["panels"] if panel["type"] != "row"]
    found = [target["expr"] for panel in panels for target in panel["targets"]]
    return found + [one["expr"] for one in shipped.dashboard()["annotations"]["list"]]


def names_in(expression: str) -> set[str]:
    return {re.sub("_(bucket|count|sum)$", "", name) for name in OURS.findall(expression)}


def exported() -> set[str]:
    return {f"sgraph_send_{name}" for name in metrics.NAMES}


def test_prometheus_takes_every_expression(tmp_path: Path):
    recorded = [
        {"record": f"panel:{number}", "expr": text.replace("$__rate_interval", "1m")}
        for number, text in enumerate(expressions())
    ]
    written = tmp_path / "panels.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))

    checked = shipped.run("promtool", "check", "rules", written)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_panels_show_everything_that_is_exported():
    shown = {name for text in expressions() for name in names_in(text)}

    assert shown == {f"sgraph_send_{name}" for name in SHOWN}
    assert shown == exported()


def test_the_rules_ask_for_metrics_that_exist():
    asked = {name for rule in shipped.rules() for name in names_in(rule["expr"])}

    assert asked
    assert asked <= exported()


def test_the_jobs_that_rules_and_panels_name_are_scraped():
    scraped = {job["job_name"] for job in shipped.configuration("prometheus.yml")["scrape_configs"]}
    named = [*expressions(), *(rule["expr"] for rule in shipped.rules())]

    assert {job for text in named for job in re.findall(r'job="([^"]+)"', text)} == scraped


@pytest.mark.parametrize("panel", shipped.dashboard()["panels"], ids=lambda panel: panel["title"])
def test_every_panel_lies_on_the_grid_beside_the_others(panel: dict):
    place = panel["gridPos"]
    others = [one["gridPos"] for one in shipped.dashboard()["panels"] if one["id"] != panel["id"]]

    assert place["x"] + place["w"] <= 24
    assert not [
        other
        for other in others
        if place["x"] < other["x"] + other["w"]
        and other["x"] < place["x"] + place["w"]
        and place["y"] < other["y"] + other["h"]
        and other["y"] < place["y"] + place["h"]
    ]


def test_grafana_is_told_of_the_source_that_the_dashboard_asks_for():
    provided = shipped.configuration("grafana/provisioning/datasources/prometheus.yml")
    (source,) = provided["datasources"]
    (variable,) = shipped.dashboard()["templating"]["list"]

    assert source["type"] == variable["query"] == "prometheus"
    assert all(
        panel["datasource"]["uid"] == f"${{{variable['name']}}}"
        for panel in shipped.dashboard()["panels"]
        if panel["type"] != "row"
    )
