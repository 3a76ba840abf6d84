"""What only a run on GitHub would tell otherwise: how the workflows call each other, what their
jobs may do, and that docs/releasing.md names what is there.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.release.workflows import WORKFLOWS, called, needs, triggers

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "releasing.md").read_text()
SHELLCHECK = Path(sys.executable).with_name("shellcheck")
LEVELS = ["none", "read", "write"]
JOBS = [(name, key) for name, workflow in sorted(WORKFLOWS.items()) for key in workflow["jobs"]]
CALLS = [(name, key) for name, key in JOBS if "uses" in WORKFLOWS[name]["jobs"][key]]
STARTED = sorted(name for name, told in WORKFLOWS.items() if "workflow_call" not in triggers(told))


@pytest.mark.parametrize(("name", "key"), CALLS)
def test_a_call_gives_what_the_called_workflow_needs_and_no_less_rights(name: str, key: str):
    job = WORKFLOWS[name]["jobs"][key]
    asked = triggers(called(job))["workflow_call"] or {}
    inputs = asked.get("inputs", {})
    assert set(job.get("with", {})) <= set(inputs)
    assert {key for key, told in inputs.items() if told.get("required")} <= set(job.get("with", {}))
    # All of them: one that is kept back stays empty, even where the environment has it.
    assert set(job.get("secrets", {})) == set(asked.get("secrets", {}))
    for inner in called(job)["jobs"].values():
        for right, level in inner["permissions"].items():
            given = job["permissions"].get(right, "none")
            assert LEVELS.index(level) <= LEVELS.index(given), right


@pytest.mark.parametrize(("name", "key"), JOBS)
def test_a_job_waits_for_jobs_that_are_there_and_reads_outputs_that_they_have(name: str, key: str):
    jobs = WORKFLOWS[name]["jobs"]
    waits_for = needs(jobs[key])
    assert set(waits_for) <= set(jobs)
    for needed, output in re.findall(r"needs\.(\w+)\.outputs\.(\w+)", json.dumps(jobs[key])):
        assert needed in waits_for
        giver = jobs[needed]
        outputs = triggers(called(giver))["workflow_call"] if "uses" in giver else giver
        assert output in outputs["outputs"]


@pytest.mark.parametrize(("name", "key"), JOBS)
def test_every_job_has_an_end_and_hands_no_token_on(name: str, key: str):
    job = WORKFLOWS[name]["jobs"][key]
    assert ("timeout-minutes" in job) == ("steps" in job)
    for step in job.get("steps", []):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", STARTED)
def test_every_run_ends_with_the_times_of_all_its_jobs(name: str):
    jobs = WORKFLOWS[name]["jobs"]
    times = jobs["times"]
    assert (times["uses"], times["if"]) == ("./.github/workflows/times.yml", "always()")
    assert sorted([*times["needs"], "times"]) == sorted(jobs)


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_the_scripts_are_good_shell_and_hold_no_expressions(name: str):
    for job in WORKFLOWS[name]["jobs"].values():
        for script in [step["run"] for step in job.get("steps", []) if "run" in step]:
            assert "${{" not in script
            # As GitHub runs them: bash -e, without pipefail.
            look = [SHELLCHECK, "--shell=bash", "-"]
            text = f"set -e\n{script}"
            told = subprocess.run(look, input=text, capture_output=True, text=True, check=False)
            assert told.returncode == 0, told.stdout
            # A failure inside would be that of `echo`, which has none.
            assert not re.search(r"^\s*echo .*\$\(", script, re.M)


def test_the_package_is_published_by_the_workflow_that_the_index_knows():
    """An index looks at the workflow that was started, not at one that it called."""
    publishing = [
        (name, job)
        for name, workflow in WORKFLOWS.items()
        for job in workflow["jobs"].values()
        if any("gh-action-pypi-publish" in step.get("uses", "") for step in job.get("steps", []))
    ]
    ((name, job),) = publishing
    assert f"workflow `{name}`, environment `{job['environment']}`" in GUIDE
    assert name in STARTED
    assert job["permissions"] == {"id-token": "write"}
    # The index takes nothing back: whatever can still fail comes before it.
    assert {"build", "image"} <= set(job["needs"])


def test_the_guide_names_every_environment_and_every_check_that_a_branch_must_pass():
    named = {"dev", "qa", "prod", "dev-visitor", "qa-visitor", "prod-visitor", "pypi"}
    used = set()
    for workflow in WORKFLOWS.values():
        for job in workflow["jobs"].values():
            environment = job.get("environment", "")
            used.add(environment["name"] if isinstance(environment, dict) else environment)
            if "uses" in job and "stage" in job.get("with", {}):
                used.add(job["with"]["stage"])
    assert {name for name in used if name and "${{" not in name} - {"github-pages"} <= named
    assert all(f"`{name}`" in GUIDE for name in named)

    protection = json.loads(re.search(r"<<'JSON'\n(.+?)\nJSON", GUIDE, re.S)[1])
    checks = WORKFLOWS["checks.yml"]["jobs"]["make-test"]
    target = triggers(WORKFLOWS["checks.yml"])["workflow_call"]["inputs"]["target"]["default"]
    title = checks["name"].replace("${{ inputs.target }}", target)
    expected = [
        f"{WORKFLOWS['test.yml']['jobs']['test']['name']} / "
        + title.replace("${{ matrix.python }}", python)
        for python in checks["strategy"]["matrix"]["python"]
    ]
    expected.append(WORKFLOWS["release.yml"]["jobs"]["release"]["name"])
    assert protection["required_status_checks"]["contexts"] == expected
    # Jobs that other pushes skip count as passed, so what is required is never skipped.
    for name, key in (("test.yml", "test"), ("release.yml", "release")):
        assert "if" not in WORKFLOWS[name]["jobs"][key]


def test_a_deployment_without_credentials_is_skipped_with_a_notice():
    deploy = WORKFLOWS["deploy.yml"]["jobs"]["services"]["steps"]
    package = WORKFLOWS["main.yml"]["jobs"]["package"]["steps"]
    for steps in (deploy, package):
        asked, *others = steps
        answer = f"steps.{asked['id']}.outputs.given"
        assert {step.get("if") for step in others} == {answer}
        for value, given in (("arn", True), ("", False)):
            told, output = answered(asked["run"], dict.fromkeys(asked["env"], value))
            assert ("given=true" in output) == given
            assert told.startswith("::notice title=Not ") != given


def test_a_look_needs_the_addresses_of_both_services():
    (look,) = [
        step for step in WORKFLOWS["smoke.yml"]["jobs"]["smoke"]["steps"] if "SITE_URL" in str(step)
    ]
    without = look["run"].partition("python -m")[0]
    assert answered(without, {"STAGE": "dev"})[0].startswith("::notice title=Not looked at::")
    with pytest.raises(subprocess.CalledProcessError):
        answered(without, {"STAGE": "dev", "SITE_URL": "https://send.example"})
    both = {"SITE_URL": "https://send.example", "ADMIN_URL": "https://admin.example"}
    assert answered(without, {"STAGE": "dev", **both}) == ("", "")


def answered(script: str, environment: dict[str, str]) -> tuple[str, str]:
    """What a step's script prints, and what it writes to its outputs."""
    told = subprocess.run(
        ["bash", "-e", "-c", script],
        env={"PATH": "/usr/bin:/bin", "GITHUB_OUTPUT": "/dev/stderr", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip(), told.stderr.strip()
