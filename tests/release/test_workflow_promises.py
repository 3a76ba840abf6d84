"""In which order workflows call each other, and who may deploy (docs/releasing.md)."""

import json
from pathlib import Path

from tests.release.workflows import WORKFLOWS, needs

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
