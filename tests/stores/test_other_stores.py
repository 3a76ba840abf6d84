"""Stores that are not what the rows remember, and buckets that keep old versions."""

import pytest

from tests.actors import Sender, code_of, fetch, get, post, put
from tests.store_settings import forget_stores
from transfers.lifecycle import deletion, uploads
from transfers.models import State, Transfer
from transfers.stores import current_store, local_identity
from transfers.stores.base import StoreUnavailable


@pytest.mark.django_db
def test_a_row_is_not_settled_against_another_local_folder(settings, tmp_path):
    sender = Sender().send()
    deletion.close(Transfer.objects.all(), "owner")
    first = settings.LOCAL_STORE_DIR
    settings.LOCAL_STORE_DIR = tmp_path / "not mounted here"
    forget_stores()
    current_store()

    with pytest.raises(StoreUnavailable):
        deletion.erase(Transfer.objects.get())
    assert Transfer.objects.get().state == State.DELETING

    settings.LOCAL_STORE_DIR = first
    forget_stores()
    assert deletion.erase(Transfer.objects.get())
    assert current_store().is_absent(sender.transfer_id)


@pytest.mark.django_db
def test_a_local_store_that_is_away_is_away_and_none_is_made_in_its_place(settings, tmp_path):
    sender, uploading = Sender().send(), Sender()
    uploading.create()
    (signed,) = uploading.sign(0).json()["parts"]
    url = sender.recipient().lease().json()["url"]
    root = settings.LOCAL_STORE_DIR
    root.rename(tmp_path / "not mounted")

    for _ in ("the process that runs", "one that starts now"):
        with pytest.raises(StoreUnavailable):
            current_store().require_answer()
        assert code_of(Sender().create()) == (503, "store_unavailable")
        assert code_of(get(url)) == (503, "store_unavailable")
        assert put(signed["url"], uploading.payload) == 503
        forget_stores()
    assert not root.exists()

    root.mkdir()
    (root / "store_id").write_text("another")
    with pytest.raises(StoreUnavailable):
        current_store().require_answer()
    assert code_of(Sender().create()) == (503, "store_unavailable")
    with pytest.raises(StoreUnavailable):
        list(current_store().contents())

    (root / "store_id").unlink()
    root.rmdir()
    (tmp_path / "not mounted").rename(root)
    current_store().require_answer()
    assert fetch(url) == (200, sender.payload)
    assert put(signed["url"], uploading.payload) == 200


@pytest.mark.django_db
def test_a_local_store_of_before_is_known_from_its_first_use(settings, tmp_path):
    sender = Sender().send()
    known = local_identity.kept_beside(settings.LOCAL_STORE_DIR)
    known.unlink()
    forget_stores()

    assert sender.recipient().download() == sender.payload
    current_store()
    assert known.read_text() == Transfer.objects.get().bucket


@pytest.mark.django_db
def test_an_upload_that_no_row_knows_of_goes_with_the_transfer(store):
    sender = Sender()
    sender.create()
    store.begin(sender.transfer_id)

    assert sender.abort().json()["state"] == "deleted"
    assert store.is_absent(sender.transfer_id)


@pytest.mark.django_db
def test_a_bucket_with_versions_is_emptied_of_all_of_them(on_s3):
    store = current_store()
    store.provision(["http://localhost:8000"])
    store.client.put_bucket_versioning(
        Bucket=store.bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    sender = Sender().send()

    assert sender.delete().json()["state"] == "deleted"
    assert store.is_absent(sender.transfer_id)


@pytest.mark.usefixtures("on_postgres")
def test_bytes_that_a_database_refuses_are_refused_before():
    assert code_of(get("/transfers/info/%00")) == (404, "transfer_not_found")
    typed = post("/transfers/create", {"file_size_bytes": 1, "content_type_hint": "a\x00b"})
    assert code_of(typed) == (422, "invalid_request")


@pytest.mark.django_db
def test_an_object_that_appears_while_its_transfer_is_deleted_goes_too(store, monkeypatch):
    sender = Sender()
    sender.create()
    sender.upload()
    opened = uploads.store_of(Transfer.objects.get())
    real_complete = opened.complete

    def deleted_meanwhile(transfer_id, upload_id, parts):
        Transfer.objects.update(state=State.DELETED)
        real_complete(transfer_id, upload_id, parts)

    monkeypatch.setattr(opened, "complete", deleted_meanwhile)
    assert code_of(sender.complete()) == (409, "transfer_not_pending")
    assert store.is_absent(sender.transfer_id)
