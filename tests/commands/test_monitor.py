"""The outside watcher, against real sites that break and recover."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.altering_proxy import AlteringProxy
from harness.certificate import self_signed
from harness.live_site import ROOT, LiveSite, inherited_environment
from harness.process import ChildProcess
from harness.tls_proxy import TlsProxy
from harness.waiting import wait_until
from sgraph_send.uptime import checks
from sgraph_send.uptime.monitor import Monitor, MonitorOptions
from sgraph_send.uptime.notifications import FailureTracker, Webhook
from tests.monitoring.webhook import Webhook as Receiver

ACCESS_TOKEN, METRICS_TOKEN = "let-me-send", "let-me-see"
NOWHERE = "postgres://nobody@127.0.0.1:1/nothing"


@pytest.fixture(scope="module")
def site(start_site_for_session: Callable[..., LiveSite]) -> LiveSite:
    return start_site_for_session(
        SGRAPH_SEND__UPLOAD_ACCESS="token",
        SGRAPH_SEND__ACCESS_TOKEN=ACCESS_TOKEN,
        SGRAPH_SEND__METRICS_TOKEN=METRICS_TOKEN,
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def proxy(site: LiveSite) -> Iterator[AlteringProxy]:
    proxy = AlteringProxy(site.url)
    port = site.url.rsplit(":", 1)[1]
    proxy.change_request = lambda headers: [
        (name, f"127.0.0.1:{port}" if name.lower() == "host" else value) for name, value in headers
    ]
    yield proxy
    proxy.stop()


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """A machine that has the source and nothing else: its database does not exist."""
    return {
        **inherited_environment(),
        "SGRAPH_SEND__DATA_DIR": str(folder),
        "SGRAPH_SEND__STORE": "local",
        "DATABASE_URL": NOWHERE,
        "SGRAPH_SEND__ACCESS_TOKEN": ACCESS_TOKEN,
        **settings,
    }


def monitor(
    folder: Path, *arguments: str, interpreter: tuple[str, ...] = (), **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *interpreter, "manage.py", "monitor", *arguments],
        cwd=ROOT,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_one_round_without_a_database_sends_opens_and_deletes(site: LiveSite, tmp_path: Path):
    file = tmp_path / "site.prom"
    done = monitor(tmp_path, "--url", site.url, "--once", "--metrics-file", str(file))

    assert done.returncode == 0, done.stderr
    assert re.findall(r"^(\w+): well", done.stdout, re.M) == ["health", "ready", "transfer"]
    text = file.read_text()
    assert f'sgraph_send_monitor_up{{look="transfer",site="{site.url}"}} 1.0' in text
    assert 'step="delete"' in text
    assert "certificate" not in text
    lines = [json.loads(line) for line in site.log.splitlines() if line.startswith("{")]
    routes = {line.get("route") for line in lines}
    assert "transfers/download/<transfer_id>/finish" in routes
    assert "transfers/manage/<transfer_id>" in routes


def test_neither_link_nor_key_nor_token_is_said(site: LiveSite, tmp_path: Path):
    done = monitor(tmp_path, "--url", site.url, "--once")
    said = done.stdout + done.stderr
    assert ACCESS_TOKEN not in said
    assert not re.search(r"[A-Za-z0-9_-]{22,}", said.replace(site.url, "")), said


def test_a_wrong_token_fails_the_transfer_alone(site: LiveSite, tmp_path: Path, receiver: Receiver):
    done = monitor(
        tmp_path,
        *("--url", site.url, "--once", "--webhook", receiver.url),
        SGRAPH_SEND__ACCESS_TOKEN="made-up",
    )
    assert done.returncode == 1
    assert "Not well: transfer." in done.stderr
    [text] = receiver.texts
    assert "transfer: To create: answered with 401 access_token_wrong." in text


def test_failure_and_recovery_reach_the_webhook_once_each(
    start_site: Callable[..., LiveSite], tmp_path: Path, receiver: Receiver
):
    own = start_site(SGRAPH_SEND__ACCESS_TOKEN=ACCESS_TOKEN)
    file = tmp_path / "webhook"
    file.write_text(receiver.url + "\n")
    watching = ChildProcess(
        [
            *(sys.executable, "manage.py", "monitor", "--url", own.url, "--every", "1"),
            *("--failures", "2", "--webhook-file", str(file)),
        ],
        log_path=tmp_path / "monitor.log",
        env=environment(tmp_path),
        cwd=ROOT,
    )
    try:
        log = tmp_path / "monitor.log"
        wait_until(lambda: '"message": "well"' in log.read_text(), "a first round")
        assert receiver.texts == []
        own.stop()
        wait_until(lambda: len(receiver.texts) == 3, "three failures told")
        assert all(text.startswith(f"FAILING {own.url}, ") for text in receiver.texts)
        rounds = log.read_text().count('"look": "health"')
        wait_until(lambda: log.read_text().count('"look": "health"') > rounds + 1, "more rounds")
        own.start()
        wait_until(lambda: len(receiver.texts) == 6, "three recoveries told")
        assert {text.split(":")[0] for text in receiver.texts[3:]} == {f"RECOVERED {own.url[:4]}"}
        assert all(re.search(r"answered in \d+\.\d\d s", text) for text in receiver.texts[3:])
    finally:
        assert watching.stop() == 0


def watch(url: str, **options: object) -> dict[str, checks.CheckResult]:
    known = {"access_token": ACCESS_TOKEN, "metrics_token": METRICS_TOKEN}
    results = Monitor(MonitorOptions(url=url, **{**known, **options}), Webhook("")).run_round()
    return {result.name: result for result in results}


def test_slowness_is_a_failure(site: LiveSite):
    assert watch(site.url)["transfer"].has_passed
    slow = watch(site.url, slow_after_seconds=0.000_1)["transfer"]
    assert slow.message.startswith("It took ")


def test_readiness_tells_its_reasons_to_whoever_has_the_token(
    start_site: Callable[..., LiveSite], site: LiveSite
):
    own = start_site(
        SGRAPH_SEND__METRICS_TOKEN=METRICS_TOKEN, SGRAPH_SEND__METRICS_ADDRESSES="203.0.113.1"
    )
    database = sqlite3.connect(own.data_folder / "db.sqlite3", timeout=20)
    with closing(database), database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    wait_until(
        lambda: (
            watch(own.url)["ready"].message
            == "The site is not ready. 1 migration not applied, first "
            "sessions.0001_initial: run manage.py migrate."
        ),
        "the reason",
        every_s=1,
    )
    assert watch(own.url, metrics_token="")["ready"].message == "The site is not ready."
    assert watch(site.url)["ready"].has_passed


def test_bytes_that_a_store_or_proxy_changed_are_noticed(proxy: AlteringProxy):
    assert watch(proxy.url)["transfer"].has_passed
    proxy.change_body = lambda path, body: (
        body[:-1] + bytes([body[-1] ^ 1]) if "/payload" in path else body
    )
    assert watch(proxy.url)["transfer"].message == ("What came back could not be opened (damaged).")


def test_somebody_elses_page_is_not_this_service(proxy: AlteringProxy):
    proxy.change_body = lambda path, body: b"<html>parked</html>"
    proxy.change_answer = lambda headers: [one for one in headers if one[0] != "Content-Length"]
    taken = watch(proxy.url)
    assert taken["health"].message == "To ask for health: the answer is not that of this service."
    assert not taken["transfer"].has_passed


def test_redirects_are_not_followed_for_the_next_site_would_get_the_token(
    proxy: AlteringProxy, receiver: Receiver
):
    proxy.redirect_to = receiver.url
    assert watch(proxy.url)["transfer"].message == "To create: answered with 301."


def test_the_certificate_is_verified_and_its_end_is_told(
    start_site: Callable[..., LiveSite], tmp_path: Path
):
    certificate = self_signed(tmp_path / "tls")
    own = start_site()
    tls = TlsProxy(certificate, int(own.url.rsplit(":", 1)[1]))
    file = tmp_path / "site.prom"
    try:
        taken = watch(tls.url, metrics_file=file)
    finally:
        tls.stop()
    assert taken["health"].message.startswith("To ask for health: the certificate is not valid")
    assert re.fullmatch(r"The certificate ends in [01]\.\d days\.", taken["certificate"].message)
    assert "sgraph_send_monitor_certificate_expiry_timestamp_seconds" in file.read_text()


def test_what_the_webhook_refused_is_told_later(receiver: Receiver):
    webhook = Webhook(receiver.url)
    receiver.is_away = True
    assert not webhook.send(["one"])
    receiver.is_away = False
    assert webhook.send(["two"])
    assert receiver.texts == ["one", "two"]


def test_notifications_come_after_so_many_failures_and_with_the_recovery():
    tracker = FailureTracker("https://send.example", 2)
    bad = checks.CheckResult("ready", "The site is not ready.", 0.5)
    good = checks.CheckResult("ready", "", 0.25)
    assert tracker.notifications([bad], 0) == []
    assert tracker.notifications([good], 60) == []
    assert tracker.notifications([bad], 120) == []
    assert tracker.failures("ready") == 1
    assert tracker.notifications([bad], 180) == [
        "FAILING https://send.example, ready: The site is not ready. (0.50 s)"
    ]
    assert tracker.notifications([bad], 240) == []
    assert tracker.notifications([good], 720) == [
        "RECOVERED https://send.example, ready: well again after 10 min, answered in 0.25 s."
    ]


def test_the_pages_are_driven_in_chromium(site: LiveSite, tmp_path: Path):
    done = monitor(tmp_path, "--url", site.url, "--once", "--browser")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "browser: well" in done.stdout


def test_without_playwright_a_sentence_says_what_to_install(site: LiveSite, tmp_path: Path):
    (tmp_path / "playwright.py").write_text("")
    done = monitor(tmp_path, "--url", site.url, "--once", "--browser", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "pip install playwright" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--url", "ftp://send.example"], "--url takes an origin"),
        (["--url", "https://send.example/d/abc"], "--url takes an origin"),
        (["--url", "http://send.example"], "Tokens are not sent in the clear"),
        (["--url", "https://send.example", "--every", "0"], "numbers above 0"),
        (["--url", "https://send.example", "--webhook", "nonsense"], "The webhook's address"),
        (
            ["--url", "https://send.example", "--webhook-file", "/nothing"],
            "--webhook-file: No such",
        ),
    ],
)
def test_what_can_not_be_done_is_said_at_once(tmp_path: Path, arguments: list[str], sentence: str):
    done = monitor(tmp_path, *arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
