"""The wheel: what it holds, what it says of itself, and that an empty environment can run it."""

import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from deploy.release import trial
from sgraph_send import __version__

ROOT = Path(__file__).parents[2]
PACKAGES = ("sgraph_send", "transfers", "adminpanel")
PACKED = {"templates": "sgraph_send/packed/templates", "static": "sgraph_send/packed/static"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as packed:
        name = next(name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(packed.read(name))


def kept(folder: str) -> set[str]:
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {path for path in told.split("\0") if path and (ROOT / path).exists()}


def as_pin(requirement: str) -> str:
    return requirement.replace("~=", "==").replace("_", "-").lower()


def test_the_wheel_holds_the_program_its_pages_and_nothing_else(wheel: Path):
    expected = {path for package in PACKAGES for path in kept(package)}
    for folder, place in PACKED.items():
        expected |= {path.replace(folder, place, 1) for path in kept(folder)}
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    assert held == expected


def test_the_wheel_has_the_one_version_and_the_requirements_of_the_checkout(metadata: Message):
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    required = metadata.get_all("Requires-Dist")
    pins = [
        line.split()[0]
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line
    ]
    always = [line for line in required if "extra ==" not in line]
    assert sorted(map(as_pin, always)) == sorted(map(as_pin, pins))
    assert any("extra == 'telemetry'" in line for line in required)


def test_the_wheel_brings_the_command(wheel: Path):
    with zipfile.ZipFile(wheel) as packed:
        name = next(name for name in packed.namelist() if name.endswith("entry_points.txt"))
        assert "sgraph-send = sgraph_send.command_line:main" in packed.read(name).decode()


@pytest.mark.long
def test_installed_into_an_empty_environment_it_serves_a_transfer(wheel: Path, tmp_path: Path):
    data_folder = trial.try_wheel(wheel, tmp_path)
    assert (data_folder / "secret_key").exists()
    assert (data_folder / "store").is_dir()
