"""Slots for bodies: who makes progress keeps one, who makes none is evicted."""

import socket
import threading
from collections.abc import Iterator

import pytest

from transfers.api.body_slots import BodySlots, Slot
from transfers.errors import Unavailable

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    here, there = socket.socketpair()
    here.settimeout(30)
    with here, there:
        yield here, there


def take(slots: BodySlots, connection: socket.socket | None = None, seconds: float = 3600) -> Slot:
    return slots.take(connection, is_sending=True, progress_seconds=seconds)


def test_who_makes_progress_keeps_the_slot(pair: Pair):
    slots = BodySlots(1, evictable_seconds=3600)
    take(slots, pair[0])
    with pytest.raises(Unavailable):
        take(slots)
    assert pair[0].send(b"x") == 1


def test_who_stalls_is_evicted_and_the_next_gets_the_slot(pair: Pair):
    slots = BodySlots(1, evictable_seconds=0)
    stalled = take(slots, pair[0])

    def release_when_told() -> None:
        pair[0].recv(1)
        stalled.release()

    releasing = threading.Thread(target=release_when_told)
    releasing.start()
    take(slots)
    releasing.join()
    assert pair[1].recv(1) == b""


def test_a_released_slot_costs_its_connection_nothing(pair: Pair):
    slots = BodySlots(1, evictable_seconds=0)
    take(slots, pair[0]).release()
    take(slots)
    with pytest.raises(Unavailable):
        take(slots)
    assert pair[0].send(b"x") == 1


def test_who_makes_no_progress_is_ended_although_nobody_waits(pair: Pair):
    take(BodySlots(2, evictable_seconds=3600), pair[0], seconds=0)
    assert pair[0].recv(1) == b""
