import logging
import signal
import sys
import threading
import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone

from transfers.maintenance import cleanup, reconciliation

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Close expired, used-up and abandoned transfers, delete their bytes, verify that they are "
        "gone. Safe to run at any time, also twice at once."
    )

    _reconcile_not_before = 0.0

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="go on until stopped, one pass each time"
        )
        parser.add_argument(
            "--until-eof", action="store_true", help="with --every: stop when standard input ends"
        )

    def handle(
        self, *args: object, dry_run: bool, every: int | None, until_eof: bool, **options: object
    ) -> None:
        if dry_run:
            self.stdout.write(f"would be {cleanup.preview().sentence()}")
        elif every is None:
            self._pass_once()
        elif every < 1:
            raise CommandError("--every takes a number of seconds of 1 or more.")
        else:
            self._pass_until_stopped(every, until_eof)

    def _pass_once(self) -> None:
        outcome = cleanup.run()
        self.stdout.write(outcome.sentence())
        if outcome.failed:
            raise CommandError(
                f"{outcome.failed} transfers could not be deleted; the next run tries again."
            )

    def _pass_until_stopped(self, every: int, until_eof: bool) -> None:
        stopped = threading.Event()
        if until_eof:
            threading.Thread(target=_set_at_eof, args=[stopped], daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            close_old_connections()
            try:
                self._pass_once()
            except Exception as exc:
                log.error("cleanup failed", extra={"error": type(exc).__name__})
            self._reconcile_if_due()
            stopped.wait(every)

    def _reconcile_if_due(self) -> None:
        now = time.monotonic()
        try:
            if now < self._reconcile_not_before or not reconciliation.is_due(timezone.now()):
                return
            self._reconcile_not_before = now + reconciliation.RETRY_AFTER.total_seconds()
            reconciliation.compare()
        except Exception as exc:
            log.error("comparison with the store failed", extra={"error": type(exc).__name__})


def _set_at_eof(stopped: threading.Event) -> None:
    sys.stdin.read()
    stopped.set()
