"""What the other calls refuse: status, stable code, one shape, never a 500."""

import pytest
from django.test import Client

from tests.actors import ENVELOPE, MIB, Sender, code_of, get, post, put
from transfers import limits
from transfers.models import Transfer
from transfers.tokens import encode_b64u

pytestmark = pytest.mark.django_db

ABSENT_IDS = ["x", "0" * 22, "A" * 5000, "..", "%00", "a%2Fb", "' OR 1=1", "é" * 22]


@pytest.mark.parametrize("transfer_id", ABSENT_IDS)
def test_unknown_and_malformed_ids(transfer_id: str):
    sender = Sender(transfer_id=transfer_id)
    someone = sender.recipient()
    answers = [
        someone.info(),
        someone.manifest(),
        someone.lease(),
        someone.finish(),
        get(f"/transfers/download/{transfer_id}"),
        sender.sign(0),
        sender.list_parts(),
        sender.abort(),
        sender.complete(),
        sender.manage(),
        sender.delete(),
        Client().post(f"/transfers/upload/{transfer_id}", b"x", content_type="text/plain"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {code_of(answer)[1] for answer in answers} <= {"transfer_not_found", "not_found"}


@pytest.mark.parametrize(
    "parts", [[], [-1], ["0"], [0.0], [True], [10_000], [2**60], None, 0, list(range(65)), [[0]]]
)
def test_malformed_lists_of_parts(parts: object):
    sender = Sender()
    sender.create()
    response = post(
        f"/transfers/upload/{sender.transfer_id}/sign", {"parts": parts}, **sender.owner_header
    )
    assert code_of(response) == (422, "invalid_request")


def test_parts_past_the_last():
    sender = Sender()
    sender.create()
    assert code_of(sender.sign(1)) == (422, "part_out_of_range")


def test_a_part_url_works_for_nothing_else():
    sender = Sender(payload=b"x" * (5 * MIB + 9))
    sender.create()
    url = sender.sign(1).json()["parts"][0]["url"]
    other = Sender(payload=sender.payload)
    other.create()

    assert put(url.replace("/parts/1", "/parts/0"), b"x" * 9) == 403
    assert put(url.replace(sender.transfer_id, other.transfer_id), b"x" * 9) == 403
    assert put(url.replace("size=9", "size=10"), b"x" * 10) == 403
    assert put(url.replace("until=", "until=9"), b"x" * 9) == 403
    assert put(url.split("?")[0], b"x" * 9) == 403
    assert put(url.replace("signature=", "signature=0"), b"x" * 9) == 403
    assert put(url, b"x" * 9) == 200


def test_a_signed_path_does_not_climb():
    for path in ("..%2f..%2f..%2fetc/parts/0", "../../parts/0", "%2e%2e/payload", "a/parts/-1"):
        assert Client().put(f"/transfers/local/{path}").status_code in (403, 404, 405)


@pytest.mark.parametrize(
    "manifest", ["", "A", "====", "é", "AAAA", 5, None, ["A"], "A" * 4155, " " * 6000]
)
def test_malformed_manifests(manifest: object):
    sender = Sender()
    sender.create()
    sender.upload()
    response = post(
        f"/transfers/complete/{sender.transfer_id}", {"manifest": manifest}, **sender.owner_header
    )
    assert code_of(response) == (422, "invalid_request")


def test_an_oversized_manifest():
    sender = Sender()
    sender.create()
    sender.upload()
    longest = limits.SEALED_MANIFEST_MAX_BYTES
    assert code_of(sender.complete(bytes(longest + 1))) == (413, "manifest_too_large")
    assert code_of(sender.complete(bytes(longest + MIB))) == (413, "body_too_large")
    assert sender.complete(bytes(longest)).status_code == 200


def test_completing_without_a_body():
    sender = Sender()
    sender.create()
    assert code_of(post(f"/transfers/complete/{sender.transfer_id}", **sender.owner_header)) == (
        400,
        "malformed_json",
    )


def test_a_body_far_larger_than_a_call_needs():
    response = post("/transfers/create", {"file_size_bytes": 1, "envelope": "x" * 70_000})
    assert code_of(response) == (413, "body_too_large")


def test_json_nested_past_all_reason():
    body = b"[" * 30_000 + b"]" * 30_000
    response = Client().post("/transfers/create", body, content_type="application/json")
    assert code_of(response) in {(400, "malformed_json"), (422, "invalid_request")}


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 5000, "é", "k" * 42 + "A"])
def test_wrong_owner_tokens(token: str):
    sender = Sender().send()
    stranger = Sender(transfer_id=sender.transfer_id, owner_token=token)
    expected = (403, "owner_token_wrong") if token else (401, "owner_token_required")

    assert code_of(stranger.manage()) == expected
    assert code_of(stranger.delete()) == expected
    assert code_of(stranger.abort()) == expected
    assert code_of(stranger.sign(0)) == expected
    assert code_of(stranger.list_parts()) == expected
    assert code_of(stranger.complete()) == expected
    assert Transfer.objects.get().state == "completed"


