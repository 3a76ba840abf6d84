"""The locks name what the requirements files pin, with hashes, and no place to fetch it from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKED = {
    ROOT / "requirements" / f"{name}.lock": ROOT / path
    for name, path in {
        "runtime": "requirements.txt",
        "telemetry": "requirements/telemetry.txt",
        "aws": "requirements/aws.txt",
        "dev": "requirements/dev.txt",
        "release": "requirements/release.txt",
    }.items()
}
each_lock = pytest.mark.parametrize("lock", LOCKED, ids=lambda path: path.name)


def pins(path: Path) -> dict[str, str]:
    """Version by name, of the file and of those that it includes."""
    text = path.read_text()
    found = {
        name.lower().replace("_", "-"): version
        for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", text, re.M)
    }
    for included in re.findall(r"^-r (\S+)", text, re.M):
        found |= pins(path.parent / included)
    return found


def test_every_lock_is_tried():
    assert set(LOCKED) == set((ROOT / "requirements").glob("*.lock"))


@each_lock
def test_the_lock_agrees_with_the_requirements(lock: Path):
    assert pins(LOCKED[lock]).items() <= pins(lock).items(), "run: make lock"


@each_lock
def test_what_is_tested_is_what_is_installed(lock: Path):
    tested = pins(ROOT / "requirements" / "dev.lock")
    assert {
        name: (version, tested[name])
        for name, version in pins(lock).items()
        if tested.get(name, version) != version
    } == {}, "run: make lock"


@each_lock
def test_everything_in_the_lock_has_hashes_and_no_host(lock: Path):
    text = lock.read_text()
    entries = re.split(r"^(?=\w)", text, flags=re.M)[1:]
    assert len(entries) >= len(pins(LOCKED[lock]))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "index" not in text
