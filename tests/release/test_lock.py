"""The locks name what the requirements files pin, with hashes, and no place to fetch it from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    "requirements.lock": ["requirements.txt"],
    "requirements-telemetry.lock": ["requirements.txt", "requirements-telemetry.txt"],
    "requirements-aws.lock": ["requirements.txt", "requirements-aws.txt"],
    "deploy/release/requirements.lock": ["deploy/release/requirements.txt"],
}


def pins(path: Path) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", path.read_text(), re.M)
    return {name.lower().replace("_", "-"): version for name, version in found}


@pytest.mark.parametrize("name", FILES)
def test_the_lock_agrees_with_the_requirements(name: str):
    locked = pins(ROOT / name)
    wanted = {key: value for path in FILES[name] for key, value in pins(ROOT / path).items()}
    differing = {key: value for key, value in wanted.items() if locked.get(key) != value}
    assert differing == {}, "run: make lock"


@pytest.mark.parametrize("name", FILES)
def test_everything_in_the_lock_has_hashes_and_no_host(name: str):
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=\w)", text, flags=re.M)[1:]
    assert len(entries) >= max(len(pins(ROOT / path)) for path in FILES[name])
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "index" not in text
