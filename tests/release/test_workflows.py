"""The workflows: their schema, what zizmor finds, and that they call what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent


def run_scripts() -> list[str]:
    jobs = [job for path in WORKFLOWS for job in yaml.safe_load(path.read_text())["jobs"].values()]
    return [step["run"] for job in jobs for step in job.get("steps", []) if "run" in step]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.dependabot", [ROOT / ".github" / "dependabot.yml"]),
    ],
)
def test_they_follow_their_schema(schema: str, files: list[Path]):
    check = [BIN / "check-jsonschema", "--builtin-schema", schema, *files]
    told = subprocess.run(check, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_zizmor_finds_nothing():
    look = [BIN / "zizmor", "--offline", "--no-progress", ROOT / ".github"]
    told = subprocess.run(look, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_rights_begin_with_none(path: Path):
    for action, version in re.findall(r"uses: (\S+)(.*)$", path.read_text(), re.M):
        if action.startswith("./"):
            assert (ROOT / action).is_file()
        else:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", version), action
    assert yaml.safe_load(path.read_text())["permissions"] == {}


def test_the_scripts_are_shell_and_name_modules_targets_and_files_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for script in run_scripts():
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        for module in re.findall(r"-m (deploy\.[\w.]+)", script):
            assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
        for target in re.findall(r"\bmake ([a-z-]+)", script):
            assert target in targets, target
        for name in re.findall(r"-r (\S+\.(?:txt|lock))", script):
            assert (ROOT / name).is_file(), name
