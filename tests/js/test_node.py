"""The JavaScript unit tests, run by Node's own runner."""

import re
from pathlib import Path

import pytest

from harness import node

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.test.js"))
TIMEOUT_SECONDS = 300


def count_tests(tap: str, file: Path) -> int:
    """How many tests a TAP report has; a file without any is reported as one of its name."""
    names = re.findall(r"^\s*# Subtest: (.*)$", tap, re.MULTILINE)
    return sum(Path(name).name != file.name for name in names)


def run_tests(file: Path) -> tuple[int, str]:
    result = node.run("--test", "--test-reporter=tap", file, timeout=TIMEOUT_SECONDS)
    report = result.stdout + result.stderr
    assert result.returncode == 0, report
    return count_tests(result.stdout, file), report


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_javascript(file: Path) -> None:
    count, report = run_tests(file)
    assert count > 0, f"Node ran no test:\n{report}"
    assert "# skipped 0\n" in report
    assert "# todo 0\n" in report


def test_there_are_javascript_tests() -> None:
    assert FILES


def test_a_file_without_tests_counts_none(tmp_path: Path) -> None:
    file = tmp_path / "nothing.test.js"
    file.write_text("export const nothing = 1;\n")
    assert run_tests(file)[0] == 0


def test_a_failing_javascript_test_fails_here(tmp_path: Path) -> None:
    file = tmp_path / "red.test.js"
    file.write_text(
        'import { test } from "node:test";\ntest("red", () => { throw new Error("red"); });\n'
    )
    with pytest.raises(AssertionError, match="not ok 1 - red"):
        run_tests(file)
