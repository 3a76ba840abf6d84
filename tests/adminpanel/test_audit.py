"""The audit log tells every act of an operator, and no secret."""

import io
import json
import re

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from adminpanel import audit
from adminpanel.audit_text import ACTIONS
from adminpanel.models import AuditEntry
from adminpanel.roles import Role
from harness.live_site import ROOT
from tests.actors import Sender, post
from tests.adminpanel.operators import signed_in
from tests.token_holders import issue, secret_of, token_row
from transfers.access.access_tokens import TOKEN
from transfers.models import AbuseReport, AccessToken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]
PASSWORD = "a sentence nobody guesses"


def told() -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.order_by("number")
    return list(rows.values_list("operator", "action", "target"))


def test_signing_in_and_out_is_told_and_a_wrong_password_is_not():
    User.objects.create_superuser("op", password=PASSWORD)
    browser = Client()
    form = {"username": "op", "next": "/admin/"}
    browser.post("/admin/login/", {**form, "password": "wrong"})
    browser.post("/admin/login/", {**form, "password": PASSWORD})
    browser.post("/admin/logout/")
    assert told() == [("op", "signed_in", ""), ("op", "signed_out", "")]
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_a_changed_password_is_told():
    User.objects.create_superuser("op", password=PASSWORD)
    browser = Client()
    browser.login(username="op", password=PASSWORD)
    form = {"old_password": PASSWORD, "new_password1": "another", "new_password2": "other"}
    browser.post("/admin/password_change/", form)
    assert told() == []
    form |= {"new_password1": "quite another one", "new_password2": "quite another one"}
    browser.post("/admin/password_change/", form)
    assert told() == [("op", "password_changed", "")]


