"""A store that does other than it is asked costs no more than it should, and is not believed."""

from collections.abc import Iterator

import pytest

from tests.actors import MIB, Sender, code_of
from transfers.lifecycle import abuse, blocked_payloads
from transfers.models import Transfer
from transfers.stores import current_store
from transfers.stores.base import StoreUnavailable

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranges_ignored(on_s3) -> Iterator[None]:
    """Every GET is answered with the whole object."""
    store = current_store()
    store.provision(["http://testserver.localhost"])
    events = store.client.meta.events

    def forget_range(request, **_: object) -> None:
        del request.headers["Range"]

    events.register("before-sign.s3.GetObject", forget_range)
    yield
    events.unregister("before-sign.s3.GetObject", forget_range)


def test_whole_objects_in_place_of_a_range_are_neither_read_nor_believed(ranges_ignored):
    first = Sender(payload=bytes(MIB)).send()
    abuse.take_down(Transfer.objects.get(pk=first.transfer_id), None, block=True)
    again = Sender(payload=b"x" * MIB)
    again.create()
    again.upload()

    assert code_of(again.complete()) == (503, "store_unavailable")
    reading = current_store().read(again.transfer_id, 0, blocked_payloads.BEGINNING_BYTES)
    with pytest.raises(StoreUnavailable):
        next(reading)
    assert Transfer.objects.get(pk=again.transfer_id).state == "completing"
