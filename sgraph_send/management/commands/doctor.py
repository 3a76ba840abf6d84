import json
from argparse import ArgumentParser
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sgraph_send.configuration import LOCAL_HOSTS
from sgraph_send.doctor.diagnosis import Deployment, Diagnosis, Result
from sgraph_send.doctor.examination import examine
from sgraph_send.server.listening import authority
from transfers.management.bucket_commands import table


class Command(BaseCommand):
    help = (
        "Check a running deployment, with the settings that it runs with, and say how to fix what "
        "is wrong. Exit code 0: nothing fails, 1: something does."
    )
    # It reports itself what they would stop it for.
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", help="the origin that visitors use, by default the public URL")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument(
            "--free-gib",
            type=float,
            default=10,
            help="warn below this on the disk, fail at a fifth",
        )

    def handle(self, *, url: str | None, json: bool, free_gib: float, **options: object) -> None:
        deployment = Deployment(
            url=_origin(url),
            free_bytes_min=int(free_gib * 2**30),
            metrics_token=settings.METRICS_TOKEN,
        )
        diagnoses = examine(deployment)
        self.stdout.write((_as_json if json else _as_table)(deployment.url, diagnoses))
        if failing := [name for name, one in diagnoses.items() if one.result is Result.FAIL]:
            raise CommandError(f"{len(failing)} checks fail: {', '.join(failing)}.", returncode=1)


def _origin(url: str | None) -> str:
    local = f"http://{authority()}"
    parts = urlsplit(url or (settings.PUBLIC_ORIGINS or [local])[0])
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise CommandError("--url takes an origin, such as https://send.example.")
    is_clear = parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS
    if is_clear and settings.METRICS_TOKEN:
        raise CommandError("The token is not sent in the clear: --url must begin with https://.")
    return f"{parts.scheme}://{parts.netloc}"


def _as_table(url: str, diagnoses: dict[str, Diagnosis]) -> str:
    rows = [
        (name, one.result, f"{one.found} {one.remedy}".strip()) for name, one in diagnoses.items()
    ]
    return f"{url}\n" + table(rows)


def _as_json(url: str, diagnoses: dict[str, Diagnosis]) -> str:
    return json.dumps(
        {
            "url": url,
            "passes": all(one.result is not Result.FAIL for one in diagnoses.values()),
            "checks": [
                {"check": name, "result": one.result, "found": one.found, "mend": one.remedy}
                for name, one in diagnoses.items()
            ],
        },
        indent=2,
    )