def test_changes_to_accounts_and_groups_are_told():
    administrator = signed_in(Role.ADMINISTRATOR)
    made = {
        "username": "anna",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert administrator.post("/admin/auth/user/add/", made).status_code == 302
    anna = User.objects.get(username="anna")
    changed = {
        "username": "anna",
        "is_active": "on",
        "is_staff": "on",
        "groups": [Group.objects.get(name="viewer").pk],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00",
    }
    assert administrator.post(f"/admin/auth/user/{anna.pk}/change/", changed).status_code == 302
    assert administrator.post(f"/admin/auth/user/{anna.pk}/delete/", {"post": "yes"}).status_code
    assert told() == [
        ("administrator", "added", "user anna"),
        ("administrator", "changed", "user anna"),
        ("administrator", "deleted", "user anna"),
    ]
    details = AuditEntry.objects.get(action="changed").details
    assert (details["is_staff"], details["groups"]) == (True, ["viewer"])


def test_the_life_of_a_token_is_told_without_its_secret():
    administrator = signed_in(Role.ADMINISTRATOR)
    fields = {
        "name": "Press office",
        "max_transfers": "5",
        "max_total_bytes": "",
        "max_transfer_bytes": "",
        "max_expiry_seconds": "",
        "rate": "",
        "expires_at_0": "",
        "expires_at_1": "",
    }
    page = administrator.post("/admin/transfers/accesstoken/add/", fields)
    text = re.search(r"sgst_\w{8}_([\w-]{43})", page.text)
    path = f"/admin/transfers/accesstoken/{token_row().pk}/change/"
    administrator.post(path, {**fields, "max_transfers": "9"})
    chosen = {"action": "revoke", "_selected_action": [token_row().pk]}
    administrator.post("/admin/transfers/accesstoken/", chosen)

    target = f"access token {token_row().prefix}"
    assert told() == [("administrator", each, target) for each in ("added", "changed", "changed")]
    first, second, third = AuditEntry.objects.order_by("number")
    assert (first.details["max_transfers"], second.details["max_transfers"]) == (5, 9)
    assert third.details["note"] == "Revoked."
    kept = json.dumps(list(AuditEntry.objects.values("target", "details")))
    assert text[1] not in kept
    assert bytes(token_row().token_hash).hex() not in kept


def test_what_happens_to_reports_is_told():
    moderator = signed_in(Role.MODERATOR)
    ended, kept = Sender().send(), Sender().send()
    for sender in (ended, kept):
        post(f"/transfers/report/{sender.transfer_id}", {"reason": "phishing", "words": "private"})
    queue = "/admin/transfers/abusereport/"
    for sender, act in ((ended, "take_down"), (kept, "dismiss")):
        row = AbuseReport.objects.get(transfer_id=sender.transfer_id)
        form = {"action": act, "_selected_action": [row.pk], "confirmed": "yes", "block": "on"}
        moderator.post(queue, form)
    assert told() == [
        ("moderator", "taken_down", f"transfer {ended.transfer_id}"),
        ("moderator", "dismissed", f"abuse report {row.pk}"),
    ]
    assert AuditEntry.objects.get(action="taken_down").details == {"blocked": True}
    assert "private" not in str(list(AuditEntry.objects.values()))


def test_commands_that_act_are_told():
    sender = Sender().send()
    out = io.StringIO()
    call_command("take_down", sender.transfer_id, stdout=out)
    call_command("create_access_token", "Anna", "--quiet", stdout=out)
    prefix = AccessToken.objects.get().prefix
    for _ in range(2):
        call_command("revoke_access_token", prefix, stdout=out)
    call_command("createsuperuser", "--noinput", username="root", email="", verbosity=0)
    assert told() == [
        ("command line", "taken_down", f"transfer {sender.transfer_id}"),
        ("command line", "added", f"access token {prefix}"),
        ("command line", "revoked", f"access token {prefix}"),
        ("command line", "superuser_created", "user root"),
    ]
    assert secret_of(TOKEN.search(out.getvalue())[0]) not in str(list(AuditEntry.objects.values()))


def test_nobody_edits_the_log_in_the_panel():
    audit.record(None, "tried", "thing")
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    pages = "/admin/adminpanel/auditentry/"
    assert audit.head_of(AuditEntry.objects.get()) in root.get(f"{pages}1/change/").text
    before = list(AuditEntry.objects.values())
    assert root.get(f"{pages}add/").status_code == 403
    assert root.post(f"{pages}1/change/", {"target": "other"}).status_code == 403
    assert root.post(f"{pages}1/delete/", {"post": "yes"}).status_code == 403
    root.post(pages, {"action": "delete_selected", "_selected_action": ["1"], "post": "yes"})
    assert list(AuditEntry.objects.values()) == before


def test_every_page_of_the_panel_records_its_changes():
    from django.contrib import admin

    from adminpanel.audited import Audited

    registered = admin.site._registry.values()
    assert registered
    assert all(isinstance(each, Audited) for each in registered)


def test_usage_of_a_token_by_its_holder_is_no_act_of_an_operator(settings):
    settings.UPLOAD_ACCESS = "token"
    Sender(access_token=issue()).send()
    assert told() == []


def test_every_action_that_the_source_records_has_words():
    folders = [ROOT / name for name in ("adminpanel", "transfers", "sgraph_send")]
    sources = [path.read_text() for folder in folders for path in folder.rglob("*.py")]
    call = re.compile(r"audit\.record\(\s*[\w.]+,\s*\"(\w+)\"")
    recorded = {action for source in sources for action in call.findall(source)}
    assert recorded == set(ACTIONS)


def test_the_log_is_read_in_words():
    administrator = signed_in(Role.ADMINISTRATOR)
    limits = {"max_transfers": 1, "max_total_bytes": 2**31, "rate": "", "expires_at": None}
    audit.record(None, "added", "access token abc", **limits)
    audit.record(None, "taken_down", "transfer xyz", blocked=True)
    audit.record(None, "extended", "transfer xyz", seconds=172800)
    audit.record(None, "changed", "user anna", is_active=False, groups=["viewer"])
    audit.record(None, "signed_in")
    page = administrator.get("/admin/adminpanel/auditentry/").text
    rows = re.findall(r'field-did">(.*?)</td>.*?field-more">(.*?)</td>', page, re.S)
    assert rows == [
        ("signed in", "-"),
        ("changed", "may not sign in; role: viewer"),
        ("extended", "for 2d"),
        ("took down", "the same bytes are refused in future"),
        ("added", "1 transfer; 2 GiB in all"),
    ]
    assert "5 in all" in page
    filtered = administrator.get("/admin/adminpanel/auditentry/", {"action": "extended"}).text
    assert re.findall(r'field-did">(.*?)</td>', filtered) == ["extended"]
    assert "took down" in administrator.get("/admin/").text
