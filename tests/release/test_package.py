"""The wheel: what it holds, what it says of itself, and that an empty environment can run it."""

import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from deploy.release import package_metadata, trial
from sgraph_send import __version__

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PACKAGES = ("sgraph_send", "transfers", "adminpanel")
PACKED = {"templates": "sgraph_send/packed/templates", "static": "sgraph_send/packed/static"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source archive, and the wheel that was made from it and nothing else."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


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


def test_the_source_archive_has_what_the_wheel_is_made_of_and_no_more(built: Path):
    with tarfile.open(next(built.glob("*.tar.gz"))) as packed:
        held = {name.partition("/")[2] for name in packed.getnames()}
    expected = {path for folder in (*PACKAGES, *PACKED) for path in kept(folder)}
    beside = {"LICENSE", "README.md", "CHANGELOG.md", "manage.py", "pyproject.toml"}
    beside |= {"requirements.txt", "requirements/telemetry.txt", "PKG-INFO", ".gitignore"}
    assert held == expected | beside | {"deploy/release/package_metadata.py"}


def test_all_licenses_come_along(wheel: Path):
    vendored = {path for path in kept("static/vendor") if Path(path).name.startswith("LICENSE")}
    assert {path.split("/")[2] for path in vendored} == {
        path.split("/")[2] for path in kept("static/vendor") if path.count("/") > 2
    }
    with zipfile.ZipFile(wheel) as packed:
        held = {name.partition("/licenses/")[2] for name in packed.namelist()}
    assert held - {""} == vendored | {"LICENSE"}


def test_the_words_of_the_package_hold_where_there_are_no_other_files(metadata: Message):
    # Newer ones are refused by tools that have not heard of them.
    assert metadata["Metadata-Version"] == "2.4"
    told = metadata.get_payload()
    assert told.startswith("# SGraph Send\n")
    assert re.findall(r"\]\((?!https?:)[^)]*\)|<picture>|<img", told) == []
    assert len(told) > 0.8 * len(re.sub(r"<picture>.*</picture>", "", README, flags=re.S))


def test_links_lead_to_the_source_where_it_is_known():
    text = "See [the format](docs/format.md#keys) and [a site](https://a.example/).\n"
    url = "https://git.example/a/b/blob/0f"
    assert package_metadata.standing_alone(text, url) == text.replace("docs/", f"{url}/docs/")


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
