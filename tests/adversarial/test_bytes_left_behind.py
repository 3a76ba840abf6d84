"""Bytes that stay although nobody counts them, or come although they were deleted."""

from collections.abc import Iterator

import pytest
from django.conf import settings as configured
from django.test import Client

from tests.actors import MIB, Sender, code_of
from tests.clock import let_pass
from transfers import limits
from transfers.maintenance import cleanup
from transfers.models import State, Transfer
from transfers.stores import current_store
from transfers.stores.base import StoreUnavailable, UploadGone

pytestmark = pytest.mark.django_db
HOUR = 3600


def state_of(sender: Sender) -> str:
    return Transfer.objects.get(pk=sender.transfer_id).state


def test_parts_that_come_in_while_an_upload_is_joined_leave_no_bytes():
    """A sender completes while many more tries of a part are under way: 5 GiB each, for ever."""
    sender = Sender()
    sender.create()
    sender.upload()
    upload_id = Transfer.objects.get(pk=sender.transfer_id).multipart_id
    store = current_store()

    def slow_body() -> Iterator[bytes]:
        yield sender.payload[:9]
        assert sender.complete().status_code == 200
        yield sender.payload[9:]

    with pytest.raises(UploadGone):
        store.write_part(
            sender.transfer_id, upload_id, 0, slow_body(), len(sender.payload), lambda: True
        )

    files = [path for path in configured.LOCAL_STORE_DIR.rglob("*/*/*") if path.is_file()]
    assert [path.name for path in files] == ["00000"]
    assert sender.recipient().download() == sender.payload


def test_of_many_tries_of_a_part_at_once_the_last_alone_keeps_bytes():
    """Each try may hold a part's bytes on the disk: forty of them are forty times the quota."""
    sender = Sender()
    sender.create()
    upload_id = Transfer.objects.get(pk=sender.transfer_id).multipart_id
    store, size = current_store(), len(sender.payload)

    def write(chunks: Iterator[bytes]) -> None:
        store.write_part(sender.transfer_id, upload_id, 0, chunks, size, lambda: True)

    def slow_body(others: int) -> Iterator[bytes]:
        yield sender.payload[:9]
        if others:
            with pytest.raises(StoreUnavailable):
                write(slow_body(others - 1))
        else:
            drafts = [path.name for path in configured.LOCAL_STORE_DIR.rglob(".0*")]
            assert len(drafts) == 1
            write(iter([sender.payload]))
        yield sender.payload[9:]

    with pytest.raises(StoreUnavailable):
        write(slow_body(5))

    assert not list(configured.LOCAL_STORE_DIR.rglob(".0*"))
    assert sender.complete().status_code == 200
    assert sender.recipient().download() == sender.payload


def test_a_deletion_cuts_off_whoever_is_in_the_middle_of_a_part():
    """A reader who takes a part slowly enough would have it, and the disk keep it, for hours."""
    sender = Sender(payload=bytes(5 * MIB)).send()
    reading = Client().get(sender.recipient().lease().json()["url"])
    chunks = iter(reading.streaming_content)
    taken_bytes = len(next(chunks))

    assert sender.delete().json()["state"] == "deleted"

    with pytest.raises(StoreUnavailable):
        taken_bytes += sum(len(chunk) for chunk in chunks)
    reading.close()
    assert taken_bytes < MIB


def test_an_upload_that_is_only_kept_alive_ends(store):
    """Neither expiry nor a limit holds for bytes that never become a transfer."""
    sender = Sender(payload=bytes(5 * MIB + 9))
    sender.create(expires_in_seconds=HOUR)
    sender.upload(0)
    passed_hours = 0
    while (passed_hours + 23) * HOUR < limits.UPLOAD_MAX_SECONDS:
        let_pass(hours=23)
        passed_hours += 23
        cleanup.run()
        assert sender.sign(0).status_code == 200

    let_pass(hours=23)
    cleanup.run()

    assert code_of(sender.sign(0)) == (404, "transfer_not_found")
    assert state_of(sender) == State.DELETED
    assert store.is_absent(sender.transfer_id)


def test_an_operator_who_lets_uploads_rest_for_longer_lets_them_last_as_long(settings):
    settings.ABANDONED_AFTER_SECONDS = 30 * 24 * HOUR
    sender = Sender()
    sender.create()
    let_pass(days=29)
    cleanup.run()
    assert state_of(sender) == State.PENDING
    let_pass(days=1)
    cleanup.run()
    assert state_of(sender) == State.DELETED
