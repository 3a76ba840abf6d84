"""What comes to be in the store after the deletion of its transfer has looked for it."""

import pytest

from tests.actors import Sender, code_of
from tests.token_holders import issue
from transfers.access import access_tokens
from transfers.lifecycle import abuse
from transfers.maintenance import cleanup
from transfers.models import AccessToken, State, Transfer
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


def test_an_upload_begun_after_its_token_was_revoked_leaves_nothing_in_the_store(monkeypatch):
    sender = Sender(access_token=issue())
    store = current_store()
    begin = store.begin

    def begin_late(transfer_id: str) -> str:
        access_tokens.revoke(AccessToken.objects.all())
        assert cleanup.run().deleted == 1
        return begin(transfer_id)

    monkeypatch.setattr(store, "begin", begin_late)
    assert code_of(sender.create()) == (403, "access_token_revoked")

    row = Transfer.objects.get()
    assert (row.state, row.multipart_id) == (State.DELETED, "")
    assert store.is_absent(row.pk)
