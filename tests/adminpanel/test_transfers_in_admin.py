"""Operators find transfers in Django admin, end them or extend them, and edit nothing."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminpanel.models import AuditEntry
from adminpanel.roles import Role
from tests.actors import Sender, code_of
from tests.adminpanel.operators import signed_in
from tests.clock import let_pass, now_is_past_every_lease
from transfers.maintenance import cleanup
from transfers.models import State, Transfer, TransferEvent

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


def test_an_empty_list_says_whether_nothing_is_there_or_nothing_was_found(operator):
    assert "Nothing is here yet." in operator.get("/admin/transfers/transfer/").text
    Sender().send()
    found = operator.get("/admin/transfers/transfer/", {"q": "another"}).text
    assert "Nothing was found." in found
    assert "Nothing is here yet." not in found
    filtered = operator.get("/admin/transfers/transfer/", {"state__exact": "pending"}).text
    assert "Nothing was found." in filtered


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
    for hidden in ("proof hash", "owner token", "multipart", "envelope", "content type"):
        assert hidden not in page.text.lower()
    row = Transfer.objects.get()
    for secret in (row.proof_hash, row.link_proof_hash, row.owner_token_hash):
        assert bytes(secret).hex() not in page.text
        assert str(bytes(secret)) not in page.text


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


def act(operator: Client, action: str, *senders: Sender, **form: str):
    chosen = {"action": action, "_selected_action": [each.transfer_id for each in senders]}
    return operator.post("/admin/transfers/transfer/", {**chosen, **form}, follow=True)


@pytest.mark.parametrize("action", ["take_down", "expire_now", "extend"])
def test_nothing_is_done_before_the_second_look(operator, action):
    sender = Sender().send()
    row = Transfer.objects.values().get()
    page = act(operator, action, sender)
    assert sender.transfer_id in page.text
    assert 'data-testid="confirmation"' in page.text
    assert Transfer.objects.values().get() == row
    assert not AuditEntry.objects.exists()


def test_a_transfer_is_taken_down_with_a_sentence_for_visitors(operator):
    sender, other = Sender().send(), Sender().send()
    page = act(operator, "take_down", sender, confirmed="yes", notice="Not here.")
    assert "Taken down: 1." in page.text
    assert sender.recipient().info().json()["detail"] == "Not here."
    assert other.recipient().info().status_code == 200


def test_an_expired_transfer_takes_no_new_download_and_lets_running_ones_finish(operator):
    sender = Sender().send()
    running = sender.recipient()
    running.lease()
    assert "Expired: 1." in act(operator, "expire_now", sender, confirmed="yes").text
    assert code_of(sender.recipient().lease()) == (410, "transfer_expired")
    cleanup.run()
    assert running.download() == sender.payload
    now_is_past_every_lease()
    cleanup.run()
    assert Transfer.objects.get().state == State.DELETED
    assert AuditEntry.objects.get().target == f"transfer {sender.transfer_id}"


def test_what_is_over_or_unfinished_does_not_expire_again(operator):
    gone, begun = Sender().send(), Sender()
    gone.delete()
    begun.create()
    page = act(operator, "expire_now", gone, begun, confirmed="yes")
    assert "Expired: 0. Not in use anyway: 2." in page.text
    assert not AuditEntry.objects.exists()


def test_a_transfer_is_extended_as_far_as_the_site_allows(operator, settings):
    sender = Sender().send(expires_in_seconds=60)
    before = Transfer.objects.get().expires_at
    assert "Say for how long." in act(operator, "extend", sender, confirmed="yes", span="").text
    act(operator, "extend", sender, confirmed="yes", span="7d")
    assert (Transfer.objects.get().expires_at - before).days == 6
    assert AuditEntry.objects.get().details == {"seconds": 7 * 86400}

    extended = Transfer.objects.get().expires_at
    page = act(operator, "extend", sender, confirmed="yes", span="90d")
    assert "it may live until" in page.text
    assert Transfer.objects.get().expires_at == extended
    assert AuditEntry.objects.count() == 1


def test_what_expired_is_not_brought_back(operator):
    sender = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)
    act(operator, "extend", sender, confirmed="yes", span="7d")
    assert code_of(sender.recipient().info()) == (410, "transfer_expired")


def test_a_moderator_may_end_and_not_extend():
    moderator, sender = signed_in(Role.MODERATOR), Sender().send()
    before = Transfer.objects.get().expires_at
    page = moderator.get(f"/admin/transfers/transfer/{sender.transfer_id}/change/").text
    assert 'value="take_down"' in page
    assert 'value="extend"' not in page
    act(moderator, "extend", sender, confirmed="yes", span="14d")
    assert Transfer.objects.get().expires_at == before


def test_events_are_listed_without_any_address(operator):
    sender = Sender().send()
    sender.recipient().lease()
    page = operator.get("/admin/transfers/transferevent/", {"q": sender.transfer_id}).text
    assert "2 in all" in page
    started = TransferEvent.objects.get(kind="download_started")
    one = operator.get(f"/admin/transfers/transferevent/{started.pk}/change/").text
    assert sender.transfer_id in one
    assert started.address_hash
    assert started.address_hash not in page + one


def test_times_read_the_same_in_every_list(operator):
    sender = Sender().send()
    page = operator.get("/admin/transfers/transfer/").text
    created_at = Transfer.objects.get(pk=sender.transfer_id).created_at
    assert f"{created_at.day} {created_at:%b %Y, %H:%M}" in page
