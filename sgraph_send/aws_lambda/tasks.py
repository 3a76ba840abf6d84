"""Tasks of the function that serves no visitors: cleanup on a schedule, and what operators
start."""

import io
import json
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from sgraph_send.database_setup import prepare_database
from transfers.maintenance import cleanup, gauges, reconciliation

# Name of a metric in CloudWatch, the gauge that it shows, and its unit.
METRICS = (
    ("DeletionLagSeconds", "deletion_lag_seconds", "Seconds"),
    ("CleanupSeconds", "cleanup_seconds", "Seconds"),
    ("BytesStored", "bytes_stored", "Bytes"),
    ("TransfersStuck", "transfers_stuck", "Count"),
)


def run(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Runs the `task` that the event names: cleanup, migrate, operator (with `name` and `role`),
    reconcile.

    Raises ValueError for other tasks, CommandError where a command does, and RuntimeError where
    transfers could not be deleted, so that Lambda counts an error and raises the alarm.
    """
    tasks: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "cleanup": _cleanup,
        "migrate": _migrate,
        "operator": _operator,
        "reconcile": _reconcile,
    }
    if event.get("task") not in tasks:
        raise ValueError(f"task must be one of {', '.join(tasks)}")
    return tasks[event["task"]](event)


def _cleanup(event: dict[str, Any]) -> dict[str, Any]:
    outcome = cleanup.run()
    sys.stdout.write(f"{json.dumps(_metrics(gauges.read()))}\n")
    if outcome.failed:
        raise RuntimeError(f"{outcome.failed} transfers could not be deleted")
    if reconciliation.is_due(timezone.now()):
        reconciliation.compare()
    return {"outcome": outcome.sentence()}


def _metrics(measured: dict[str, float]) -> dict[str, Any]:
    """A log line in CloudWatch's embedded metric format."""
    definitions = [{"Name": name, "Unit": unit} for name, _, unit in METRICS]
    directive = {
        "Namespace": "SGraphSend",
        "Dimensions": [["Environment"]],
        "Metrics": definitions,
    }
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        "Environment": settings.ENVIRONMENT,
        **{name: measured[gauge] for name, gauge, _ in METRICS},
    }


def _migrate(event: dict[str, Any]) -> dict[str, Any]:
    prepare_database()
    return {"outcome": "migrated"}


def _reconcile(event: dict[str, Any]) -> dict[str, Any]:
    found = reconciliation.compare()
    return {"orphans": len(found.orphans), "missing": len(found.missing)}


def _operator(event: dict[str, Any]) -> dict[str, Any]:
    """The password is only in the response, which Lambda does not log."""
    password = secrets.token_urlsafe(18)
    terminal, sys.stdin = sys.stdin, io.StringIO(f"{password}\n")
    try:
        call_command("create_operator", event["name"], role=event["role"], stdout=io.StringIO())
    finally:
        sys.stdin = terminal
    return {"name": event["name"], "password": password}
