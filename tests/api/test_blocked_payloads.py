"""What it costs to tell that an upload is no blocked payload: its length, then its beginning."""

import os
from collections.abc import Iterator
from functools import wraps

import pytest

from tests.actors import MIB, Sender, code_of
from transfers.lifecycle import abuse
from transfers.models import BlockedPayload, Transfer
from transfers.stores.base import TransferStore

pytestmark = pytest.mark.django_db

BEGINNING = 64 * 2**10
# Not even its first byte is that of the zeros that stand for other payloads.
BLOCKED = b"x" + os.urandom(BEGINNING - 1) + bytes(MIB)


@pytest.fixture
def reads(store: TransferStore, monkeypatch) -> list[tuple[int, int, int]]:
    """Each read of an object: where it began, what was asked for, and how many bytes came."""
    noted: list[tuple[int, int, int]] = []
    read = store.read

    @wraps(read)
    def noting(transfer_id: str, start: int, length_bytes: int) -> Iterator[bytes]:
        came = 0
        for chunk in read(transfer_id, start, length_bytes):
            came += len(chunk)
            yield chunk
        noted.append((start, length_bytes, came))

    monkeypatch.setattr(store, "read", noting)
    return noted


@pytest.fixture
def ranges_on_the_wire(store: TransferStore) -> Iterator[list[str]]:
    """The Range of every GET that leaves for S3; the local store has no wire."""
    asked: list[str] = []
    if store.kind == "local":
        yield asked
        return
    events = store.client.meta.events

    def note(request, **_: object) -> None:
        asked.append(request.headers["Range"].decode())

    events.register("before-send.s3.GetObject", note)
    yield asked
    events.unregister("before-send.s3.GetObject", note)


@pytest.fixture
def blocked(reads: list, ranges_on_the_wire: list) -> BlockedPayload:
    first = Sender(payload=BLOCKED).send()
    abuse.take_down(Transfer.objects.get(pk=first.transfer_id), None, block=True)
    assert reads == [(0, len(BLOCKED), len(BLOCKED))]
    reads.clear()
    ranges_on_the_wire.clear()
    return BlockedPayload.objects.get()


def completed(payload: bytes) -> tuple[int, str]:
    sender = Sender(payload=payload)
    sender.create()
    sender.upload()
    answer = sender.complete()
    return (200, "") if answer.status_code == 200 else code_of(answer)


def test_of_other_bytes_of_the_same_length_only_the_beginning_is_read(
    store, blocked, reads, ranges_on_the_wire
):
    for _ in range(3):
        assert completed(os.urandom(BEGINNING) + BLOCKED[BEGINNING:]) == (200, "")

    assert reads == [(0, BEGINNING, BEGINNING)] * 3
    if store.kind == "s3":
        assert ranges_on_the_wire == [f"bytes=0-{BEGINNING - 1}"] * 3


def test_of_another_length_nothing_is_read(store, blocked, reads, ranges_on_the_wire):
    assert completed(BLOCKED + b"x") == (200, "")
    assert completed(BLOCKED[:BEGINNING]) == (200, "")
    assert (reads, ranges_on_the_wire) == ([], [])


def test_the_same_beginning_before_another_end_is_read_whole_and_welcome(store, blocked, reads):
    assert completed(BLOCKED[:-1] + b"x") == (200, "")
    assert [length for _, length, _ in reads] == [BEGINNING, len(BLOCKED)]


def test_the_blocked_bytes_themselves_are_refused(store, blocked, reads):
    assert completed(BLOCKED) == (403, "payload_blocked")
    assert [length for _, length, _ in reads] == [BEGINNING, len(BLOCKED)]


def test_a_block_of_before_there_were_beginnings_still_holds(store, blocked, reads):
    BlockedPayload.objects.update(beginning_sha256=None)
    assert completed(BLOCKED[:-1] + b"x") == (200, "")
    assert completed(BLOCKED) == (403, "payload_blocked")
    assert [length for _, length, _ in reads] == [len(BLOCKED)] * 2


@pytest.mark.parametrize("size", [1, BEGINNING - 1, BEGINNING])
def test_a_payload_that_is_all_beginning_is_read_once(reads, size: int):
    short = Sender(payload=BLOCKED[:size]).send()
    abuse.take_down(Transfer.objects.get(pk=short.transfer_id), None, block=True)
    kept = BlockedPayload.objects.get()
    assert bytes(kept.beginning_sha256) == bytes(kept.payload_sha256)
    reads.clear()

    assert completed(BLOCKED[:size]) == (403, "payload_blocked")
    assert completed(bytes(size)) == (200, "")
    assert reads == [(0, size, size)] * 2