@pytest.mark.parametrize("proof", ["", "A" * 42, "A" * 42 + "B", 5, None])
def test_malformed_proofs(proof: object):
    recipient = Sender().send(max_downloads=1).recipient()
    assert code_of(recipient.lease(proof=proof)) == (422, "invalid_request")
    assert code_of(recipient.manifest(link_proof=proof)) == (422, "invalid_request")
    assert code_of(recipient.lease(lease_token=proof)) == (422, "invalid_request")
    assert Transfer.objects.get().download_count == 0


def test_a_malformed_lease_token_on_info_is_like_none():
    recipient = Sender().send().recipient()
    recipient.lease_token = "nonsense"
    assert recipient.info(with_lease=True).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/transfers/create"),
        ("put", "/transfers/create"),
        ("delete", "/transfers/info/x"),
        ("post", "/transfers/info/x"),
        ("get", "/transfers/manifest/x"),
        ("get", "/transfers/download/x/lease"),
        ("patch", "/transfers/complete/x"),
        ("post", "/info/health"),
        ("post", "/transfers/local/x/payload"),
        ("get", "/transfers/local/x/y/parts/0"),
        ("trace", "/info/config"),
    ],
)
def test_wrong_methods(method: str, path: str):
    response = getattr(Client(), method)(path)
    assert code_of(response) == (405, "method_not_allowed")
    assert response["Allow"]


@pytest.mark.parametrize("path", ["/transfers/", "/transfers/nothing/here", "/info/x", "/api/x"])
def test_unknown_addresses_of_the_api(path: str):
    response = get(path)
    assert code_of(response) == (404, "not_found")
    assert response["Cache-Control"] == "no-store"


def test_a_foreign_host_name_is_refused_except_for_health_probes():
    stranger = Client(headers={"host": "evil.example"})
    assert code_of(stranger.get("/info/config")) == (400, "host_not_allowed")
    assert stranger.get("/").status_code == 400
    assert stranger.get("/info/health").status_code == 200


def test_an_unexpected_failure_shows_a_sentence_and_an_id_but_no_stack(monkeypatch):
    from transfers.api import downloads

    def broken(transfer_id: str) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(downloads, "find_transfer", broken)
    response = Client(raise_request_exception=False).get("/transfers/info/x")

    assert code_of(response) == (500, "internal_error")
    assert response["X-Request-Id"] in response.json()["detail"]
    assert "secret inside" not in response.text


def test_the_envelope_comes_back_byte_for_byte():
    odd = ENVELOPE.replace(":", " :  ")
    sender = Sender().send(envelope=odd)
    assert sender.recipient().info().json()["envelope"] == odd


def test_the_sealed_manifest_comes_back_byte_for_byte():
    sender = Sender().send()
    answer = sender.recipient().manifest().json()
    assert answer == {"manifest": encode_b64u(sender.sealed_manifest)}
