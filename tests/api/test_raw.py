"""The original service's calls, with exactly its shapes."""

import pytest
from django.test import Client

from tests.actors import Sender, code_of, get, post
from tests.clock import let_pass
from transfers.models import Transfer

pytestmark = pytest.mark.django_db


def create(**body: object):
    return post("/transfers/create", {"file_size_bytes": 5, **body})


def upload(transfer_id: str, body: bytes, **headers: str):
    return Client(headers=headers).post(
        f"/transfers/upload/{transfer_id}", body, content_type="application/octet-stream"
    )


def send(body: bytes, **creation: object) -> str:
    transfer_id = create(**creation).json()["transfer_id"]
    upload(transfer_id, body)
    post(f"/transfers/complete/{transfer_id}")
    return transfer_id


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 40_000])
def test_a_script_of_the_original_service_goes_on_working(body: bytes):
    created = create(content_type_hint="application/octet-stream")
    assert created.status_code == 200
    transfer_id = created.json()["transfer_id"]
    assert created.json() == {
        "transfer_id": transfer_id,
        "upload_url": f"/transfers/upload/{transfer_id}",
    }

    uploaded = upload(transfer_id, body)
    assert uploaded.json() == {
        "status": "uploaded",
        "transfer_id": transfer_id,
        "size": len(body),
    }

    completed = post(f"/transfers/complete/{transfer_id}").json()
    assert completed["transfer_id"] == transfer_id
    assert completed["download_url"] == f"/d/{transfer_id}"
    assert completed["transparency"].keys() >= {
        "stored_fields",
        "not_stored",
        "timestamp",
        "file_size_bytes",
    }

    assert "file contents" not in completed["transparency"]["not_stored"]

    info = get(f"/transfers/info/{transfer_id}").json()
    assert info["status"] == "completed"
    assert info["file_size_bytes"] == 5
    assert info["download_count"] == 0
    assert info["envelope"] is None

    answer = get(f"/transfers/download/{transfer_id}")
    assert answer.getvalue() == body
    assert get(f"/transfers/info/{transfer_id}").json()["download_count"] == 1


def test_stored_bytes_are_never_rendered_on_our_origin():
    answer = get(f"/transfers/download/{send(b'<script>alert(1)</script>')}")

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"


def test_head_shows_the_size_and_counts_nothing():
    transfer_id = send(b"hello")
    answer = Client().head(f"/transfers/download/{transfer_id}")

    assert answer["Content-Length"] == "5"
    assert Transfer.objects.get().download_count == 0


def test_download_and_completion_before_the_upload_are_not_found():
    transfer_id = create().json()["transfer_id"]

    assert code_of(get(f"/transfers/download/{transfer_id}")) == (404, "transfer_not_found")
    assert code_of(post(f"/transfers/complete/{transfer_id}")) == (404, "nothing_uploaded")


def test_upload_after_completion_is_not_found_and_changes_nothing():
    transfer_id = send(b"hello")

    assert code_of(upload(transfer_id, b"other")) == (404, "transfer_not_found")
    assert get(f"/transfers/download/{transfer_id}").getvalue() == b"hello"
    assert post(f"/transfers/complete/{transfer_id}").status_code == 200


@pytest.mark.usefixtures("store")
def test_a_repeated_upload_replaces_the_first():
    transfer_id = create().json()["transfer_id"]
    upload(transfer_id, b"first and longer")
    upload(transfer_id, b"second")
    post(f"/transfers/complete/{transfer_id}")

    assert get(f"/transfers/download/{transfer_id}").getvalue() == b"second"


def test_an_upload_that_overtakes_a_completion_is_not_given_its_length(store, monkeypatch):
    transfer_id = create().json()["transfer_id"]
    upload(transfer_id, b"first and longer")
    list_parts = store.list_parts

    def overtaken(*uploaded: object):
        listed = list_parts(*uploaded)
        upload(transfer_id, b"second")
        return listed

    with monkeypatch.context() as patch:
        patch.setattr(store, "list_parts", overtaken)
        answer = post(f"/transfers/complete/{transfer_id}")

    assert code_of(answer) == (409, "upload_in_progress")
    assert post(f"/transfers/complete/{transfer_id}").status_code == 200
    assert get(f"/transfers/download/{transfer_id}").getvalue() == b"second"


def test_expired_raw_transfers_are_gone():
    transfer_id = send(b"hello", expires_in_seconds=60)
    let_pass(minutes=2)

    assert code_of(get(f"/transfers/download/{transfer_id}")) == (410, "transfer_expired")
    assert code_of(get(f"/transfers/info/{transfer_id}")) == (410, "transfer_expired")


def test_raw_calls_on_a_sealed_transfer_are_refused_in_every_state():
    sender = Sender()
    sender.create()
    for step in (lambda: None, sender.upload, sender.complete):
        step()
        assert code_of(upload(sender.transfer_id, b"x")) == (409, "sealed_transfer")
        assert code_of(get(f"/transfers/download/{sender.transfer_id}")) == (
            403,
            "sealed_transfer",
        )
    assert Transfer.objects.get().download_count == 0


def test_sealed_calls_on_a_raw_transfer_are_refused():
    transfer_id = send(b"hello")
    stranger = Sender(transfer_id=transfer_id).stranger()

    assert code_of(stranger.manifest()) == (409, "raw_transfer")
    assert code_of(stranger.lease()) == (409, "raw_transfer")
    assert code_of(stranger.finish()) == (409, "raw_transfer")
    assert code_of(Sender(transfer_id=transfer_id).manage()) == (403, "owner_token_wrong")
    assert code_of(Sender(transfer_id=transfer_id).delete()) == (403, "owner_token_wrong")


def test_raw_transfers_are_capped(settings):
    settings.MAX_RAW_BYTES = 10
    assert code_of(create(file_size_bytes=11)) == (413, "transfer_too_large")
    transfer_id = create().json()["transfer_id"]
    assert code_of(upload(transfer_id, b"x" * 11)) == (413, "transfer_too_large")
    assert upload(transfer_id, b"x" * 10).status_code == 200


def test_a_body_of_unknown_length_is_refused():
    transfer_id = create().json()["transfer_id"]
    refused = upload(transfer_id, b"x", **{"transfer-encoding": "chunked"})
    assert code_of(refused) == (411, "length_required")


def test_a_store_that_fails_is_told_in_a_sentence_and_counts_no_download(store):
    transfer_id = send(b"abcde")
    store.delete(transfer_id)
    answer = get(f"/transfers/download/{transfer_id}")
    assert code_of(answer) == (503, "store_unavailable")
    assert answer["Retry-After"]
    assert Transfer.objects.get().download_count == 0
