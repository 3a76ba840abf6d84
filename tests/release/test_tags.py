"""Which tag comes next, and what stops one from being published."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.release import tags
from sgraph_send import __version__

SOURCE = '"""The product."""\n\n__version__ = "2.0.0"\n'
CHANGELOG = "# Changelog\n\n## 2.0.0 (2027-01-31)\n\n* New.\n\n## 1.0.0\n"


@pytest.fixture(autouse=True)
def _git_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may sign what they commit and tag."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.mark.parametrize(
    ("there", "part", "expected"),
    [
        ([], "minor", "v0.1.0"),
        ([], "major", "v1.0.0"),
        (["v0.1.0", "v0.2.0"], "minor", "v0.3.0"),
        (["v0.9.0", "v0.10.0"], "minor", "v0.11.0"),
        (["v0.10.0"], "major", "v1.0.0"),
        (["v1.0.0"], "minor", "v1.1.0"),
        (["v1.0.0", "v1.4.2"], "minor", "v1.5.0"),
        (["v1.9.0", "v2.0.0", "v2.3.0"], "major", "v3.0.0"),
        (["nightly", "v2", "v1.0.0-rc1", "1.5.0", "v01.0.0", "v0.3.0"], "minor", "v0.4.0"),
    ],
)
def test_the_next_tag_follows_the_highest(there: list[str], part: str, expected: str):
    assert tags.next_tag(there, [], part) == expected


def test_a_second_run_for_a_commit_gets_its_first_tag():
    assert tags.next_tag(["v0.3.0", "v0.4.0"], ["v0.3.0"], "minor") == "v0.3.0"
    assert tags.next_tag(["v1.0.0", "v1.1.0"], ["v1.0.0"], "major") == "v1.0.0"


def test_what_dev_tagged_gets_a_tag_of_its_own_from_main():
    assert tags.next_tag(["v0.3.0"], ["v0.3.0"], "major") == "v1.0.0"
    assert tags.next_tag(["v1.0.0"], ["v1.0.0"], "minor") == "v1.1.0"


def test_a_release_that_version_and_changelog_name_may_be_published():
    assert tags.disagreements("v2.0.0", SOURCE, CHANGELOG) == []


@pytest.mark.parametrize(
    ("tag", "changelog", "sentence"),
    [
        ("v3.0.0", CHANGELOG, "The tag is v3.0.0, but sgraph_send.__version__ is 2.0.0."),
        ("v2.0.0", "# Changelog\n\n## 1.0.0\n", "CHANGELOG.md has no section 2.0.0."),
        ("v2.0.0", CHANGELOG + "\n## Unreleased\n", "CHANGELOG.md still has a section Unreleased."),
        ("2.0.0", CHANGELOG, "2.0.0 is no release tag; it must look like v1.0.0."),
    ],
)
def test_a_release_that_the_source_does_not_name_is_stopped(
    tag: str, changelog: str, sentence: str
):
    assert sentence in tags.disagreements(tag, SOURCE, changelog)


def test_the_version_of_a_tag_is_written_into_the_source():
    stamped = tags.stamped(SOURCE, "v2.7.0")
    assert stamped == SOURCE.replace("2.0.0", "2.7.0")
    # And the real file has the form that this finds.
    assert f'"{__version__}"' not in tags.stamped(tags.VERSION_FILE.read_text(), "v99.98.97")


def test_the_version_is_that_of_the_newest_section_of_the_changelog():
    headings = re.findall(r"^## (\S+)", (tags.ROOT / "CHANGELOG.md").read_text(), re.M)
    assert next(heading for heading in headings if heading != "Unreleased") == __version__


def test_the_command_reads_the_tags_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], [*who, "commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    monkeypatch.setattr(tags, "ROOT", tmp_path)

    assert tags.main(["next", "minor"]) == 0
    subprocess.run(["git", "tag", "v0.1.0"], cwd=tmp_path, check=True)
    assert tags.main(["next", "minor"]) == 0
    assert tags.main(["next", "major"]) == 0
    assert capsys.readouterr().out.split() == ["v0.1.0", "v0.1.0", "v1.0.0"]
    assert tags.main(["next", "patch"]) == 2


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """`main` with v1.0.0 and v2.0.0, `dev` with v1.1.0, and a branch with v1.2.0 and v3.0.0."""

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@send.example")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(tag: str, branch: str) -> None:
        git("commit", "--allow-empty", "--no-gpg-sign", "-m", tag)
        git("tag", tag)
        git("update-ref", f"refs/remotes/origin/{branch}", "HEAD")

    git("init", "-b", "main")
    commit("v1.0.0", "main")
    git("switch", "-c", "dev")
    commit("v1.1.0", "dev")
    git("switch", "-c", "aside")
    commit("v1.2.0", "aside")
    commit("v3.0.0", "aside")
    git("switch", "main")
    commit("v2.0.0", "main")
    git("tag", "v2.0.1")
    return tmp_path


@pytest.mark.parametrize("tag", ["v1.0.0", "v1.1.0", "v2.0.0"])
def test_what_dev_and_main_tagged_may_be_deployed(repository: Path, tag: str):
    assert tags.undeployable(tag, repository) == []


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [
        ("main", "main is no tag of a release; it must look like v2.0.0 or v1.3.0."),
        ("v2.0.1", "v2.0.1 is no tag of a release; it must look like v2.0.0 or v1.3.0."),
        ("v1.0.0; id", "v1.0.0; id is no tag of a release; it must look like v2.0.0 or v1.3.0."),
        ("v9.0.0", "There is no tag v9.0.0."),
        ("v1.2.0", "v1.2.0 does not lie on the branch dev, where such tags are made."),
        ("v3.0.0", "v3.0.0 does not lie on the branch main, where such tags are made."),
    ],
)
def test_no_other_tag_reaches_production(repository: Path, tag: str, sentence: str):
    assert tags.undeployable(tag, repository) == [sentence]


def test_production_asks_for_the_release_and_its_run_before_it_deploys():
    text = (tags.ROOT / ".github" / "workflows" / "prod.yml").read_text()
    jobs = yaml.safe_load(text)["jobs"]
    assert jobs["deploy"]["needs"] == "release"
    (look,) = [step["run"] for step in jobs["release"]["steps"] if "run" in step]
    assert "deploy.release.tags deployable" in look
    assert "--status success" in look
    workflows = {path.name for path in (tags.ROOT / ".github" / "workflows").glob("*.yml")}
    assert {f"{branch}.yml" for branch in tags.MADE_ON.values()} <= workflows
