"""One contract, run on the filesystem and on a real S3 server."""

import os
from collections.abc import Iterator

import pytest

from tests.actors import Sender, fetch, put
from transfers.stores.base import StoreUnavailable, TransferStore, UploadGone, WrongLength
from transfers.tokens import new_transfer_id

FULL_BYTES = 5 * 2**20


@pytest.fixture
def transfer_id() -> str:
    return new_transfer_id()


def write(store: TransferStore, transfer_id: str, upload_id: str, index: int, body: bytes) -> None:
    store.write_part(transfer_id, upload_id, index, iter([body]), len(body), lambda: True)


def stored_object(store: TransferStore, transfer_id: str, *bodies: bytes) -> None:
    upload_id = store.begin(transfer_id)
    for index, body in enumerate(bodies):
        write(store, transfer_id, upload_id, index, body)
    store.complete(transfer_id, upload_id, store.list_parts(transfer_id, upload_id))


def test_there_is_no_object_before_completion(store, transfer_id):
    upload_id = store.begin(transfer_id)
    write(store, transfer_id, upload_id, 0, b"part")

    assert store.stat(transfer_id) is None
    assert not store.is_absent(transfer_id)


def test_an_object_reads_back_across_its_parts(store, transfer_id):
    bodies = os.urandom(FULL_BYTES), os.urandom(FULL_BYTES), b"last"
    stored_object(store, transfer_id, *bodies)
    whole = b"".join(bodies)

    assert store.stat(transfer_id) == len(whole)
    assert b"".join(store.read(transfer_id, 0, len(whole))) == whole
    middle = b"".join(store.read(transfer_id, FULL_BYTES - 5, FULL_BYTES + 8))
    assert middle == whole[FULL_BYTES - 5 :][: FULL_BYTES + 8]


@pytest.mark.django_db
def test_signed_urls_need_no_credentials_and_hold_the_length(store):
    sender = Sender(payload=b"nine byte")
    sender.create(file_size_bytes=9)
    url = sender.sign(0).json()["parts"][0]["url"]
    assert put(url, b"ten bytes!") in (403, 422)
    assert put(url, b"nine byte") == 200
    sender.complete()

    assert fetch(store.sign_download(sender.transfer_id), "bytes=2-4") == (206, b"ne ")


def test_a_part_replaces_the_one_before(store, transfer_id):
    upload_id = store.begin(transfer_id)
    write(store, transfer_id, upload_id, 0, b"first")
    write(store, transfer_id, upload_id, 0, b"again")

    assert [(p.index, p.size_bytes) for p in store.list_parts(transfer_id, upload_id)] == [(0, 5)]


def test_a_part_of_the_wrong_length_is_not_stored(store, transfer_id):
    upload_id = store.begin(transfer_id)
    for body in (b"short", b"far too long"):
        with pytest.raises(WrongLength):
            store.write_part(transfer_id, upload_id, 0, iter([body]), 8, lambda: True)
    assert store.list_parts(transfer_id, upload_id) == []


def test_a_body_that_breaks_off_leaves_nothing(store, transfer_id):
    upload_id = store.begin(transfer_id)

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises((ConnectionResetError, StoreUnavailable)):
        store.write_part(transfer_id, upload_id, 0, broken(), 8, lambda: True)
    assert store.list_parts(transfer_id, upload_id) == []


def test_a_part_that_is_no_longer_wanted_is_not_stored(store, transfer_id):
    upload_id = store.begin(transfer_id)
    with pytest.raises(UploadGone):
        store.write_part(transfer_id, upload_id, 0, iter([b"late"]), 4, lambda: False)
    assert store.list_parts(transfer_id, upload_id) == []


def test_an_ended_upload_takes_no_part_and_can_not_be_listed(store, transfer_id):
    upload_id = store.begin(transfer_id)
    write(store, transfer_id, upload_id, 0, b"part")
    parts = store.list_parts(transfer_id, upload_id)
    store.complete(transfer_id, upload_id, parts)

    with pytest.raises(UploadGone):
        write(store, transfer_id, upload_id, 1, b"late")
    with pytest.raises(UploadGone):
        store.list_parts(transfer_id, upload_id)
    assert store.stat(transfer_id) == 4


def test_abort_and_delete_leave_nothing_and_may_be_repeated(store, transfer_id):
    upload_id = store.begin(transfer_id)
    write(store, transfer_id, upload_id, 0, b"part")
    store.abort(transfer_id, upload_id)
    store.abort(transfer_id, upload_id)
    assert store.is_absent(transfer_id)

    stored_object(store, transfer_id, b"object")
    assert not store.is_absent(transfer_id)
    store.delete(transfer_id)
    store.delete(transfer_id)
    assert store.is_absent(transfer_id)
    assert store.stat(transfer_id) is None


def test_deleting_one_object_spares_its_neighbours(store, transfer_id):
    other = transfer_id[:-1] + ("0" if transfer_id[-1] != "0" else "1")
    stored_object(store, transfer_id, b"one")
    stored_object(store, other, b"other")
    store.delete(transfer_id)
    assert store.stat(other) == 5


def test_provisioning_twice_changes_nothing(store, transfer_id):
    stored_object(store, transfer_id, b"object")
    store.provision(["http://localhost:8000"])
    assert store.stat(transfer_id) == 6


def test_many_parts_are_all_listed(store, transfer_id):
    upload_id = store.begin(transfer_id)
    for index in range(1003):
        write(store, transfer_id, upload_id, index, b"%d" % index)
    listed = store.list_parts(transfer_id, upload_id)
    assert [part.index for part in listed] == list(range(1003))
