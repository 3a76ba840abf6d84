"""Archives that a download writes open in Python, Info-ZIP and 7-Zip, beyond 4 GiB too."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from harness import apt, node

GIB = 2**30
UTF8_NAME = 0x800
SCRIPT = Path(__file__).with_name("write_archive.js")
SMALL = [("Grüße/漢字 🎁.txt", 5), ("leer", 0), ("a?b.txt", 3), ("A_B.txt", 4)]
BEYOND_4_GIB = [("film.mkv", 4 * GIB + 5), ("after/notes.txt", 7), ("second.bin", GIB)]


@pytest.fixture(scope="session")
def archive_tools() -> None:
    missing = [package for tool, package in TOOLS.items() if not shutil.which(tool)]
    for package in missing:
        apt.install(package)
    absent = [tool for tool in TOOLS if not shutil.which(tool)]
    assert not absent, f"install {absent}: on Debian and its like, apt-get install {missing}"


TOOLS = {"unzip": "unzip", "7z": "p7zip-full"}


def write_archive(path: Path, files: list[tuple[str, int]]) -> None:
    listed = path.with_suffix(".json")
    listed.write_text(json.dumps([{"name": name, "size": size} for name, size in files]))
    written = node.run(SCRIPT, path, listed, timeout=300)
    assert written.returncode == 0, written.stderr


def run_checked(*command: str | Path) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_names_are_flagged_as_utf8_and_differ_on_every_platform(tmp_path: Path):
    write_archive(tmp_path / "small.zip", SMALL)

    with zipfile.ZipFile(tmp_path / "small.zip") as archive:
        assert archive.testzip() is None
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        assert all(info.flag_bits & UTF8_NAME for info in archive.infolist())
    assert sizes == {"Grüße/漢字 🎁.txt": 5, "leer": 0, "a_b.txt": 3, "A_B (2).txt": 4}


def test_ten_thousand_files_fit_into_one_archive(tmp_path: Path):
    write_archive(tmp_path / "many.zip", [(f"{at % 100}/{at}.txt", 3) for at in range(10_000)])

    with zipfile.ZipFile(tmp_path / "many.zip") as archive:
        assert len(archive.namelist()) == 10_000
        assert archive.testzip() is None


@pytest.mark.long
@pytest.mark.parametrize("files", [SMALL, BEYOND_4_GIB], ids=["small", "beyond 4 GiB"])
def test_other_programs_open_the_archive(
    archive_tools: None, tmp_path: Path, files: list[tuple[str, int]]
):
    path = tmp_path / "archive.zip"
    write_archive(path, files)

    with zipfile.ZipFile(path) as archive:
        assert [info.file_size for info in archive.infolist()] == [size for _, size in files]
        assert archive.testzip() is None
    assert "No errors detected" in run_checked("unzip", "-t", path)
    assert "Everything is Ok" in run_checked("7z", "t", path)
