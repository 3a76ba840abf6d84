"""What deploy/monitoring holds, and how a test asks the real tools about it."""

import json
import re
import subprocess
from pathlib import Path

import yaml

from harness.live_site import ROOT
from tests.monitoring.installation import program

FOLDER = ROOT / "deploy" / "monitoring"
RULES = FOLDER / "rules" / "sgraph_send.yml"
RUNBOOKS = ROOT / "docs" / "runbooks"


def configuration(name: str) -> dict:
    """A YAML file of deploy/monitoring, read."""
    return yaml.safe_load((FOLDER / name).read_text())


def rules() -> list[dict]:
    return [
        rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
    ]


def dashboard() -> dict:
    return json.loads((FOLDER / "grafana" / "dashboard.json").read_text())


def runbook_of(alert: str) -> str:
    """The file's name: SGraphSendErrorRate has error-rate.md."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", alert.removeprefix("SGraphSend")).lower() + ".md"


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """One of the tools; never raises on its failure."""
    return subprocess.run(
        [program(str(command[0])), *map(str, command[1:])],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
