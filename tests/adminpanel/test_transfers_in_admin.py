"""Operators see transfers in Django admin, and can change nothing there."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.actors import Sender
from transfers.models import Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    return client


def test_operator_finds_a_transfer_by_its_id(operator):
    wanted, other = Sender().send(), Sender().send()
    page = operator.get("/admin/transfers/transfer/", {"q": wanted.transfer_id})
    assert wanted.transfer_id in page.text
    assert other.transfer_id not in page.text


def test_operator_filters_by_state(operator):
    done, begun = Sender().send(), Sender()
    begun.create()
    page = operator.get("/admin/transfers/transfer/", {"state__exact": "pending"})
    assert begun.transfer_id in page.text
    assert done.transfer_id not in page.text


def test_operator_sees_no_hash_and_no_handle_of_the_store(operator):
    sender = Sender().send()
    page = operator.get(f"/admin/transfers/transfer/{sender.transfer_id}/change/")
    assert page.status_code == 200
    assert "Payload bytes" in page.text
    for hidden in ("proof", "owner token", "multipart", "envelope"):
        assert hidden not in page.text.lower()


def test_operator_can_not_add_change_or_delete(operator):
    sender = Sender().send()
    row = Transfer.objects.values().get()
    base = "/admin/transfers/transfer/"
    assert operator.get(f"{base}add/").status_code == 403
    assert (
        operator.post(f"{base}{sender.transfer_id}/change/", {"state": "deleted"}).status_code
        == 403
    )
    assert operator.post(f"{base}{sender.transfer_id}/delete/", {"post": "yes"}).status_code == 403
    operator.post(base, {"action": "delete_selected", "_selected_action": [sender.transfer_id]})
    assert Transfer.objects.values().get() == row


def test_stranger_is_sent_to_the_login():
    response = Client().get("/admin/transfers/transfer/")
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")
