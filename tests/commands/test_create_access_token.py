"""create_access_token, list_access_tokens, revoke_access_token."""

import io
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.actors import Sender, code_of
from tests.token_holders import secret_of
from transfers.access.access_tokens import TOKEN
from transfers.amounts import exact_bytes_text, exact_seconds_text, parse_bytes, parse_seconds
from transfers.models import AccessToken

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    """What a command writes to its two outputs."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_printed_token_uploads_and_is_kept_nowhere(settings):
    settings.UPLOAD_ACCESS = "token"
    printed, told = run("create_access_token", "Anna's laptop")
    text = printed.removesuffix("\n")
    assert TOKEN.fullmatch(text)
    assert "Anna's laptop" in told
    assert text not in told
    assert Sender(access_token=text).send().recipient().download()
    assert secret_of(text) not in run("list_access_tokens")[0]


def test_quiet_prints_the_token_alone():
    printed, told = run("create_access_token", "ci", "--quiet")
    assert TOKEN.fullmatch(printed.strip())
    assert told == ""


def test_limits_are_written_as_people_write_them():
    run(
        "create_access_token",
        "press",
        *("--max-transfers", "5", "--max-total-bytes", "10GiB", "--max-transfer-bytes", "500 MB"),
        *("--max-expiry", "7d", "--expires-in", "30d", "--rate", "30/h"),
    )
    token = AccessToken.objects.get()
    assert (token.max_transfers, token.max_total_bytes) == (5, 10 * 2**30)
    assert (token.max_transfer_bytes, token.max_expiry_seconds) == (500_000_000, 7 * 86400)
    assert token.rate == "30/h"
    left = token.expires_at - timezone.now()
    assert timedelta(days=29, hours=23) < left <= timedelta(days=30)
    assert token.issued_by is None


@pytest.mark.parametrize(
    "wrong",
    [
        ("--max-transfers", "0"),
        ("--max-transfers", "many"),
        ("--max-total-bytes", "10 parsecs"),
        ("--max-total-bytes", "-1"),
        ("--max-transfer-bytes", "0"),
        ("--max-transfer-bytes", "9000000000TiB"),
        ("--max-expiry", "soon"),
        ("--expires-in", "9007199254740991"),
        ("--rate", "30"),
        ("--rate", "0/h"),
        ("--rate", "30/week"),
    ],
)
def test_wrong_limits_issue_nothing(wrong):
    with pytest.raises(CommandError):
        run("create_access_token", "x", *wrong)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_token_needs_a_name_that_fits(name):
    with pytest.raises(CommandError, match="name"):
        run("create_access_token", name)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("number", [1, 1023, 1024, 1536, 10 * 2**30, 2**53 - 1])
def test_amounts_that_are_shown_are_read_back_the_same(number):
    assert parse_bytes(exact_bytes_text(number)) == number
    assert parse_seconds(exact_seconds_text(number)) == number


def test_the_list_tells_prefix_usage_and_state():
    text = run("create_access_token", "press", "--max-transfers", "1", "--max-total-bytes=1KiB")[0]
    Sender(access_token=text.strip()).create()
    run("create_access_token", "intern")
    heading, intern, press = run("list_access_tokens")[0].splitlines()
    assert heading.startswith("prefix")
    assert intern.endswith("intern")
    assert "usable" in intern
    token = AccessToken.objects.get(name="press")
    assert press.startswith(token.prefix)
    assert "used up" in press
    assert "1 of 1" in press
    assert "46 B of 1 KiB" in press


def test_a_revoked_token_stops_and_stays_in_the_list():
    text = run("create_access_token", "intern")[0].strip()
    sender = Sender(access_token=text)
    sender.create()
    prefix = AccessToken.objects.get().prefix

    assert "1 unfinished" in run("revoke_access_token", prefix)[0]

    assert code_of(sender.sign(0)) == (403, "access_token_revoked")
    revoked_at = AccessToken.objects.get().revoked_at
    assert "before" in run("revoke_access_token", prefix)[0]
    assert AccessToken.objects.get().revoked_at == revoked_at
    assert "revoked" in run("list_access_tokens")[0]


def test_an_unknown_prefix_revokes_nothing():
    run("create_access_token", "intern")
    with pytest.raises(CommandError, match="no access token"):
        run("revoke_access_token", "")
    assert AccessToken.objects.get().revoked_at is None


def problems() -> list[str]:
    return [problem.id for problem in run_checks(databases=["default"])]


def test_token_mode_is_warned_about_until_there_is_a_usable_token(settings):
    settings.UPLOAD_ACCESS, settings.ACCESS_TOKEN = "token", ""
    assert "transfers.W001" in problems()
    run("create_access_token", "press")
    assert "transfers.W001" not in problems()
    AccessToken.objects.update(revoked_at=timezone.now())
    assert "transfers.W001" in problems()
    settings.ACCESS_TOKEN = "shared"
    assert "transfers.W001" not in problems()


def test_serve_warns_and_a_piped_token_stands_alone(start_site):
    site = start_site(SGRAPH_SEND__UPLOAD_ACCESS="token")
    assert "transfers.W001" in site.log
    made = site.manage("create_access_token", "Anna")
    assert TOKEN.fullmatch(made.stdout.strip())
    assert "Anna" in made.stderr
    assert site.manage("check", "--deploy").stderr.count("transfers.W001") == 0
