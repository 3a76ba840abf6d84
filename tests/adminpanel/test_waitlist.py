"""Operators invite from the waitlist: a token for each, shown once."""

import csv
import io
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from transfers.access import access_tokens
from transfers.models import AccessToken, WaitlistEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]
LIST = "/admin/transfers/waitlistentry/"


@pytest.fixture
def waiting() -> list[WaitlistEntry]:
    people = [("anna@example.org", "=cmd()"), ("ben@example.org", "")]
    return [WaitlistEntry.objects.create(email=email, words=words) for email, words in people]


def client_of(*permissions: str) -> Client:
    user = User.objects.create_user("operator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, action: str, entries: list[WaitlistEntry]):
    return client.post(
        LIST, {"action": action, "_selected_action": [entry.pk for entry in entries]}
    )


def test_inviting_issues_a_working_token_for_each_and_shows_it_once(waiting):
    operator = client_of("view_waitlistentry", "add_accesstoken")
    page = act(operator, "invite", waiting)
    texts = re.findall(r"sgst_[a-z0-9]{8}_[A-Za-z0-9_-]{43}", page.text)
    assert len(texts) == 2
    assert "no-store" in page["Cache-Control"]
    tokens = [access_tokens.find(text) for text in texts]
    assert {token.issued_by.username for token in tokens} == {"operator"}
    assert all(entry.invited_at for entry in WaitlistEntry.objects.all())
    assert "sgst_" + tokens[0].prefix + "_" not in operator.get(LIST).text


def test_nobody_is_invited_twice(waiting):
    operator = client_of("view_waitlistentry", "add_accesstoken")
    act(operator, "invite", waiting)
    act(operator, "invite", waiting)
    assert AccessToken.objects.count() == 2


def test_a_viewer_invites_nobody(waiting):
    act(client_of("view_waitlistentry"), "invite", waiting)
    assert not AccessToken.objects.exists()


def test_an_export_holds_everyone_and_runs_nothing(waiting):
    answer = act(client_of("view_waitlistentry"), "export", waiting)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["email"] for row in rows} == {"anna@example.org", "ben@example.org"}
    assert {row["words"] for row in rows} == {"'=cmd()", ""}
