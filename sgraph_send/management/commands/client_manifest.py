import hashlib
import json
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

FETCH_SECONDS = 30


class Command(BaseCommand):
    help = (
        "Print the hashes of all that the pages load, from this source tree alone; "
        "--compare URL fetches it all from a running site and names what differs."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--compare", metavar="URL", help="the origin of a running site")

    def handle(self, *, compare: str | None, **options: object) -> None:
        with tempfile.TemporaryDirectory() as folder:
            manifest = _from_source(Path(folder))
        if not compare:
            self.stdout.write(manifest.decode(), ending="")
            return
        different = _differences(json.loads(manifest), compare.rstrip("/"))
        if different:
            raise CommandError("This site serves something else:\n" + "\n".join(different))
        self.stdout.write("Every page and file was fetched, and is what this source tree makes.")


def _from_source(folder: Path) -> bytes:
    """From static files collected anew into `folder`, so that none collected earlier count."""
    settings.STATIC_ROOT = folder
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("css", "js", "json", "svg", "txt")
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
    from sgraph_send.client_manifest import client_manifest

    return client_manifest()


def _differences(manifest: dict[str, Any], origin: str) -> list[str]:
    """Paths whose bytes on the site are not those of the manifest; raises CommandError."""
    paths = {"error-404": "/nothing/is/here"}
    expected = {}
    for page in manifest["pages"]:
        if path := page["path"] or paths.get(page["kind"]):
            expected[path.format(transfer_id="0" * 22)] = page["sha256"]
        expected |= {file["path"]: file["sha256"] for file in page["files"]}
    return [
        path
        for path, sha256 in sorted(expected.items())
        if hashlib.sha256(_fetch(origin + path)).hexdigest() != sha256
    ]


def _fetch(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=FETCH_SECONDS) as answer:  # noqa: S310  the operator's
            body: bytes = answer.read()
            return body
    except urllib.error.HTTPError as refusal:
        return refusal.read()
    except (urllib.error.URLError, ValueError) as exc:
        raise CommandError(f"{url} does not answer: {exc}") from exc
