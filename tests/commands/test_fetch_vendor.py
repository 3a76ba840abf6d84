"""fetch_vendor: what browsers get from others is exactly what was looked at."""

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

CONTENT = b"export const answer = 42;\n"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that lists one package, and an `npm` that packs it."""
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("package/dist/answer.js")
        member.size = len(CONTENT)
        tar.addfile(member, io.BytesIO(CONTENT))
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\ntest "$4" = answer@1.0.0 && cp "{archive}" answer-1.0.0.tgz\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent), prepend=":")
    folder = tmp_path / "vendor"
    folder.mkdir()
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    file = {
        "path": "answer/answer.js",
        "from": "dist/answer.js",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }
    package = {
        "name": "answer",
        "version": "1.0.0",
        "integrity": f"sha512-{digest}",
        "files": [file],
    }
    (folder / "vendor.json").write_text(json.dumps({"packages": [package]}))
    return folder


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("fetch_vendor", *map(str, arguments), stdout=out)
    return out.getvalue()


def edit_list(folder: Path, **changes: str) -> None:
    path = folder / "vendor.json"
    (package,) = json.loads(path.read_text())["packages"]
    path.write_text(json.dumps({"packages": [package | changes]}))


def test_the_files_in_the_repository_are_the_listed_ones() -> None:
    assert "hash-wasm" in run("--check")


def test_a_missing_file_is_fetched_and_then_checks(vendor: Path) -> None:
    with pytest.raises(CommandError, match=r"answer\.js is missing"):
        run("--check", "--folder", vendor)
    assert run("--folder", vendor) == "fetched: answer 1.0.0\n"
    assert (vendor / "answer/answer.js").read_bytes() == CONTENT
    assert run("--check", "--folder", vendor) == "checked: answer 1.0.0\n"


def test_a_changed_file_is_found_offline(vendor: Path) -> None:
    run("--folder", vendor)
    (vendor / "answer/answer.js").write_bytes(CONTENT + b"steal();")
    with pytest.raises(CommandError, match="differs"):
        run("--check", "--folder", vendor)


def test_a_file_that_nobody_listed_is_found(vendor: Path) -> None:
    run("--folder", vendor)
    (vendor / "answer/more.js").write_text("steal();")
    with pytest.raises(CommandError, match=r"more\.js is not in vendor\.json"):
        run("--check", "--folder", vendor)


def test_a_package_that_changed_at_its_source_is_not_written(vendor: Path) -> None:
    edit_list(vendor, integrity="sha512-AAAA")
    with pytest.raises(CommandError, match=r"is not what vendor\.json names"):
        run("--folder", vendor)
    assert not (vendor / "answer").exists()


def test_a_package_that_npm_does_not_give_is_said(vendor: Path) -> None:
    edit_list(vendor, version="9.9.9")
    with pytest.raises(CommandError, match=r"npm did not give answer@9\.9\.9"):
        run("--folder", vendor)
