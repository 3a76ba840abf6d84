"""The Grafana dashboard: every expression is one that Prometheus takes, of metrics that exist."""

import re
from pathlib import Path

import pytest
import yaml

from sgraph_send.telemetry import metrics_endpoint
from tests.monitoring import shipped
from transfers.statistics import metrics
from transfers.statistics.metrics import PREFIX, exposition

OURS = re.compile(r"\bsgraph_send_[a-z_]+")


def expressions() -> list[str]:
    panels = [panel for panel in shipped.dashboard()["panels"] if panel["type"] != "row"]
    found = [target["expr"] for panel in panels for target in panel["targets"]]
    return found + [one["expr"] for one in shipped.dashboard()["annotations"]["list"]]


def names_in(expression: str) -> set[str]:
    return {re.sub("_(bucket|count|sum)$", "", name) for name in OURS.findall(expression)}


def exported() -> set[str]:
    """What `/metrics` announces, and the rows that cleanup may have written for it."""
    announced = re.findall(
        r"^# TYPE (\S+)", exposition(metrics_endpoint.Site()).decode(), re.MULTILINE
    )
    measured = {f"{PREFIX}{name}" for name, _ in metrics_endpoint.GAUGES.values()}
    return measured | {name for name in announced if not name.endswith("_created")}


def test_prometheus_takes_every_expression(tmp_path: Path):
    recorded = [
        {"record": f"panel:{number}", "expr": text.replace("$__rate_interval", "1m")}
        for number, text in enumerate(expressions())
    ]
    written = tmp_path / "panels.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))

    checked = shipped.run("promtool", "check", "rules", written)

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.django_db
def test_the_panels_show_everything_that_is_exported():
    shown = {name for text in expressions() for name in names_in(text)}

    assert shown == exported()


@pytest.mark.django_db
def test_the_rules_ask_for_metrics_that_exist():
    asked = {name for rule in shipped.rules() for name in names_in(rule["expr"])}

    assert asked
    assert asked <= exported()


@pytest.mark.django_db
def test_every_label_that_is_asked_for_exists(settings):
    """Of each of our metrics: in braces behind its name, and in `by (...)` around it."""
    settings.COST_THRESHOLDS = [10.0]
    labels = labels_of_metrics()
    asked = [*expressions(), *(rule["expr"] for rule in shipped.rules())]
    wrong = [
        f"{label} of {name}"
        for expression in asked
        for name, label in labels_asked_for(expression)
        if label not in labels[name]
    ]

    assert sum(len(labels_asked_for(expression)) for expression in asked) > 20
    assert wrong == []


def test_the_reader_of_labels_sees_those_that_it_judges():
    name = "sgraph_send_store_errors_total"
    asked = labels_asked_for(f'sum by (verb, kind) (rate({name}{{how!~"a|b", why="c"}}[1m]))')

    assert asked == {(name, label) for label in ("verb", "kind", "how", "why")}


def labels_asked_for(expression: str) -> set[tuple[str, str]]:
    """Metric and label, for the names of our metrics."""
    names = names_in(expression)
    matched = {
        (re.sub("_(bucket|count|sum)$", "", name), label)
        for name, braces in re.findall(r"\b(sgraph_send_[a-z_]+)\{([^}]*)\}", expression)
        for label in re.findall(r"(\w+)\s*[=!]~?", braces)
    }
    grouped = re.findall(r"\bby \(([\w, ]+)\)", expression)
    return matched | {
        (name, label)
        for group in grouped
        for label in group.replace(" ", "").split(",")
        for name in names
        if len(names) == 1 or label in {"le", "route"}
    }


def labels_of_metrics() -> dict[str, set[str]]:
    """By the names that queries have: counters end in _total, histograms have `le`."""
    made = {
        name: set(metric._labelnames) | ({"le"} if metric._type == "histogram" else set())
        for metric in vars(metrics._metrics()).values()
        if hasattr(metric, "_labelnames")
        for name in (metric._name, f"{metric._name}_total")
    }
    measured = {
        family.name: {label for sample in family.samples for label in sample.labels}
        for family in metrics_endpoint.Site().collect()
    }
    gauges = {f"{PREFIX}{name}": set() for name, _ in metrics_endpoint.GAUGES.values()}
    return gauges | made | measured | {f"{PREFIX}transfers": {"state"}}


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
