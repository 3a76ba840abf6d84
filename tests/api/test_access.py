"""Who may upload."""

import pytest
from django.test import Client

from tests.actors import Sender, code_of, get, post
from transfers.models import Transfer

pytestmark = pytest.mark.django_db
TOKEN = "the-shared-access-token"


@pytest.fixture
def token_mode(settings):
    settings.UPLOAD_ACCESS = "token"
    settings.ACCESS_TOKEN = TOKEN


def create_raw(**headers: str):
    return post("/transfers/create", {"file_size_bytes": 1}, **headers)


@pytest.mark.usefixtures("token_mode")
def test_uploads_need_the_token():
    assert code_of(create_raw()) == (401, "access_token_required")
    assert code_of(create_raw(**{"x-sgraph-access-token": ""})) == (401, "access_token_required")
    for wrong in ("x", TOKEN + "x", TOKEN[:-1], "é", "A" * 5000):
        refused = create_raw(**{"x-sgraph-access-token": wrong})
        assert code_of(refused) == (401, "access_token_wrong")
    assert not Transfer.objects.exists()
    assert create_raw(**{"x-sgraph-access-token": TOKEN}).status_code == 200


@pytest.mark.usefixtures("token_mode")
def test_the_token_is_asked_before_existence_and_before_the_body_is_read():
    sender = Sender(transfer_id="0" * 22)
    for refused in (
        sender.sign(0),
        sender.sign(-1),
        sender.list_parts(),
        sender.abort(),
        sender.complete(),
        Client().post("/transfers/create", b"{", content_type="application/json"),
        Client().post(f"/transfers/upload/{sender.transfer_id}", b"x", content_type="text/plain"),
    ):
        assert code_of(refused) == (401, "access_token_required")


def test_recipients_and_owners_need_no_access_token(settings):
    sender = Sender().send(max_downloads=2)
    settings.UPLOAD_ACCESS, settings.ACCESS_TOKEN = "token", TOKEN
    recipient = sender.recipient()

    assert recipient.info().status_code == 200
    assert recipient.manifest().status_code == 200
    assert recipient.download() == sender.payload
    assert sender.manage().status_code == 200
    assert sender.delete().status_code == 200


def test_token_mode_without_any_token_refuses_all_uploads(settings):
    settings.UPLOAD_ACCESS, settings.ACCESS_TOKEN = "token", ""

    assert code_of(create_raw()) == (401, "access_token_required")
    assert code_of(create_raw(**{"x-sgraph-access-token": "None"})) == (401, "access_token_wrong")


def test_config_tells_whether_a_token_is_needed_but_never_the_token(settings):
    assert get("/info/config").json()["upload_access"] == "open"
    settings.UPLOAD_ACCESS, settings.ACCESS_TOKEN = "token", TOKEN
    answer = get("/info/config")
    assert answer.json()["upload_access"] == "token"
    assert TOKEN not in answer.text
