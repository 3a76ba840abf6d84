"""Vendored browser files: fetched again from npm, or checked offline by their hashes."""

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

LIST_NAME = "vendor.json"
_UNLISTED = {LIST_NAME, ".gitattributes"}
_FETCH_TIMEOUT_SECONDS = 300


class Command(BaseCommand):
    """`fetch_vendor` writes the listed files, `fetch_vendor --check` compares them."""

    help = "Fetch the vendored browser files from npm again, or --check them offline."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """See `manage.py fetch_vendor --help`."""
        parser.add_argument("--check", action="store_true", help="compare only, fetch nothing")
        parser.add_argument(
            "--folder",
            type=Path,
            default=settings.BASE_DIR / "static" / "vendor",
            help=f"where {LIST_NAME} and the files are",
        )

    def handle(self, *, check: bool, folder: Path, **options: Any) -> None:
        """Raises CommandError when a file, a package or the list itself differs."""
        packages = json.loads((folder / LIST_NAME).read_text())["packages"]
        if not check:
            for package in packages:
                _fetch(package, folder)
        problems = _problems(packages, folder)
        if problems:
            raise CommandError("\n".join(problems))
        names = ", ".join(f"{package['name']} {package['version']}" for package in packages)
        self.stdout.write(f"{'checked' if check else 'fetched'}: {names}")


def _fetch(package: dict[str, Any], folder: Path) -> None:
    wanted = f"{package['name']}@{package['version']}"
    with tempfile.TemporaryDirectory() as folder_name:
        try:
            subprocess.run(
                ["npm", "pack", "--silent", "--ignore-scripts", wanted],
                cwd=folder_name,
                check=True,
                capture_output=True,
                text=True,
                timeout=_FETCH_TIMEOUT_SECONDS,
            )
        except FileNotFoundError:
            raise CommandError("npm is needed to fetch; --check works without it.") from None
        except subprocess.CalledProcessError as error:
            raise CommandError(f"npm did not give {wanted}: {error.stderr.strip()}") from error
        (archive,) = Path(folder_name).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if package["integrity"] != f"sha512-{digest}":
            raise CommandError(f"{wanted} is not what {LIST_NAME} names: it is sha512-{digest}")
        with tarfile.open(archive) as members:
            for file in package["files"]:
                member = members.extractfile(f"package/{file['from']}")
                if member is None:
                    raise CommandError(f"{file['from']} of {wanted} is not a file.")
                target = folder / file["path"]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(member.read())


def _problems(packages: list[dict[str, Any]], folder: Path) -> list[str]:
    listed = {file["path"]: file["sha256"] for package in packages for file in package["files"]}
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in _UNLISTED
    }
    missing = [f"{path} is missing" for path in sorted(listed.keys() - present)]
    unlisted = [f"{path} is not in {LIST_NAME}" for path in sorted(present - listed.keys())]
    differing = [
        f"{path} differs from its hash in {LIST_NAME}"
        for path in sorted(listed.keys() & present)
        if hashlib.sha256((folder / path).read_bytes()).hexdigest() != listed[path]
    ]
    return missing + unlisted + differing
