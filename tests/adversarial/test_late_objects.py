"""An object that comes to be after the deletion of its transfer has looked for it."""

import pytest

from tests.actors import Sender, code_of
from transfers.lifecycle import abuse
from transfers.models import State, Transfer
from transfers.stores import current_store

pytestmark = pytest.mark.django_db


def test_an_object_joined_after_the_takedown_looked_is_deleted(settings, monkeypatch, tmp_path):
    """A store that is joining shows neither upload nor object, and an abort no longer stops it."""
    sender = Sender()
    sender.create()
    sender.upload()
    store = current_store()
    complete = store.complete
    [uploads] = settings.LOCAL_STORE_DIR.glob(f"uploads/*/{sender.transfer_id}")

    def join_late(transfer_id: str, *upload: object) -> None:
        uploads.rename(tmp_path / "being joined")
        state = abuse.take_down(Transfer.objects.get(pk=transfer_id), None)
        assert state == State.DELETED
        (tmp_path / "being joined").rename(uploads)
        complete(transfer_id, *upload)
        assert store.stat(transfer_id) == len(sender.payload)

    monkeypatch.setattr(store, "complete", join_late)
    answer = sender.complete()

    assert code_of(answer) == (409, "transfer_not_pending")
    assert store.is_absent(sender.transfer_id)
    assert Transfer.objects.get().state == State.DELETED
