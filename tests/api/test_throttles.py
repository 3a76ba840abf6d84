"""Who calls too often is told when to come back; nobody else notices."""

import pytest
from django.test import Client

from tests.actors import code_of
from transfers.models import Transfer

pytestmark = pytest.mark.django_db
OFFICE, HOME = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def rates(settings):
    """`rates(create="2/h")` changes rules for one test."""

    def change(**changed: str) -> None:
        settings.RATES = {**settings.RATES, **changed}

    return change


def create_from(address: str, **headers: str):
    return Client(headers=headers).post(
        "/transfers/create",
        {"file_size_bytes": 1},
        content_type="application/json",
        REMOTE_ADDR=address,
    )


def test_one_address_creates_so_many_and_another_is_not_held_up(rates):
    rates(create="2/h")

    statuses = [create_from(OFFICE).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert Transfer.objects.count() == 2
    assert create_from(HOME).status_code == 200


def test_a_refusal_says_when_the_window_ends(rates):
    rates(create="1/2s")
    create_from(OFFICE)
    refused = create_from(OFFICE)
    while refused.status_code == 200:  # the first call closed a window, this one opened the next
        refused = create_from(OFFICE)

    assert code_of(refused) == (429, "too_many_requests")
    assert refused["Cache-Control"] == "no-store"
    assert 1 <= int(refused["Retry-After"]) <= 2
