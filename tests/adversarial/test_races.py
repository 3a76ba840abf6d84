"""One transfer ended, changed and fetched by many at the same moment, at several server processes.

Whatever the order, rows and store agree when the dust has settled, and nobody saw a failure of ours
other than a 503 that says when to come back.
"""

import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.live_site import LiveSite
from harness.redis_server import Redis
from tests.actors import Recipient, Sender, random_secret
from tests.commands.http_calls import call
from tests.token_holders import issue
from transfers.access import access_tokens
from transfers.lifecycle import abuse
from transfers.maintenance import cleanup
from transfers.models import AccessToken, Lease, State, Transfer
from transfers.tokens import encode_b64u

Call = Callable[[], int]


@pytest.fixture
def site(
    start_site: Callable[..., LiveSite], on_postgres: str, redis_server: Redis, settings
) -> LiveSite:
    """Four server processes on the database and in the store that this test looks into."""
    from tests.store_settings import forget_stores

    site = start_site(
        DATABASE_URL=on_postgres,
        REDIS_URL=redis_server.url,
        SGRAPH_SEND__PROCESSES="4",
        SGRAPH_SEND__RATES="off",
        SGRAPH_SEND__CLEANUP_EVERY_SECONDS="1",
    )
    settings.LOCAL_STORE_DIR = site.data_folder / "store"
    forget_stores()
    return site


def ask(site: LiveSite, method: str, path: str, body: object = None, **headers: str) -> int:
    """The status; a 503 that does not say when to come back counts as a 500."""
    try:
        call(site, method, path, body, **headers)
    except urllib.error.HTTPError as refusal:
        with refusal:
            is_told_when = refusal.headers["Retry-After"] is not None
            return refusal.code if refusal.code != 503 or is_told_when else 500
    return 200


def send_bytes(url: str, body: bytes | None) -> int:
    request = urllib.request.Request(url, body, method="PUT" if body else "GET")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def at_once(calls: list[Call]) -> Counter[int]:
    """How often each status came back; all calls start at one barrier."""
    barrier = threading.Barrier(len(calls))

    def run(each: Call) -> int:
        barrier.wait()
        return each()

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = Counter(pool.map(run, calls))
    assert not [status for status in answers if status >= 500 and status != 503], answers
    return answers


def begin(site: LiveSite, access_token: str = "", **terms: object) -> tuple[Sender, str]:
    """A transfer without its bytes, and the URL of its only part."""
    sender = Sender(access_token=access_token)
    created = call(
        site, "POST", "/transfers/create", sender.creation(**terms), **sender.access_header
    )
    sender.transfer_id = created["transfer_id"]
    path = f"{created['upload_url']}/sign"
    signed = call(site, "POST", path, {"parts": [0]}, **sender.owner_header)
    return sender, site.url + signed["parts"][0]["url"]


def completion(site: LiveSite, sender: Sender) -> Call:
    body = {"manifest": encode_b64u(sender.sealed_manifest)}
    path = f"/transfers/complete/{sender.transfer_id}"
    return lambda: ask(site, "POST", path, body, **sender.owner_header)


def leasing(site: LiveSite, sender: Sender) -> Call:
    recipient = Recipient(sender.transfer_id, sender.link_proof, sender.proof)
    body = recipient.proofs | {"lease_token": random_secret()}
    return lambda: ask(site, "POST", f"/transfers/download/{sender.transfer_id}/lease", body)


def managing(site: LiveSite, sender: Sender, method: str, path: str = "", body=None) -> Call:
    where = f"/transfers/manage/{sender.transfer_id}{path}"
    return lambda: ask(site, method, where, body, **sender.owner_header)


def taking_down(sender: Sender) -> Call:
    def take_down() -> int:
        from django.db import connection

        try:
            abuse.take_down(Transfer.objects.get(pk=sender.transfer_id), None)
        finally:
            connection.close()
        return 0

    return take_down


def cleaning() -> Call:
    def clean_up() -> int:
        from django.db import connection

        try:
            assert cleanup.run().failed == 0
        finally:
            connection.close()
        return 0

    return clean_up


def send(site: LiveSite, **terms: object) -> Sender:
    sender, url = begin(site, **terms)
    assert send_bytes(url, sender.payload) == 200
    assert completion(site, sender)() == 200
    return sender


