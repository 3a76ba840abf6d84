"""What `create` refuses: status, stable code, one shape, never a 500."""

import json

import pytest
from django.test import Client

from tests.actors import MIB, Sender, code_of, post
from transfers.models import Transfer

pytestmark = pytest.mark.django_db

GIB = 2**30


@pytest.mark.parametrize(
    "body",
    [b"{", b"[1,2", b'"text', b"\xff\xfe", b'{"file_size_bytes": 1e', b"NaN {"],
)
def test_malformed_json(body: bytes):
    response = Client().post("/transfers/create", body, content_type="application/json")
    assert code_of(response) == (400, "malformed_json")


def test_no_body_at_all():
    assert code_of(post("/transfers/create")) == (422, "invalid_request")


@pytest.mark.parametrize("body", [[], "text", 5, None, {}, [{"file_size_bytes": 1}]])
def test_json_of_another_type_than_an_object_with_members(body: object):
    response = Client().post("/transfers/create", json.dumps(body), content_type="application/json")
    assert code_of(response) == (422, "invalid_request")


@pytest.mark.parametrize(
    "member",
    [
        "file_size_bytes",
        "payload_bytes",
        "part_bytes",
        "max_downloads",
        "expires_in_seconds",
    ],
)
@pytest.mark.parametrize("value", ["5", -1, 1.5, 2.0, True, [], {}, 2**53, 10**400, "NaN"])
def test_numbers_of_wrong_type_or_range(member: str, value: object):
    assert code_of(Sender().create(**{member: value})) == (422, "invalid_request")
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("member", ["payload_bytes", "part_bytes", "max_downloads"])
def test_zero_where_one_is_the_least(member: str):
    assert code_of(Sender().create(**{member: 0})) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("envelope", "x" * 1025),
        ("envelope", ""),
        ("envelope", "é"),
        ("envelope", "a\nb"),
        ("envelope", "\x00\x00"),
        ("envelope", {"v": 1}),
        ("owner_token_hash", "A" * 42),
        ("owner_token_hash", "A" * 44),
        ("owner_token_hash", "A" * 42 + "="),
        ("owner_token_hash", "A" * 42 + "B"),
        ("owner_token_hash", "+" * 43),
        ("proof_hash", 5),
        ("link_proof_hash", ""),
        ("expires_in_seconds", 30 * 86400 + 1),
        ("max_downloads", 10**9),
        ("part_bytes", 5 * GIB + 1),
        ("surprise", 1),
        ("max_download", 1),
    ],
)
def test_members_out_of_their_form(member: str, value: object):
    assert code_of(Sender().create(**{member: value})) == (422, "invalid_request")


def test_an_error_names_the_member_but_never_repeats_its_value():
    response = Sender().create(envelope="private" * 200)
    assert "envelope" in response.json()["detail"]
    assert "private" not in response.text


@pytest.mark.parametrize("lacking", ["payload_bytes", "envelope", "proof_hash", "owner_token_hash"])
def test_a_mixture_of_sealed_and_raw_is_refused(lacking: str):
    assert code_of(Sender().create(**{lacking: ...})) == (400, "mixed_transfer_kind")


def test_a_raw_transfer_takes_no_download_limit_and_a_sealed_one_no_type():
    limited = post("/transfers/create", {"file_size_bytes": 5, "max_downloads": 1})
    assert code_of(limited) == (400, "mixed_transfer_kind")
    typed = Sender().create(content_type_hint="application/pdf")
    assert code_of(typed) == (400, "mixed_transfer_kind")


@pytest.mark.parametrize(
    ("payload_bytes", "part_bytes"),
    [(5 * MIB, 5 * MIB - 1), (10_001 * 5 * MIB, 5 * MIB), (2**53 - 1, 5 * GIB)],
)
def test_parts_too_small_or_too_many(payload_bytes: int, part_bytes: int):
    response = Sender().create(payload_bytes=payload_bytes, part_bytes=part_bytes)
    assert code_of(response) == (422, "invalid_request")


def test_a_payload_shorter_than_its_plaintext():
    response = Sender().create(file_size_bytes=200, payload_bytes=199)
    assert code_of(response) == (422, "invalid_request")


def test_more_than_this_site_allows(settings):
    settings.MAX_TRANSFER_BYTES = 1000
    assert Sender(payload=b"x" * 1056).create().status_code == 200
    assert code_of(Sender(payload=b"x" * 1057).create()) == (413, "transfer_too_large")
    padded = Sender(payload=b"x" * 6000).create(file_size_bytes=1000)
    assert code_of(padded) == (413, "transfer_too_large")
