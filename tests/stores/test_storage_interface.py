"""The storage of each store does what Django's file storage API says, under its public names."""

import os
import pickle
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from tests.actors import fetch
from transfers.stores.base import TransferStore
from transfers.tokens import new_transfer_id


@pytest.fixture
def storage(store: TransferStore) -> Storage:
    assert store.storage is storages["ciphertext"]
    return store.storage


def test_what_is_saved_can_be_listed_opened_and_deleted(storage):
    body = os.urandom(3 * 2**20)
    assert not storage.exists("one")
    assert storage.save("one", ContentFile(body)) == "one"

    assert storage.exists("one")
    assert storage.size("one") == len(body)
    assert storage.listdir("") == ([], ["one"])
    assert abs(storage.get_modified_time("one") - datetime.now(UTC)) < timedelta(minutes=1)
    with storage.open("one") as file:
        assert (file.size, file.read()) == (len(body), body)
    storage.delete("one")
    storage.delete("one")
    assert not storage.exists("one")
    assert storage.listdir("") == ([], [])


def test_what_is_not_there_is_not_found(storage):
    with pytest.raises(FileNotFoundError):
        storage.size("nothing")
    with pytest.raises(FileNotFoundError):
        storage.open("nothing")


def test_nothing_is_overwritten(storage):
    storage.save("one", ContentFile(b"first"))
    other = storage.save("one", ContentFile(b"second"))
    assert other != "one"
    for name, body in (("one", b"first"), (other, b"second")):
        with storage.open(name) as file:
            assert file.read() == body


def test_names_stay_inside(storage):
    for name in ("../one", "objects/../../one"):
        with pytest.raises(SuspiciousOperation):
            storage.save(name, ContentFile(b"x"))


@pytest.mark.django_db
def test_the_address_of_an_object_serves_it_and_its_ranges(storage):
    name = storage.save(new_transfer_id(), ContentFile(b"nine byte"))
    assert fetch(storage.url(name, expire=60)) == (200, b"nine byte")
    assert fetch(storage.url(name), "bytes=2-4") == (206, b"ne ")
    assert fetch(storage.url(name).split("?")[0])[0] == 403


def test_an_upload_in_parts_is_one_file_of_the_storage(store, storage):
    name = new_transfer_id()
    bodies = [os.urandom(5 * 2**20), os.urandom(5 * 2**20), b"last"]
    upload_id = store.begin(name)
    for index, body in enumerate(bodies):
        store.write_part(name, upload_id, index, iter([body]), len(body), lambda: True)
    assert not storage.exists(name)
    store.complete(name, upload_id, store.list_parts(name, upload_id))

    whole = b"".join(bodies)
    assert storage.size(name) == len(whole)
    with storage.open(name) as file:
        assert file.read(9) == whole[:9]
        file.seek(5 * 2**20 - 2)
        assert file.read(4) == whole[5 * 2**20 - 2 :][:4]
        file.seek(-6, os.SEEK_END)
        assert file.read() == whole[-6:]


def test_a_saved_object_is_one_of_the_store(store, storage):
    name = storage.save(new_transfer_id(), ContentFile(b"nine byte"))
    assert store.stat(name) == 9
    assert b"".join(store.read(name, 2, 3)) == b"ne "
    assert [held.transfer_id for page in store.contents() for held in page] == [name]
    store.delete(name)
    assert not storage.exists(name)


def test_a_copy_of_the_storage_finds_the_same_objects(storage):
    """As when Django hands it to another process."""
    storage.save("one", ContentFile(b"x"))
    assert pickle.loads(pickle.dumps(storage)).size("one") == 1  # noqa: S301  our own


def test_all_threads_share_one_connection(on_s3):
    from transfers.stores import current_store

    connections = []
    storage = current_store().storage
    for _ in range(2):
        thread = threading.Thread(target=lambda: connections.append(storage.connection))
        thread.start()
        thread.join()
    assert connections == [storage.connection] * 2
