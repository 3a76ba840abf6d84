"""Viewers look, moderators end what was reported, administrators run the site."""

import io
import sys
import urllib.error
import urllib.request

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client

from adminpanel import roles
from adminpanel.models import AuditEntry
from adminpanel.roles import Role
from harness.live_site import LiveSite
from tests.actors import Sender
from tests.adminpanel.operators import signed_in
from tests.token_holders import issue
from transfers.models import State, Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]
PAGES = {
    "transfers": ("transfer", "accesstoken", "abusereport", "blockedpayload", "transferevent"),
    "adminpanel": ("auditentry",),
}
PASSWORD = "a sentence nobody guesses"


def take_down(client: Client, sender: Sender) -> str:
    chosen = {"action": "take_down", "_selected_action": [sender.transfer_id], "confirmed": "yes"}
    client.post("/admin/transfers/transfer/", chosen)
    return Transfer.objects.get(pk=sender.transfer_id).state


def test_a_viewer_sees_every_page_and_changes_nothing():
    viewer, sender = signed_in(Role.VIEWER), Sender().send()
    issue()
    for app, models in PAGES.items():
        for model in models:
            assert viewer.get(f"/admin/{app}/{model}/").status_code == 200, model
    assert viewer.get("/admin/").status_code == 200
    assert take_down(viewer, sender) == State.COMPLETED
    assert viewer.get("/admin/transfers/accesstoken/add/").status_code == 403
    assert viewer.get("/admin/auth/user/add/").status_code == 403


def test_a_moderator_takes_down_and_issues_no_token():
    moderator, sender = signed_in(Role.MODERATOR), Sender().send()
    assert take_down(moderator, sender) == State.DELETED
    assert moderator.get("/admin/transfers/accesstoken/add/").status_code == 403
    assert moderator.get("/admin/auth/user/add/").status_code == 403


def test_an_administrator_does_all_that():
    administrator, sender = signed_in(Role.ADMINISTRATOR), Sender().send()
    assert take_down(administrator, sender) == State.DELETED
    assert administrator.get("/admin/transfers/accesstoken/add/").status_code == 200
    assert administrator.get("/admin/auth/user/add/").status_code == 200


def test_staff_without_a_role_see_no_figures():
    client = Client()
    client.force_login(User.objects.create_user("new", is_staff=True))
    page = client.get("/admin/").text
    assert "Your account has no role yet" in page
    assert "chart-data" not in page


def test_roles_are_set_right_and_left_alone_when_they_are():
    assert sorted(roles.create_roles()) == ["administrator", "moderator", "viewer"]
    assert roles.create_roles() == []
    Group.objects.get(name="viewer").permissions.set(
        Group.objects.get(name="administrator").permissions.all()
    )
    call_command("create_roles", verbosity=0)
    assert (
        not Group.objects.get(name="viewer")
        .permissions.filter(codename__startswith="change_")
        .exists()
    )
    assert AuditEntry.objects.get().target == "group viewer"


def test_nobody_may_write_the_audit_log():
    roles.create_roles()
    rights = Group.objects.get(name="administrator").permissions
    found = rights.filter(codename__endswith="_auditentry")
    assert list(found.values_list("codename", flat=True)) == ["view_auditentry"]


def create_operator(monkeypatch, name: str, role: str, password: str = PASSWORD) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command("create_operator", name, "--role", role, stdout=out)
    return out.getvalue()


def test_an_operator_made_on_the_command_line_signs_in(monkeypatch):
    said = create_operator(monkeypatch, "anna", "moderator")
    assert said == "anna may sign in at /admin/ as moderator.\n"
    assert Client().login(username="anna", password=PASSWORD)
    anna = User.objects.get(username="anna")
    assert (anna.is_staff, anna.is_superuser) == (True, False)
    assert [group.name for group in anna.groups.all()] == ["moderator"]
    assert AuditEntry.objects.get(action="operator_created").details == {"role": "moderator"}


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        ("anna", "short", "too short"),
        ("anna b", PASSWORD, "Enter a valid username"),
        ("taken", PASSWORD, "already"),
    ],
)
def test_an_operator_with_a_bad_name_or_password_is_not_made(monkeypatch, name, password, says):
    User.objects.create_user("taken")
    with pytest.raises(CommandError, match=says):
        create_operator(monkeypatch, name, "viewer", password)
    assert User.objects.count() == 1


def status(site: LiveSite, path: str) -> int:
    try:
        with urllib.request.urlopen(site.url + path, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def test_the_user_service_has_no_panel_and_the_admin_service_no_transfers(start_site, tmp_path):
    folder = str(tmp_path / "static")
    user = start_site(SGRAPH_SEND__ROLE="user", SGRAPH_SEND__STATIC_DIR=folder)
    for path in ("/admin/", "/admin/login/", "/admin/jsi18n/", "/static/admin/css/base.css"):
        assert status(user, path) == 404, path
    assert (status(user, "/"), status(user, "/status")) == (200, 200)
    user.stop()
    admin = start_site(SGRAPH_SEND__ROLE="admin")
    assert status(admin, "/admin/login/") == 200
    about_transfers = ("/transfers/transparency", "/transfers/info/0000000000000000000000", "/d/x")
    for path in ("/", "/status", *about_transfers):
        assert status(admin, path) == 404, path
