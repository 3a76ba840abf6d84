"""The scanner of the zero-knowledge tests sees each spelling, wherever it stands."""

import base64
import secrets
from urllib.parse import quote

import pytest

from tests.browser.leak_scanner import Forbidden, leaks

SECRET = secrets.token_bytes(32)
TEXT = "Ünïque name/of a file.pdf"


@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"xyz"])
@pytest.mark.parametrize(
    "spell",
    [bytes, lambda raw: raw.hex().encode(), base64.b64encode, base64.urlsafe_b64encode],
    ids=["raw", "hex", "base64", "base64url"],
)
def test_bytes_are_found_inside_other_bytes(spell, before: bytes):
    spelled = spell(before + SECRET + b"and more")
    assert leaks([b"nothing", b"{" + spelled + b"}"], [Forbidden("secret", SECRET)])


@pytest.mark.parametrize(
    "spelled",
    [TEXT.encode(), quote(TEXT).encode(), TEXT.encode("utf-16-le"), TEXT.encode().hex().encode()],
    ids=["utf-8", "percent", "utf-16", "hex"],
)
def test_text_is_found_in_its_spellings(spelled: bytes):
    assert leaks([b"GET /?q=" + spelled], [Forbidden.text("name", TEXT)])


def test_other_bytes_are_no_leak():
    assert leaks([secrets.token_bytes(100_000)], [Forbidden("secret", SECRET)]) == []
