"""Operators issue access tokens, see how they are used, and stop them."""

import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.actors import Sender, code_of
from tests.token_holders import issue, secret_of, token_row
from transfers.access.access_tokens import TOKEN
from transfers.models import AccessToken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]
LIST = "/admin/transfers/accesstoken/"
FIELDS = {
    "name": "Press office",
    "max_transfers": "",
    "max_total_bytes": "",
    "max_transfer_bytes": "",
    "max_expiry_seconds": "",
    "rate": "",
    "expires_at_0": "",
    "expires_at_1": "",
}


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    return client


def shown_token(page) -> str:
    found = re.search(r'aria-label="Access token"[^>]*>([^<]*)<', page.text)
    assert found, page.text
    return html.unescape(found[1])


def without_forgery_tokens(page: str) -> str:
    """They are random letters, in which any short word may stand."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def change_page(token: AccessToken) -> str:
    return f"{LIST}{token.pk}/change/"


def test_operator_issues_a_token_that_is_shown_once_and_uploads(operator, settings, caplog):
    settings.UPLOAD_ACCESS = "token"
    page = operator.post(f"{LIST}add/", {**FIELDS, "max_total_bytes": "10 GiB"})

    text = shown_token(page)
    assert TOKEN.fullmatch(text)
    assert "no-store" in page["Cache-Control"]
    secret = secret_of(text)
    assert Sender(access_token=text).send().recipient().download()
    assert token_row().issued_by.username == "operator"
    assert token_row().max_total_bytes == 10 * 2**30
    for later in (LIST, change_page(token_row()), "/admin/"):
        assert secret not in operator.get(later).text
    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    kept += [f"{entry.object_repr}{entry.change_message}" for entry in LogEntry.objects.all()]
    kept += [f"{cookie.value}" for cookie in operator.cookies.values()]
    kept += [caplog.text]
    assert len(LogEntry.objects.all()) == 1
    assert not [each for each in kept if secret in each]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("max_transfers", "0"),
        ("max_total_bytes", "ten"),
        ("max_transfer_bytes", "-1"),
        ("max_expiry_seconds", "1 fortnight"),
        ("rate", "30 an hour"),
    ],
)
def test_wrong_limits_issue_nothing(operator, field, text):
    page = operator.post(f"{LIST}add/", {**FIELDS, field: text})
    assert "errorlist" in page.text
    assert not AccessToken.objects.exists()


def test_limits_are_edited_and_usage_is_not_overwritten_meanwhile(operator, monkeypatch):
    text = issue(max_total_bytes=10 * 2**30, max_expiry_seconds=7 * 86400)
    page = operator.get(change_page(token_row()))
    assert 'value="10 GiB"' in page.text
    assert 'value="7d"' in page.text
    original = AccessToken.full_clean

    def full_clean(self, *args, **kwargs):
        Sender(access_token=text).create()
        return original(self, *args, **kwargs)

    monkeypatch.setattr(AccessToken, "full_clean", full_clean)
    edited = {**FIELDS, "max_total_bytes": "1024", "max_expiry_seconds": "7d", "rate": "30/h"}
    assert operator.post(change_page(token_row()), edited).status_code == 302
    token = token_row()
    assert (token.name, token.max_total_bytes, token.rate) == ("Press office", 1024, "30/h")
    assert (token.transfer_count, token.max_expiry_seconds) == (1, 7 * 86400)
    assert token.last_used_at is not None


def test_operator_revokes_from_the_list(operator):
    sender = Sender(access_token=issue())
    sender.create()
    chosen = {"action": "revoke", "_selected_action": [token_row().pk]}
    assert "Revoked: 1" in operator.post(LIST, chosen, follow=True).text
    assert code_of(sender.sign(0)) == (403, "access_token_revoked")
    assert LogEntry.objects.get().change_message == "Revoked."


def test_usage_is_told_and_the_hash_is_not(operator):
    Sender(access_token=issue(max_transfers=5, max_total_bytes=2048), payload=bytes(1080)).create()
    for path in (LIST, change_page(token_row())):
        page = operator.get(path).text
        assert token_row().prefix in page
        assert "1 of 5" in page
        assert "1 KiB of 2 KiB" in page
        assert "hash" not in without_forgery_tokens(page).lower()
        assert bytes(token_row().token_hash).hex() not in page


def test_the_list_is_filtered_by_state(operator):
    now = timezone.now()
    issue()
    issue(revoked_at=now)
    issue(expires_at=now)
    issue(max_transfers=1, transfer_count=1)
    for state, label in (
        ("usable", "usable"),
        ("used_up", "used up"),
        ("expired", "expired"),
        ("revoked", "revoked"),
    ):
        page = operator.get(LIST, {"state": state}).text
        assert "1 in all" in page
        assert f'<td class="field-state">{label}</td>' in page


def test_a_demoted_issuer_is_named_in_the_state(operator):
    demoted = User.objects.create_user("demoted", is_staff=True)
    issue(issued_by=demoted)
    page = operator.get(LIST, {"state": "revoked"}).text
    assert "revoked: demoted may not issue tokens any more" in page


def test_a_used_token_is_not_deleted(operator):
    Sender(access_token=issue()).create()
    delete = {"action": "delete_selected", "_selected_action": [token_row().pk], "post": "yes"}
    operator.post(LIST, delete)
    assert operator.post(f"{LIST}{token_row().pk}/delete/", {"post": "yes"}).status_code == 403
    assert token_row()
    AccessToken.objects.update(last_used_at=None)
    operator.post(LIST, delete)
    assert not AccessToken.objects.exists()


def test_staff_without_the_permission_issue_nothing():
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_accesstoken"))
    client = Client()
    client.force_login(staff)
    issue()
    assert client.get(LIST).status_code == 200
    assert client.post(f"{LIST}add/", FIELDS).status_code == 403
    client.post(LIST, {"action": "revoke", "_selected_action": [token_row().pk]})
    assert token_row().revoked_at is None
