"""Numbers that documents state are those of the code, and labels those of the pages."""

import re
from pathlib import Path

import pytest

from deploy.docs_site import settings_page
from transfers import limits
from transfers.access import address_hashes, guesses
from transfers.lifecycle import abuse, events
from transfers.maintenance import gauges

ROOT = Path(__file__).parents[2]
DAY_SECONDS = 86_400
MIB, GIB = 2**20, 2**30


def text(path: str) -> str:
    """On one line, so that sentences may be broken anywhere."""
    return " ".join((ROOT / path).read_text().split())


def hours(seconds: int) -> int:
    return seconds // 3600


IN_API = [
    f'`{{"parts": [0, 1, …]}}`, {limits.SIGN_BATCH_MAX} at most',
    f"parts, {limits.PARTS_MAX:,} at most",
    f"{limits.PART_MIN_BYTES // MIB} MiB to {limits.PART_MAX_BYTES // GIB} GiB",
    f"the first {limits.MISSING_PARTS_SHOWN_MAX} of them",
    f"of {limits.MANIFEST_MIN_BYTES:,} bytes at least, {limits.MANIFEST_MAX_BYTES // MIB} MiB and "
    f"{limits.SEALED_MANIFEST_MAX_BYTES - limits.MANIFEST_MAX_BYTES} bytes at most",
    f"`url_expires_at` ({limits.DOWNLOAD_URL_SECONDS // 60} minutes)",
    f"lives {hours(limits.LEASE_SECONDS)} hours, each call extends it to "
    f"{hours(limits.LEASE_MAX_SECONDS)} at most",
    f"410 for {limits.GONE_SECONDS // DAY_SECONDS} days",
    f"`downloads` (the last {events.SHOWN_MAX},",
    f"when {abuse.OPEN_REPORTS_MAX} reports of this transfer wait",
    f"after {address_hashes.SALT_DAYS * 24} hours nobody can tell",
]
IN_QUESTIONS = [
    f"| {limits.GONE_SECONDS // DAY_SECONDS} days |",
    f"| {gauges.TOTALS_KEPT.days} days |",
    f"{limits.EXPIRY_OPTIONS_SECONDS[-1] // DAY_SECONDS} days by default",
    f"after {address_hashes.SALT_DAYS * 24} hours the key is gone",
    f"for {hours(limits.LEASE_SECONDS)} hours, {hours(limits.LEASE_MAX_SECONDS)} at most",
]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("docs/api.md", each) for each in IN_API]
    + [("docs/questions.md", each) for each in IN_QUESTIONS],
)
def test_a_limit_is_that_of_the_code(path: str, sentence: str):
    assert sentence in text(path)


def test_defaults_that_the_questions_name_are_those_of_the_settings():
    table = dict(
        re.findall(r"^\| `(SGRAPH_SEND__\w+)` \| ([^|]+) \|", settings_page.PAGE.read_text(), re.M)
    )
    questions = text("docs/questions.md")
    assert f"{table['SGRAPH_SEND__MAX_TRANSFER_BYTES']} unless the site says otherwise" in questions
    assert f"last of them has expired, {table['SGRAPH_SEND__MAX_EXPIRY_SECONDS']} by" in questions


def guesses_within(seconds: int) -> int:
    """How many guesses fit into this time by the waits of transfers/access/guesses.py."""
    count, moment, wait = guesses.FREE_GUESSES, 0, 1
    while (moment := moment + wait) <= seconds:
        count += 1
        wait = min(2 * wait, guesses.LONGEST_WAIT_SECONDS)
    return count


def test_the_guesses_of_the_threat_model_are_those_that_the_waits_allow():
    model = text("docs/threat-model.md")
    longest = limits.EXPIRY_OPTIONS_SECONDS[-1]
    first_hour, day = guesses_within(69 * 60), guesses_within(DAY_SECONDS)
    told = (
        f"{guesses.FREE_GUESSES} at once, {first_hour} in the first 69 minutes, {day} in the first "
        f"day, {DAY_SECONDS // guesses.LONGEST_WAIT_SECONDS} a day after that; "
        f"{guesses_within(longest)} in a transfer's longest life of {longest // DAY_SECONDS} days"
    )
    assert told in model
    # The operators' sign-in waits by the same rule.
    assert f"{guesses.FREE_GUESSES} at once, {day} in the first day" in model


@pytest.mark.parametrize(
    ("document", "label"),
    [
        ("README.md", "Access token of this server"),
        ("README.md", "Seal and send"),
        ("docs/abuse.md", "Report this transfer"),
        ("docs/questions.md", "Save as…"),
        ("docs/questions.md", "What the server stores"),
        ("docs/decisions/0022-what-an-unfinished-upload-keeps.md", "Forget it"),
    ],
)
def test_a_label_that_a_document_names_is_on_a_page(document: str, label: str):
    assert label in text(document)
    assert any(label in page.read_text() for page in ROOT.glob("templates/transfers/*.html"))
