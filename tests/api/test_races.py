"""Limits under callers from several processes, at several server processes that share PostgreSQL
and Redis. All calls start at one barrier."""

import os
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.crowd import call_at_once
from harness.live_site import LiveSite
from harness.redis_server import Redis
from harness.waiting import wait_until
from sgraph_send.server.cleanup_process import SUPERVISOR_NAME
from tests.actors import Recipient, Sender
from tests.commands.http_calls import call
from tests.token_holders import issue, token_row, usage
from transfers.lifecycle.abuse import OPEN_REPORTS_MAX
from transfers.models import AbuseReport, Lease, Transfer
from transfers.tokens import encode_b64u

LIMIT = 10
SERVER_PROCESSES = 4


@pytest.fixture
def site(start_site: Callable[..., LiveSite], on_postgres: str, redis_server: Redis) -> LiveSite:
    """Several server processes on the database that this test looks into."""
    return start_site(
        DATABASE_URL=on_postgres,
        REDIS_URL=redis_server.url,
        SGRAPH_SEND__PROCESSES=str(SERVER_PROCESSES),
        SGRAPH_SEND__RATES="create=off,token=off,lease=off,report=off",
    )


def send(site: LiveSite, **changes: object) -> Recipient:
    """A whole transfer over HTTP; its recipient."""
    sender = Sender()
    created = call(site, "POST", "/transfers/create", sender.creation(**changes))
    sender.transfer_id = created["transfer_id"]
    path = f"{created['upload_url']}/sign"
    signed = call(site, "POST", path, {"parts": [0]}, **sender.owner_header)["parts"][0]
    put = urllib.request.Request(site.url + signed["url"], sender.payload, method="PUT")
    with urllib.request.urlopen(put, timeout=30):
        pass
    manifest = {"manifest": encode_b64u(sender.sealed_manifest)}
    path = f"/transfers/complete/{sender.transfer_id}"
    call(site, "POST", path, manifest, **sender.owner_header)
    return sender.recipient()


def lease_calls(recipients: list[Recipient]) -> list[tuple]:
    return [
        (
            f"/transfers/download/{each.transfer_id}/lease",
            {**each.proofs, "lease_token": each.lease_token},
            {},
        )
        for each in recipients
    ]


def worker_seconds(site: LiveSite) -> list[float]:
    """Processor time of each server process."""
    master = site.process.pid
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            is_cleanup = (entry / "comm").read_text().strip() == SUPERVISOR_NAME
        except OSError:
            continue
        if int(fields[1]) == master and not is_cleanup:
            ticks = int(fields[11]) + int(fields[12])
            found.append(ticks / os.sysconf("SC_CLK_TCK"))
    return found


def all_of(seconds: list[float]) -> list[float]:
    """Those, or none as long as server processes are missing: the first answers before the last
    is there."""
    return seconds if len(seconds) == SERVER_PROCESSES else []


def test_a_thousand_parallel_leases_take_exactly_the_ten_downloads_there_are(site):
    recipient = send(site, max_downloads=LIMIT)
    crowd = [
        Recipient(recipient.transfer_id, recipient.link_proof, recipient.proof) for _ in range(1000)
    ]
    before = wait_until(lambda: all_of(worker_seconds(site)), "every server process")

    answers = call_at_once(site.url, lease_calls(crowd))

    assert answers == {(200, ""): LIMIT, (410, "transfer_exhausted"): 1000 - LIMIT}
    assert Lease.objects.count() == LIMIT
    assert Transfer.objects.get().download_count == LIMIT
    worked = [after - then for then, after in zip(before, worker_seconds(site), strict=True)]
    assert len([seconds for seconds in worked if seconds > 0]) == SERVER_PROCESSES


def test_one_lease_token_sent_by_many_counts_once(site):
    recipient = send(site, max_downloads=5)
    answers = call_at_once(site.url, lease_calls([recipient] * 200))
    assert answers == {(200, ""): 200}
    assert Lease.objects.count() == 1
    assert Transfer.objects.get().download_count == 1


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_transfers": LIMIT}, "access_token_used_up"),
        ({"max_total_bytes": LIMIT * 46 + 45}, "access_token_bytes_exceeded"),
    ],
    ids=["transfers", "bytes"],
)
def test_parallel_creates_spend_a_token_exactly(site, limits, code):
    text = issue(**limits)
    creation = Sender().creation()
    assert creation["file_size_bytes"] == 46
    crowd = [("/transfers/create", creation, {"x-sgraph-access-token": text})] * 500

    answers = call_at_once(site.url, crowd)

    status = 413 if code == "access_token_bytes_exceeded" else 403
    assert answers == {(200, ""): LIMIT, (status, code): 500 - LIMIT}
    assert Transfer.objects.filter(access_token=token_row()).count() == LIMIT
    assert usage() == (LIMIT, LIMIT * 46)


def test_an_upload_aborted_and_deleted_by_many_gives_back_once(site):
    text = issue(max_transfers=LIMIT)
    senders = [Sender(access_token=text) for _ in range(5)]
    for sender in senders:
        body = sender.creation()
        created = call(site, "POST", "/transfers/create", body, **sender.access_header)
        sender.transfer_id = created["transfer_id"]
    kept, given_up = senders[:2], senders[2:]
    crowd = [
        (f"/transfers/upload/{sender.transfer_id}/abort", {}, sender.owner_header)
        for sender in given_up
        for _ in range(40)
    ]

    answers = call_at_once(site.url, crowd)

    assert not [status for status, _ in answers if status >= 500 or status == 0]
    assert usage() == (len(kept), len(kept) * 46)


def test_parallel_reports_of_a_transfer_fill_its_queue_exactly(site):
    recipient = send(site)
    crowd = [(f"/transfers/report/{recipient.transfer_id}", {"reason": "other"}, {})] * 200

    answers = call_at_once(site.url, crowd)

    assert answers == {(200, ""): 200}
    assert AbuseReport.objects.count() == OPEN_REPORTS_MAX
