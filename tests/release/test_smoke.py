"""What is asked of a deployment, asked of a real site."""

from pathlib import Path

import pytest

from deploy.release import smoke
from harness.ports import free_port
from sgraph_send import __version__


def test_a_working_site_passes_and_the_summary_says_so(
    start_site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    site = start_site(SGRAPH_SEND__UPLOAD_ACCESS="token", SGRAPH_SEND__ACCESS_TOKEN="let-me-send")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("SGRAPH_SEND__ACCESS_TOKEN", "let-me-send")
    given = ["--site", site.url, "--admin", site.url, "--tries", "1"]

    assert smoke.main([*given, "--version", f"v{__version__}"]) == 0
    told = (tmp_path / "summary").read_text()
    assert told.count("| well |") == 7

    assert smoke.main([*given, "--version", "v99.0.0"]) == 1
    told = (tmp_path / "summary").read_text()
    assert f"It is version {__version__}, and 99.0.0 was deployed." in told

    monkeypatch.delenv("SGRAPH_SEND__ACCESS_TOKEN")
    assert smoke.main(given) == 1


def test_it_looks_again_until_all_is_well():
    answers = iter([smoke.CheckFailed("Not yet."), None])

    def ask() -> None:
        if failure := next(answers):
            raise failure

    taken = smoke.check_until_passed([("site", ask)], tries=3, pause_seconds=0)
    assert [result.message for result in taken] == [""]


def test_a_service_that_is_away_fails():
    nobody = f"http://127.0.0.1:{free_port()}"
    assert smoke.main(["--site", nobody, "--admin", nobody, "--tries", "1"]) == 1
