"""Tokens of the database: who they let in, and for how long."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from tests.actors import code_of, get, put
from tests.token_holders import SHARED, holder, issue, secret_of, token_row, usage
from transfers.access import access_tokens
from transfers.access.access_tokens import TokenState
from transfers.maintenance import cleanup
from transfers.models import AccessToken, Reason, State, Transfer
from transfers.statistics import write_behind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def token_mode(settings):
    settings.UPLOAD_ACCESS, settings.ACCESS_TOKEN = "token", SHARED


def test_a_token_sends_a_transfer_and_is_charged_for_it(store):
    sender = holder(issue()).send()
    assert sender.recipient().download() == sender.payload
    assert usage() == (1, len(sender.payload) - 56)
    assert token_row().last_used_at is not None
    assert Transfer.objects.get().access_token == token_row()


def test_the_token_is_kept_as_a_hash_alone():
    text = issue()
    assert text.startswith(f"sgst_{token_row().prefix}_")
    secret = secret_of(text).encode()
    assert secret not in repr(AccessToken.objects.values().get()).encode()
    assert len(bytes(token_row().token_hash)) == 32


@pytest.mark.parametrize("upload_access", ["token", "open"])
def test_wrong_tokens_are_refused_alike_whether_the_prefix_exists_or_not(
    settings, upload_access, django_assert_num_queries, monkeypatch
):
    settings.UPLOAD_ACCESS = upload_access
    text = issue(revoked_at=timezone.now())
    secret = secret_of(text)
    guesses = [
        text[:-1] + ("A" if text[-1] != "A" else "B"),
        f"sgst_aaaaaaaa_{secret}",
        f"sgst_{token_row().prefix}_",
        token_row().prefix,
        f"{text} ",
        text.upper(),
        "é",
    ]
    answers = []
    monkeypatch.setattr(write_behind, "WRITE_EVERY_SECONDS", 3600)  # by none of these refusals
    for guess in guesses:
        with django_assert_num_queries(1):
            answers.append(holder(guess).create().json())
    assert answers == [answers[0]] * len(guesses)
    assert answers[0]["code"] == "access_token_wrong"
    assert usage() == (0, 0)


def test_a_revoked_token_stops_the_next_request_of_a_running_upload(store):
    sender = holder(issue())
    sender.create()
    url = sender.sign(0).json()["parts"][0]["url"]
    access_tokens.revoke(AccessToken.objects.all())
    for refused in (
        sender.sign(0),
        sender.list_parts(),
        sender.complete(),
        sender.abort(),
        holder(sender.access_token).create(),
    ):
        assert code_of(refused) == (403, "access_token_revoked")
    # The address was signed before; what it brings in is never completed, and goes with cleanup.
    put(url, sender.payload)
    assert code_of(sender.complete()) == (403, "access_token_revoked")
    assert Transfer.objects.get().state == State.PENDING
    assert sender.delete().status_code == 200
    assert store.is_absent(sender.transfer_id)
    assert usage() == (0, 0)


def test_cleanup_ends_the_uploads_of_a_revoked_token_and_no_others(store):
    sender, other = holder(issue()), holder(issue())
    for begun in (sender, other):
        begun.create()
    url, other_url = (begun.sign(0).json()["parts"][0]["url"] for begun in (sender, other))
    access_tokens.revoke(AccessToken.objects.filter(transfers=sender.transfer_id))
    assert cleanup.run().closed[Reason.ABANDONED] == 1
    assert put(url, sender.payload) in (404, 409)
    assert store.is_absent(sender.transfer_id)
    assert code_of(sender.sign(0)) == (403, "access_token_revoked")
    assert put(other_url, other.payload) == 200
    assert other.complete().status_code == 200


def test_an_expired_token_stops_a_running_upload_until_its_expiry_is_moved():
    sender = holder(issue(expires_at=timezone.now() + timedelta(hours=1)))
    sender.create()
    sender.upload()
    AccessToken.objects.update(expires_at=timezone.now())
    assert code_of(sender.complete()) == (403, "access_token_expired")
    AccessToken.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert sender.complete().status_code == 200


def test_a_used_up_token_finishes_what_it_paid_for_and_begins_nothing():
    text = issue(max_transfers=1)
    sender = holder(text)
    sender.create()
    assert code_of(holder(text).create()) == (403, "access_token_used_up")
    sender.upload()
    assert sender.complete().status_code == 200
    assert usage()[0] == 1


@pytest.mark.parametrize("demotion", ["is_active", "is_staff", "permission", "deleted"])
def test_tokens_of_a_demoted_operator_stop(demotion):
    operator = User.objects.create_user("operator", is_staff=True)
    permission = Permission.objects.get(codename="add_accesstoken")
    operator.user_permissions.add(permission)
    sender = holder(issue(issued_by=operator))
    assert sender.create().status_code == 200

    match demotion:
        case "permission":
            operator.user_permissions.remove(permission)
        case "deleted":
            operator.delete()
        case _:
            User.objects.update(**{demotion: False})

    assert code_of(sender.sign(0)) == (403, "access_token_revoked")
    assert access_tokens.in_state(TokenState.REVOKED, timezone.now()).get() == token_row()


def test_an_upload_goes_on_with_the_token_that_began_it_alone(settings):
    first, other = issue(), issue()
    sender = holder(first)
    sender.create()
    for stranger in (other, SHARED):
        sender.access_token = stranger
        for refused in (sender.sign(0), sender.list_parts(), sender.complete(), sender.abort()):
            assert code_of(refused) == (403, "access_token_differs")
    settings.UPLOAD_ACCESS, sender.access_token = "open", ""
    assert code_of(sender.sign(0)) == (403, "access_token_differs")
    sender.access_token = first
    assert sender.sign(0).status_code == 200

    shared = holder(SHARED).send()
    unfinished = holder(SHARED)
    unfinished.create()
    unfinished.access_token = first
    assert code_of(unfinished.sign(0)) == (403, "access_token_differs")
    assert Transfer.objects.get(pk=shared.transfer_id).access_token is None


def test_open_mode_counts_on_the_token_that_is_given(settings):
    settings.UPLOAD_ACCESS = "open"
    text = issue(max_transfers=1)
    assert holder(text).create().status_code == 200
    assert code_of(holder(text).create()) == (403, "access_token_used_up")
    assert holder("").create().status_code == 200
    assert usage()[0] == 1


def test_the_two_tellings_of_a_state_agree():
    now = timezone.now()
    operator = User.objects.create_user("operator", is_staff=True)
    for limits in (
        {},
        {"max_transfers": 1, "transfer_count": 1},
        {"max_total_bytes": 5, "total_bytes": 9},
        {"max_total_bytes": 5, "total_bytes": 4},
        {"expires_at": now},
        {"expires_at": now, "max_transfers": 1, "transfer_count": 1},
        {"revoked_at": now, "expires_at": now},
        {"issued_by": operator},
    ):
        issue(**limits)
    told = {token.pk: access_tokens.state_of(token, now) for token in AccessToken.objects.all()}
    assert sorted(told.values()) == sorted(
        ["usable"] * 2 + ["used_up"] * 2 + ["expired"] * 2 + ["revoked"] * 2
    )
    for state in TokenState:
        found = set(access_tokens.in_state(state, now).values_list("pk", flat=True))
        assert found == {pk for pk, told_state in told.items() if told_state == state}


def test_recipients_and_owners_never_meet_the_token():
    sender = holder(issue()).send(max_downloads=2)
    access_tokens.revoke(AccessToken.objects.all())
    recipient = sender.recipient()
    assert recipient.download() == sender.payload
    public = get(f"/transfers/info/{sender.transfer_id}").text + recipient.manifest().text
    assert token_row().prefix not in public
    sender.access_token = ""
    assert sender.manage().status_code == 200
    assert sender.delete().status_code == 200
