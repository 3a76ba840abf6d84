"""Every command of every runbook, run as printed, on a site with a real S3 and a certificate."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.certificate import self_signed
from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from harness.tls_proxy import TlsProxy
from harness.waiting import wait_until
from tests.monitoring import shipped
from tests.monitoring.command_blocks import blocks_of, run

RUNBOOKS = sorted(path.name for path in shipped.RUNBOOKS.glob("*.md") if path.stem != "exercise")
SECTIONS = ["How to check", "How to fix", "How to prevent"]
METRICS_TOKEN = "made-up-for-tests-only"
# What a block must have printed, beside having ended well: regular expressions.
PRINTED = {
    "down.md": ['"ok"'],
    "cleanup-late.md": [" cleanup ", "deleted: ", "seconds ago"],
    "certificate-expiry.md": ["notAfter=", "Certificate will expire"],
    "database-failing.md": ["answers", "the tables are up to date"],
    "deletion-lag.md": ["would be closed", "0 wait", "deleted: "],
    "proof-failure-surge.md": ["sgraph_send_proof_failures_total"],
    "slow.md": [r"process \d+\.\d+ s", " s {"],
    "store-failing.md": ["sgraph_send_store_up", "Bucket "],
    "storage-growth.md": ["sgraph_send_stored_bytes", "is revoked"],
}


@pytest.fixture(scope="module")
def site(start_site_for_session: Callable[..., LiveSite], seaweed: SeaweedS3) -> Iterator[LiveSite]:
    running = start_site_for_session(
        **seaweed.environment,
        SGRAPH_SEND__S3_BUCKET="runbooks",
        SGRAPH_SEND__METRICS_TOKEN=METRICS_TOKEN,
        SGRAPH_SEND__CLEANUP_EVERY_SECONDS="2",
        SGRAPH_SEND__RATES="create=60/m",
    )
    wait_until(lambda: "cleanup_last_success" in metrics_of(running), "a first pass of cleanup")
    yield running
    running.stop()


def metrics_of(site: LiveSite) -> str:
    request = urllib.request.Request(
        f"{site.url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def operator(site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment that docs/runbooks/README.md asks for."""
    proxy = TlsProxy(
        self_signed(tmp_path_factory.mktemp("certificate")), int(site.url.rsplit(":", 1)[1])
    )
    request_id, transfer_id = "runbook-0123456789", begun_transfer(site)
    token = site.manage("create_access_token", "Press office", "--quiet").stdout.strip()
    with urllib.request.urlopen(
        urllib.request.Request(f"{site.url}/info/config", headers={"X-Request-Id": request_id})
    ):
        yield site.environment | {
            "SITE": site.url,
            "DATA": str(site.data_folder),
            "LOG": str(site.log_path),
            "METRICS_TOKEN": METRICS_TOKEN,
            "PUBLIC_HOST": proxy.url.removeprefix("https://"),
            "TRANSFER": transfer_id,
            "TOKEN_PREFIX": prefix_of(site, token),
            "REQUEST_ID": request_id,
            # The width of a usual terminal, at which some programs cut what they print.
            "COLUMNS": "80",
        }
    proxy.stop()


def begun_transfer(site: LiveSite) -> str:
    body = json.dumps({"file_size_bytes": 5}).encode()
    request = urllib.request.Request(
        f"{site.url}/transfers/create", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["transfer_id"]


def prefix_of(site: LiveSite, token: str) -> str:
    listed = site.manage("list_access_tokens").stdout.splitlines()[1:]
    return next(line.split()[0] for line in listed if line.split()[0] in token)


@pytest.mark.parametrize("name", RUNBOOKS)
def test_the_commands_run_as_printed(name: str, operator: dict[str, str]):
    printed = "".join(run(block, operator) for block in blocks_of(shipped.RUNBOOKS / name))

    assert [words for words in PRINTED.get(name, []) if not re.search(words, printed)] == []
    assert "Traceback" not in printed


@pytest.mark.parametrize("name", [name for name in RUNBOOKS if name != "README.md"])
def test_a_runbook_says_what_to_know_in_the_same_order(name: str):
    text = (shipped.RUNBOOKS / name).read_text()

    assert text.startswith(f"# {alert_of(name)}: ")
    assert text.index("\n**Symptom.** ") < text.index("\n**Impact.** ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


def alert_of(name: str) -> str:
    return next(
        rule["alert"] for rule in shipped.rules() if shipped.runbook_of(rule["alert"]) == name
    )


def test_the_index_names_every_alert_with_its_severities():
    listed = re.findall(
        r"^\| \[(\w+)\]\(([\w-]+\.md)\) \| ([\w, ]+) \|",
        (shipped.RUNBOOKS / "README.md").read_text(),
        re.MULTILINE,
    )
    severities: dict[str, set[str]] = {}
    for rule in shipped.rules():
        severities.setdefault(rule["alert"], set()).add(rule["labels"]["severity"])

    assert {alert: set(words.split(", ")) for alert, _, words in listed} == severities
    assert all(file == shipped.runbook_of(alert) for alert, file, _ in listed)


def test_a_failing_command_is_noticed(tmp_path: Path):
    document = tmp_path / "wrong.md"
    document.write_text("```sh\nfalse | cat\n```\n")

    with pytest.raises(AssertionError, match="ended with 1"):
        run(blocks_of(document)[0], {})
