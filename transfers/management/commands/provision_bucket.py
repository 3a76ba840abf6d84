from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from transfers.management.bucket_commands import (
    configured_bucket,
    table,
    unavailable_as_command_error,
)
from transfers.stores.bucket.provisioning import Outcome, Step, audit, provision
from transfers.stores.bucket.rule import Finding, Result


class Command(BaseCommand):
    help = (
        "Create the bucket if it is missing and set its rules right. Refuses, and changes nothing, "
        "where versioning, replication or object lock would keep bytes behind a deletion. "
        "May be repeated."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be changed")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        with unavailable_as_command_error():
            bucket, rules = configured_bucket()
            _refuse_what_the_operator_must_fix(audit(bucket, rules))
            steps = provision(bucket, rules, dry_run)
        self.stdout.write(f"Bucket {bucket.name}")
        self.stdout.write(table([(step.rule, step.outcome, step.text) for step in steps]))
        self.stdout.write(_summary(steps))
        if failed := [step.rule for step in steps if step.outcome is Outcome.FAILED]:
            raise CommandError(f"Could not be set right: {', '.join(failed)}.")


def _refuse_what_the_operator_must_fix(findings: dict[str, Finding]) -> None:
    reasons = [
        f"{name}: {one.found}. To fix it, {one.remedy}."
        for name, one in findings.items()
        if one.result is Result.FAIL and not one.repair
    ]
    if reasons:
        raise CommandError("Nothing was changed.\n" + "\n".join(reasons))


def _summary(steps: list[Step]) -> str:
    counts = [(kind, sum(step.outcome is kind for step in steps)) for kind in Outcome]
    return ", ".join(f"{count} {kind}" for kind, count in counts if count) + "."
