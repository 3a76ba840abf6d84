"""What the template holds as text: a policy, saved queries, the dashboard."""

import json
from typing import Any

import pytest

from tests.aws.cloudformation import resources
from tests.aws.rules import rights, watching


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return resources()


@pytest.fixture(scope="module")
def widgets(found: dict[str, Any]) -> list[dict[str, Any]]:
    body = found["Dashboard"]["Properties"]["DashboardBody"]["Sub"]
    return json.loads(body)["widgets"]


def metrics(widgets: list[dict[str, Any]]) -> list[list[str]]:
    """Namespace, name and dimensions of every line of every chart, without how it is drawn."""
    return [
        [word for word in line if isinstance(word, str)]
        for widget in widgets
        for line in widget["properties"].get("metrics", ())
    ]


def test_only_the_deliverer_of_our_account_writes_logs_of_the_edge(found: dict[str, Any]):
    text = found["LogsFromTheEdge"]["Properties"]["PolicyDocument"]["Sub"]
    assert json.loads(text) == rights.LOG_WRITERS


@pytest.mark.parametrize("name", watching.QUERIES)
def test_a_saved_query_asks_for_what_log_lines_hold(name: str, found: dict[str, Any]):
    made = found[name]["Properties"]
    assert [words for words in watching.QUERIES[name] if words not in made["QueryString"]] == []
    assert made["Name"]["Sub"].startswith("sgraph-send/${Environment}/")


def test_no_saved_query_is_unknown(found: dict[str, Any]):
    made = {name for name, each in found.items() if each["Type"] == "AWS::Logs::QueryDefinition"}
    assert made == set(watching.QUERIES)


def test_every_alarm_is_on_the_dashboard(widgets: list[dict[str, Any]]):
    (alarms,) = (each["properties"]["alarms"] for each in widgets if each["type"] == "alarm")
    assert sorted(alarms) == sorted(f"${{{name}.Arn}}" for name in watching.ALARMS)


def test_the_dashboard_shows_every_part(widgets: list[dict[str, Any]]):
    shown: dict[str, set[str]] = {}
    for namespace, name, *_ in metrics(widgets):
        shown.setdefault(namespace, set()).add(name)
    assert shown == watching.SHOWN
    tables = " ".join(each["properties"]["query"] for each in widgets if each["type"] == "log")
    assert {"${FirewallLogs}", "${UserLogs}", "${AdminLogs}"} <= set(
        tables.replace("'", " ").split()
    )


def test_the_dashboard_asks_for_each_function_and_each_rule_of_the_firewall(
    found: dict[str, Any], widgets: list[dict[str, Any]]
):
    asked = {word for line in metrics(widgets) for word in line[2:]}
    functions = {f"${{{part}Function}}" for part in ("User", "Admin", "Cleanup")}
    rules = found["Firewall"]["Properties"]["Rules"]
    named = {rule["If"][1]["Name"] if "If" in rule else rule["Name"] for rule in rules}
    assert functions | named <= asked


def test_every_line_of_a_chart_has_the_dimensions_of_its_metric(widgets: list[dict[str, Any]]):
    """A metric that is asked for by others is an empty chart, and no error."""
    for namespace, name, *dimensions in metrics(widgets):
        assert dimensions[::2] == watching.DIMENSIONS[namespace], name


@pytest.mark.parametrize("name", watching.SHOWN_FOR_EACH)
def test_a_chart_of_functions_leaves_none_out(name: str, widgets: list[dict[str, Any]]):
    shown = {line[-1] for line in metrics(widgets) if line[1] == name and "ambda" in line[0]}
    assert shown == {f"${{{part}Function}}" for part in watching.SHOWN_FOR_EACH[name]}


def test_no_widget_lies_on_another(widgets: list[dict[str, Any]]):
    cells = [
        (column, row)
        for each in widgets
        for column in range(each["x"], each["x"] + each["width"])
        for row in range(each["y"], each["y"] + each["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(column for column, _ in cells) < 24