def require_settled(site: LiveSite) -> None:
    """Rows and store agree: an object for each completed transfer, for all others none."""
    cleanup.run()
    store = site.data_folder / "store"
    objects = {path.name for path in (store / "objects").glob("*/*")}
    rows = Transfer.objects.all()
    assert objects == {row.pk for row in rows if row.state == State.COMPLETED}
    uploads = {path.name for path in (store / "uploads").glob("*/*")}
    assert uploads <= {row.pk for row in rows if row.state == State.PENDING}
    assert {row.state for row in rows} <= {State.COMPLETED, State.PENDING, State.DELETED}
    for row in rows:
        if row.state == State.COMPLETED:
            assert row.download_count == row.leases.count()
            assert row.max_downloads is None or row.download_count <= row.max_downloads
        else:
            assert not row.leases.exists()
    assert not list(Path(store).rglob(".0*"))
    assert "unhandled error" not in site.log


def test_a_deletion_among_downloads_leaves_no_byte_and_no_lease(site):
    sender = send(site, max_downloads=None)
    url = (
        site.url
        + call(
            site,
            "POST",
            f"/transfers/download/{sender.transfer_id}/lease",
            sender.recipient().proofs | {"lease_token": random_secret()},
        )["url"]
    )
    reads = [lambda: send_bytes(url, None)] * 8
    deletions = [managing(site, sender, "DELETE")] * 4
    answers = at_once([*reads, *deletions, *[leasing(site, sender) for _ in range(12)]])

    assert set(answers) <= {200, 202, 404, 503}
    require_settled(site)
    assert Transfer.objects.get().state == State.DELETED
    assert not Lease.objects.exists()


def test_terms_that_change_among_leases_are_never_passed(site):
    sender = send(site, max_downloads=100)
    changes = [managing(site, sender, "PATCH", "", {"max_downloads": n}) for n in (1, 2, 3, 4, 5)]
    answers = at_once(
        [
            *[leasing(site, sender) for _ in range(16)],
            *changes,
            managing(site, sender, "POST", "/revoke"),
        ]
    )

    assert set(answers) <= {200, 409, 410}
    row = Transfer.objects.get()
    assert row.download_count == Lease.objects.count() <= row.max_downloads
    require_settled(site)


def test_a_takedown_during_completion_leaves_no_object(site):
    for _ in range(8):
        sender, url = begin(site)
        assert send_bytes(url, sender.payload) == 200
        answers = at_once([completion(site, sender)] * 4 + [taking_down(sender)] * 2)
        assert set(answers) <= {0, 200, 404, 409, 410, 503}
        assert Transfer.objects.get(pk=sender.transfer_id).state == State.DELETED
        require_settled(site)


def test_a_token_revoked_during_uploads_stops_them_all(site):
    text = issue()
    begun = [begin(site, text) for _ in range(8)]
    calls = [completion(site, sender) for sender, _ in begun]
    puts = [lambda url=url, sender=sender: send_bytes(url, sender.payload) for sender, url in begun]

    def revoke() -> int:
        from django.db import connection

        access_tokens.revoke(AccessToken.objects.all())
        connection.close()
        return 0

    answers = at_once([*puts, *calls, revoke])

    # The site's cleanup may have ended an upload that a completion was about to look up (404).
    assert set(answers) <= {0, 200, 403, 404, 409, 503}
    for sender, _ in begun:
        assert completion(site, sender)() == 403
    creation = Sender(access_token=text)
    assert (
        ask(site, "POST", "/transfers/create", creation.creation(), **creation.access_header) == 403
    )
    require_settled(site)


def test_cleanup_in_the_middle_of_everything_harms_nobody(site):
    for _ in range(3):
        kept, used_up, deleted = send(site), send(site, max_downloads=3), send(site)
        fresh, url = begin(site)
        calls = [leasing(site, kept) for _ in range(4)]
        calls += [leasing(site, used_up) for _ in range(6)]
        calls += [managing(site, deleted, "DELETE")] * 2
        calls += [lambda url=url, fresh=fresh: send_bytes(url, fresh.payload)]
        calls += [completion(site, fresh)] * 3
        calls += [cleaning()] * 4
        answers = at_once(calls)
        assert set(answers) <= {0, 200, 202, 404, 409, 410, 503}
        assert Transfer.objects.get(pk=kept.transfer_id).download_count >= 1
        assert Transfer.objects.get(pk=used_up.transfer_id).download_count == 3
        assert completion(site, fresh)() == 200
        require_settled(site)
