"""The shipped configuration of Prometheus, Alertmanager and the blackbox exporter."""

from pathlib import Path

import pytest
import yaml

from tests.monitoring import shipped

ALERTMANAGER = shipped.FOLDER / "alertmanager.yml"


def test_prometheus_takes_its_configuration(tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("made-up-for-tests")
    config = shipped.configuration("prometheus.yml")
    config["rule_files"] = [str(shipped.RULES)]
    config["scrape_configs"][0]["authorization"]["credentials_file"] = str(token)
    written = tmp_path / "prometheus.yml"
    written.write_text(yaml.safe_dump(config))

    as_shipped = shipped.run(
        "promtool", "check", "config", "--syntax-only", shipped.FOLDER / "prometheus.yml"
    )
    with_its_files = shipped.run("promtool", "check", "config", written)

    assert as_shipped.returncode == 0, as_shipped.stderr
    assert with_its_files.returncode == 0, with_its_files.stderr


def test_the_rules_lie_where_prometheus_looks():
    named = shipped.configuration("prometheus.yml")["rule_files"]

    assert [shipped.FOLDER / path for path in named] == [shipped.RULES]


def test_alertmanager_takes_its_configuration():
    checked = shipped.run("amtool", "check-config", ALERTMANAGER)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_blackbox_exporter_takes_its_configuration():
    checked = shipped.run(
        "prometheus-blackbox-exporter",
        "--config.check",
        f"--config.file={shipped.FOLDER / 'blackbox.yml'}",
    )

    assert checked.returncode == 0, checked.stderr


def test_prometheus_asks_for_a_module_that_the_exporter_has():
    jobs = shipped.configuration("prometheus.yml")["scrape_configs"]
    asked = {name for job in jobs for name in job.get("params", {}).get("module", [])}

    assert asked == set(shipped.configuration("blackbox.yml")["modules"])


@pytest.mark.parametrize(
    ("severity", "receiver"),
    [("critical", "mail-and-chat"), ("warning", "chat"), ("info", "mail")],
)
def test_severity_decides_who_hears(severity: str, receiver: str):
    routed = shipped.run(
        "amtool",
        "config",
        "routes",
        "test",
        f"--config.file={ALERTMANAGER}",
        f"--verify.receivers={receiver}",
        f"severity={severity}",
    )

    assert routed.returncode == 0, routed.stdout + routed.stderr


def test_every_receiver_also_tells_of_recovery():
    for receiver in shipped.configuration("alertmanager.yml")["receivers"]:
        for kind in ("slack_configs", "email_configs"):
            assert all(one["send_resolved"] for one in receiver.get(kind, []))


def test_no_secret_stands_in_the_configuration():
    """Whatever grants something comes from a file."""
    told = shipped.configuration("alertmanager.yml")["global"]
    secret = {"smtp_auth_password", "slack_api_url", "smtp_auth_secret"}

    assert not secret & set(told)
    assert {"smtp_auth_password_file", "slack_api_url_file"} <= set(told)
    assert "credentials:" not in (shipped.FOLDER / "prometheus.yml").read_text()


def test_what_is_silenced_exists():
    alerts = {rule["alert"] for rule in shipped.rules()}
    text = ALERTMANAGER.read_text()
    sources = {
        matcher.split('"')[1]
        for rule in shipped.configuration("alertmanager.yml")["inhibit_rules"]
        for matcher in rule["source_matchers"]
        if matcher.startswith("alertname")
    }

    assert sources == {
        "SGraphSendDown",
        "SGraphSendDatabaseFailing",
        "SGraphSendStoreFailing",
        "SGraphSendCleanupLate",
    }
    assert sources <= alerts
    for part in ("ErrorRate", "Slow", "UnhandledErrors", "CleanupLate", "DeletionLag"):
        assert part in text
        assert f"SGraphSend{part}" in alerts
