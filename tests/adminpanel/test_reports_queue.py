"""Operators work reports off in Django admin."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from adminpanel.models import AuditEntry
from tests.actors import Sender, get, post, random_secret
from transfers.models import AbuseReport

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]
QUEUE = "/admin/transfers/abusereport/"


@pytest.fixture
def reported() -> Sender:
    sender = Sender().send()
    members = {"reason": "phishing", "words": "<b>bold</b>", "disclosed_key": random_secret()}
    members |= {"contact": "anna@example.org"}
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


def keys_seen() -> list[tuple[str, str, dict]]:
    seen = AuditEntry.objects.filter(action="key_seen")
    return list(seen.values_list("operator", "target", "details"))


def test_who_was_shown_a_disclosed_key_is_in_the_audit_log(reported):
    filed = AbuseReport.objects.get()
    page = f"{QUEUE}{filed.pk}/change/"
    moderator = client_of("view_abusereport", "change_abusereport")
    moderator.get(QUEUE)
    assert keys_seen() == []
    assert filed.disclosed_key in moderator.get(page).text
    told = ("moderator", f"abuse report {filed.pk}", {"transfer": reported.transfer_id})
    assert keys_seen() == [told]
    act(moderator, "dismiss")
    moderator.get(page)
    assert keys_seen() == [told]


def test_a_viewer_who_sees_no_key_is_not_said_to_have(reported):
    client_of("view_abusereport").get(f"{QUEUE}{AbuseReport.objects.get().pk}/change/")
    assert keys_seen() == []


def test_the_page_of_a_report_leads_to_the_transfer_and_to_what_may_be_done(reported):
    page = f"{QUEUE}{AbuseReport.objects.get().pk}/change/"
    moderator = client_of("view_abusereport", "change_abusereport")
    shown = moderator.get(page).text
    assert f'href="/admin/transfers/transfer/{reported.transfer_id}/change/"' in shown
    assert all(f'name="action" value="{name}"' in shown for name in ("take_down", "dismiss"))
    act(moderator, "dismiss")
    assert 'name="action"' not in moderator.get(page).text


@pytest.mark.parametrize("action", ["take_down", "dismiss"])
def test_a_closed_report_keeps_neither_key_nor_contact(reported, action):
    act(client_of("view_abusereport", "change_abusereport"), action, confirmed="yes")
    closed = AbuseReport.objects.get()
    assert (closed.disclosed_key, closed.contact) == ("", "")
    assert closed.words == "<b>bold</b>"
