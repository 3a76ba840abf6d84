import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sgraph_send.configuration import LOCAL_HOSTS
from sgraph_send.uptime import browser
from sgraph_send.uptime.monitor import Monitor, MonitorOptions
from sgraph_send.uptime.notifications import Webhook


class Command(BaseCommand):
    help = (
        "Watch a site from outside: ask both health addresses, send a tiny encrypted transfer, "
        "receive and delete it, and tell a webhook what fails and what is well again. Run it on "
        "another machine; it needs no database. The access token, where uploads need one, comes "
        "from SGRAPH_SEND__ACCESS_TOKEN or SGRAPH_SEND__ACCESS_TOKEN_FILE."
    )
    # The site is on another machine: this one may have neither database nor store.
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", required=True, help="the origin that visitors use")
        parser.add_argument(
            "--every", type=int, default=300, metavar="SECONDS", help="from round to round"
        )
        parser.add_argument("--webhook", default="", metavar="URL", help='takes {"text": …}')
        parser.add_argument(
            "--webhook-file", type=Path, metavar="PATH", help="a file that holds the webhook's URL"
        )
        parser.add_argument(
            "--failures", type=int, default=2, metavar="N", help="in a row, before it is told"
        )
        parser.add_argument(
            "--slow-after", type=float, default=10, metavar="SECONDS", help="slower is a failure"
        )
        parser.add_argument(
            "--browser", action="store_true", help="also send and receive on the pages, in Chromium"
        )
        parser.add_argument(
            "--metrics-file",
            type=Path,
            metavar="PATH",
            help="for node_exporter's textfiles, *.prom",
        )
        parser.add_argument(
            "--once", action="store_true", help="one round; exit code 0: all well, 1: something not"
        )

    def handle(self, *args: object, **options: Any) -> None:
        monitor = Monitor(_monitor_options(options), Webhook(_webhook_url(options)))
        if options["once"]:
            self._once(monitor)
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            monitor.run_round()
            stopped.wait(options["every"])

    def _once(self, monitor: Monitor) -> None:
        results = monitor.run_round()
        for result in results:
            self.stdout.write(f"{result.name}: {result.message or 'well'} ({result.seconds:.2f} s)")
        if failing := [result.name for result in results if not result.has_passed]:
            raise CommandError(f"Not well: {', '.join(failing)}.", returncode=1)


def _monitor_options(options: dict[str, Any]) -> MonitorOptions:
    """Raises CommandError for options that make no sense or can not be met."""
    if options["every"] < 1 or options["failures"] < 1 or options["slow_after"] <= 0:
        raise CommandError("--every, --failures and --slow-after take numbers above 0.")
    if options["browser"] and not browser.is_installed():
        raise CommandError(browser.INSTALL_HINT)
    if (path := options["metrics_file"]) and not path.absolute().parent.is_dir():
        raise CommandError("The folder of --metrics-file does not exist.")
    return MonitorOptions(
        url=_origin(options["url"]),
        slow_after_seconds=options["slow_after"],
        failures_in_row=1 if options["once"] else options["failures"],
        with_browser=options["browser"],
        metrics_file=path,
        access_token=settings.ACCESS_TOKEN,
        metrics_token=settings.METRICS_TOKEN,
    )


def _origin(url: str) -> str:
    """The origin; raises CommandError where a token would travel in the clear."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise CommandError("--url takes an origin, such as https://send.example.")
    has_token = bool(settings.ACCESS_TOKEN or settings.METRICS_TOKEN)
    if has_token and parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        raise CommandError("Tokens are not sent in the clear: --url must begin with https://.")
    return f"{parts.scheme}://{parts.netloc}"


def _webhook_url(options: dict[str, Any]) -> str:
    url: str = options["webhook"]
    if path := options["webhook_file"]:
        try:
            url = path.read_text().strip()
        except OSError as failure:
            raise CommandError(f"--webhook-file: {failure.strerror}.") from None
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise CommandError("The webhook's address must begin with https:// or http://.")
    return url
