import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from transfers.management.bucket_commands import (
    configured_bucket,
    table,
    unavailable_as_command_error,
)
from transfers.stores.bucket.provisioning import audit
from transfers.stores.bucket.rule import Finding, Result
from transfers.stores.bucket.service import Bucket


class Command(BaseCommand):
    help = (
        "Read every rule of the bucket back from the service. Exit code 0: all pass, 1: one fails, "
        "2: it could not be read."
    )
    # A failing check would end with the exit code of a failing rule.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument(
            "--strict", action="store_true", help="a rule that the service can not keep fails too"
        )

    def handle(self, *args: object, json: bool, strict: bool, **options: object) -> None:
        with unavailable_as_command_error():
            bucket, rules = configured_bucket()
            findings = audit(bucket, rules)
        bad = {Result.FAIL, Result.UNSUPPORTED} if strict else {Result.FAIL}
        failing = [name for name, finding in findings.items() if finding.result in bad]
        self.stdout.write(
            _as_json(bucket, findings, failing) if json else _as_table(bucket, findings)
        )
        if failing:
            raise CommandError(
                f"{len(failing)} of {len(findings)} rules do not pass: {', '.join(failing)}.",
                returncode=1,
            )


def _as_table(bucket: Bucket, findings: dict[str, Finding]) -> str:
    rows = [(name, one.result, one.found, one.remedy) for name, one in findings.items()]
    return f"Bucket {bucket.name}\n" + table([("rule", "result", "found", "how to fix"), *rows])


def _as_json(bucket: Bucket, findings: dict[str, Finding], failing: list[str]) -> str:
    return json.dumps(
        {
            "bucket": bucket.name,
            "endpoint_url": bucket.endpoint_url,
            "passes": not failing,
            "rules": [
                {"rule": name, "result": one.result, "found": one.found, "mend": one.remedy}
                for name, one in findings.items()
            ],
        },
        indent=2,
    )
