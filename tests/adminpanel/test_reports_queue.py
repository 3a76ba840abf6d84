"""Operators work reports off in Django admin."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.actors import Sender, get, post, random_secret
from transfers.models import AbuseReport

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]
QUEUE = "/admin/transfers/abusereport/"


@pytest.fixture
def reported() -> Sender:
    sender = Sender().send()
    members = {"reason": "phishing", "words": "<b>bold</b>", "disclosed_key": random_secret()}
    post(f"/transfers/report/{sender.transfer_id}", members)
    return sender


def client_of(*permissions: str) -> Client:
    user = User.objects.create_user("moderator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, action: str, **more: str):
    chosen = [str(pk) for pk in AbuseReport.objects.values_list("pk", flat=True)]
    return client.post(QUEUE, {"action": action, "_selected_action": chosen, **more})


def test_moderator_takes_a_transfer_down_after_a_second_look(reported):
    moderator = client_of("view_abusereport", "change_abusereport")
    asked = act(moderator, "take_down")
    assert reported.transfer_id in asked.text
    assert get(f"/transfers/info/{reported.transfer_id}").status_code == 200

    act(moderator, "take_down", confirmed="yes", notice="Reported as phishing.")
    answer = get(f"/transfers/info/{reported.transfer_id}")
    assert (answer.status_code, answer.json()["detail"]) == (410, "Reported as phishing.")
    assert AbuseReport.objects.get().closed_by.username == "moderator"


def test_moderator_dismisses_a_report(reported):
    act(client_of("view_abusereport", "change_abusereport"), "dismiss")
    assert AbuseReport.objects.get().state == "dismissed"
    assert get(f"/transfers/info/{reported.transfer_id}").status_code == 200


def test_viewer_sees_the_report_but_neither_key_nor_actions(reported):
    viewer = client_of("view_abusereport")
    filed = AbuseReport.objects.get()
    page = viewer.get(f"{QUEUE}{filed.pk}/change/").text
    assert reported.transfer_id in page
    assert filed.disclosed_key not in page
    guess = {"disclosed_key__startswith": filed.disclosed_key[:1]}
    assert viewer.get(QUEUE, guess).status_code == 400
    act(viewer, "take_down", confirmed="yes")
    assert get(f"/transfers/info/{reported.transfer_id}").status_code == 200


def test_words_of_a_reporter_are_text_only(reported):
    moderator = client_of("view_abusereport", "change_abusereport")
    page = moderator.get(f"{QUEUE}{AbuseReport.objects.get().pk}/change/").text
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold</b>" not in page
