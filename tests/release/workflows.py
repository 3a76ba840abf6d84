"""The workflows as plain data, by file name."""

from pathlib import Path

import yaml

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in FOLDER.glob("*.yml")}


def triggers(workflow: dict) -> dict:
    return workflow[True]  # YAML reads the word `on` so


def called(job: dict) -> dict:
    """The workflow that a job consists of."""
    return WORKFLOWS[Path(job["uses"]).name]


def needs(job: dict) -> list[str]:
    listed = job.get("needs", [])
    return [listed] if isinstance(listed, str) else listed


def steps(name: str) -> list[dict]:
    """All steps of a workflow's own jobs."""
    return [step for job in WORKFLOWS[name]["jobs"].values() for step in job.get("steps", [])]
