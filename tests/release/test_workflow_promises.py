"""What starts each workflow, what it does then, and in which order (docs/releasing.md)."""

import json
from pathlib import Path

import pytest

from tests.release.workflows import WORKFLOWS, needs, steps, triggers

STARTED_BY = {
    "test.yml": {"push": {"branches-ignore": ["dev", "main"]}, "pull_request": None},
    "release.yml": {"pull_request": {"branches": ["main"]}},
    "dev.yml": {"push": {"branches": ["dev"]}},
    "main.yml": {"push": {"branches": ["main"]}},
    "docs.yml": {"push": {"branches": ["main"]}, "by hand": []},
    "prod.yml": {"by hand": ["tag"]},
    "all.yml": {"every": ["week"], "by hand": []},
    "audit.yml": {
        "every": ["day"],
        "pull_request": {"paths": ["requirements.txt", "requirements/**", ".github/**"]},
        "by hand": [],
    },
    "uptime.yml": {"every": ["30 minutes"], "by hand": []},
}
TAG = "${{ needs.tag.outputs.tag }}"
# Which workflow a job calls, what it says to it, and for which jobs it waits before.
CALLS = {
    "test.yml": {"test": ("checks.yml", {}, [])},
    "all.yml": {"test": ("checks.yml", {"target": "test-all"}, [])},
    "dev.yml": {
        "test": ("checks.yml", {}, []),
        "tag": ("tag.yml", {"part": "minor"}, ["test"]),
        "deploy": ("deploy.yml", {"stage": "dev", "tag": TAG}, ["tag"]),
    },
    "main.yml": {
        "test": ("checks.yml", {}, []),
        "tag": ("tag.yml", {"part": "major"}, ["test"]),
        "deploy": ("deploy.yml", {"stage": "qa", "tag": TAG}, ["tag"]),
    },
    "prod.yml": {
        "deploy": ("deploy.yml", {"stage": "prod", "tag": "${{ inputs.tag }}"}, ["release"])
    },
    "deploy.yml": {
        "smoke": (
            "smoke.yml",
            {"stage": "${{ inputs.stage }}-visitor", "version": "${{ inputs.tag }}"},
            ["services"],
        )
    },
    "uptime.yml": {"prod": ("smoke.yml", {"stage": "prod-visitor", "tries": 3}, [])},
}
# Words of the scripts.
RUNS = {
    "checks.yml": ('make "$TARGET"',),
    "release.yml": ("deploy.release.tags next major", 'deploy.release.tags check "$tag"'),
    "tag.yml": ('deploy.release.tags next "$PART"', 'deploy.release.tags check "$TAG"'),
    "main.yml": (
        "python -m build",
        "twine check --strict",
        "deploy.release.trial dist/*.whl",
        "deploy/release/try_image",
        "--provenance mode=max --sbom true --push",
    ),
    "deploy.yml": ("aws s3 cp", '"task": "migrate"', "update user", "update admin"),
    "prod.yml": ("deploy.release.tags deployable", "$(gh run list", "--status success"),
    "smoke.yml": ('--site "$SITE_URL" --admin "$ADMIN_URL"', '--version "$VERSION"'),
    "audit.yml": ("pip-audit --requirement", "zizmor --no-progress .github"),
    "docs.yml": ("make docs",),
    "times.yml": ("deploy.release.job_times", '>> "$GITHUB_STEP_SUMMARY"'),
}


def pace(cron: str) -> str:
    minutes, hour, _, _, weekday = cron.split()
    if hour == "*":
        return f"{60 // len(minutes.split(','))} minutes"
    return "day" if weekday == "*" else "week"


def beginnings(name: str) -> dict[str, object]:
    told = dict(triggers(WORKFLOWS[name]))
    if "schedule" in told:
        told["every"] = [pace(each["cron"]) for each in told.pop("schedule")]
    if "workflow_dispatch" in told:
        told["by hand"] = list((told.pop("workflow_dispatch") or {}).get("inputs", {}))
    return told


def test_each_is_started_by_what_the_guide_says():
    started = {name: beginnings(name) for name in WORKFLOWS}
    assert {
        name: told for name, told in started.items() if "workflow_call" not in told
    } == STARTED_BY


def test_jobs_call_each_other_in_this_order():
    calls: dict[str, dict[str, tuple]] = {}
    for name, workflow in WORKFLOWS.items():
        for key, job in workflow["jobs"].items():
            if "uses" in job and key != "times":
                told = Path(job["uses"]).name, job.get("with", {}), needs(job)
                calls.setdefault(name, {})[key] = told
    assert calls == CALLS


def test_nothing_is_published_before_the_tag_that_tests_must_come_before():
    jobs = WORKFLOWS["main.yml"]["jobs"]
    assert {key: needs(jobs[key]) for key in ("build", "image", "package")} == {
        "build": ["tag"],
        "image": ["tag", "build"],
        "package": ["build", "image"],
    }


@pytest.mark.parametrize("name", sorted(RUNS))
def test_the_scripts_do_what_the_guide_says(name: str):
    scripts = "\n".join(step.get("run", "") for step in steps(name))
    assert [words for words in RUNS[name] if words not in scripts] == []


def test_every_workflow_with_scripts_has_words_here():
    assert {name for name in WORKFLOWS if any("run" in step for step in steps(name))} == set(RUNS)


def test_production_waits_for_its_reviewers_and_a_role_is_lent_to_its_environment_alone():
    job = WORKFLOWS["deploy.yml"]["jobs"]["services"]
    assert job["environment"] == "${{ inputs.stage }}"
    (lent,) = [step for step in job["steps"] if "configure-aws-credentials" in str(step)]
    assert lent["with"]["role-to-assume"] == "${{ vars.AWS_ROLE_ARN }}"
    others = [told for name, told in WORKFLOWS.items() if name != "deploy.yml"]
    assert "configure-aws-credentials" not in json.dumps(others, default=str)


def test_without_a_role_nothing_is_deployed_and_nothing_looked_at():
    jobs = WORKFLOWS["deploy.yml"]["jobs"]
    asked, *others = jobs["services"]["steps"]
    assert asked["id"] == "role"
    assert "::notice" in asked["run"]
    assert {step["if"] for step in others} == {"steps.role.outputs.given"}
    assert jobs["services"]["outputs"] == {"deployed": "${{ steps.role.outputs.given }}"}
    assert jobs["smoke"]["if"] == "needs.services.outputs.deployed"


def test_pages_are_published_and_times_kept():
    used = [step.get("uses", "").partition("@")[0] for step in steps("docs.yml")]
    assert used[-2:] == ["actions/upload-pages-artifact", "actions/deploy-pages"]
    kept = steps("times.yml")[-1]
    assert kept["uses"].startswith("actions/upload-artifact@")
    assert (kept["with"]["path"], kept["with"]["retention-days"]) == ("job-times.json", 90)
