"""Every alert, by Prometheus' own tool: it fires when it should, and only then."""

import re
from pathlib import Path

import pytest
import yaml

from tests.monitoring import shipped
from tests.monitoring.rule_cases import AVAILABILITY, Case
from tests.monitoring.rule_cases_of_parts import CLEANING, PARTS, USE

CASES = [*AVAILABILITY, *PARTS, *CLEANING, *USE]
RUNBOOKS_AT = "https://runbooks.test"


def test_the_rules_are_valid():
    checked = shipped.run("promtool", "check", "rules", "--lint-fatal", shipped.RULES)

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.alert}: {case.name}")
def test_alert_fires_when_it_should_and_only_then(case: Case, tmp_path: Path):
    written = tmp_path / "case.yml"
    written.write_text(yaml.safe_dump(as_promtool_reads_it(case)))

    judged = shipped.run("promtool", "test", "rules", written)

    assert judged.returncode == 0, judged.stdout + judged.stderr


def as_promtool_reads_it(case: Case) -> dict:
    series = [{"series": name, "values": values} for name, values in case.series.items()]
    expected = [
        {
            "exp_labels": firing.labels,
            "exp_annotations": {
                "summary": summary_of(case.alert, firing.labels),
                "description": firing.description,
                "runbook_url": f"{RUNBOOKS_AT}/{shipped.runbook_of(case.alert)}",
            },
        }
        for firing in case.firings
    ]
    return {
        "rule_files": [str(shipped.RULES)],
        "tests": [
            {
                "interval": case.interval,
                "external_labels": {"runbooks": RUNBOOKS_AT},
                "input_series": series,
                "alert_rule_test": [
                    {"alertname": case.alert, "eval_time": case.at, "exp_alerts": expected}
                ],
            }
        ],
    }


def own_labels(labels: dict[str, str]) -> dict[str, str]:
    return {"severity": labels["severity"]}


def summary_of(alert: str, labels: dict[str, str]) -> str:
    for rule in shipped.rules():
        if rule["alert"] == alert and rule["labels"] == own_labels(labels):
            written = rule["annotations"]["summary"]
            return re.sub(r"{{ \$labels\.(\w+) }}", lambda found: labels[found[1]], written)
    raise AssertionError(f"{alert} has no rule with {labels}")


def test_every_rule_has_a_case_that_fires_and_every_alert_one_that_does_not():
    fires = [(case.alert, own_labels(one.labels)) for case in CASES for one in case.firings]
    silent = {case.alert for case in CASES if not case.firings}

    assert [rule for rule in shipped.rules() if (rule["alert"], rule["labels"]) not in fires] == []
    assert {rule["alert"] for rule in shipped.rules()} == silent


def test_every_rule_says_what_happened_and_where_help_is():
    for rule in shipped.rules():
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        runbook = shipped.runbook_of(rule["alert"])
        assert rule["annotations"]["runbook_url"].endswith(f"}}}}/{runbook}")
        assert (shipped.RUNBOOKS / runbook).is_file()


def test_every_runbook_belongs_to_an_alert():
    written = {path.name for path in shipped.RUNBOOKS.glob("*.md")} - {"README.md", "exercise.md"}

    assert written == {shipped.runbook_of(rule["alert"]) for rule in shipped.rules()}
