"""The handlers in processes of their own, on PostgreSQL and SeaweedFS, as Lambda would run them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actors import Sender, put, store_request
from tests.aws.runtime import Function, cloudfront
from tests.services.postgres import Postgres
from tests.services.seaweed import SeaweedS3
from transfers.tokens import encode_b64u

TOKEN = "token-of-the-tests-0123456789"
MIB = 2**20


@pytest.fixture(scope="module")
def environment(
    postgres: Postgres,
    seaweed: SeaweedS3,
    collected_static: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """What the template gives a function, with real parts in the places of AWS's."""
    import os

    bucket = f"lambda-{os.getpid()}"
    seaweed.client().create_bucket(Bucket=bucket)
    return {
        **seaweed.environment,
        "SGRAPH_SEND__S3_BUCKET": bucket,
        "DATABASE_URL": f"{postgres.new_database(bucket)}?conn_health_checks=True",
        "SGRAPH_SEND__PUBLIC_URL": "https://send.example",
        "SGRAPH_SEND__ORIGIN_SECRET": "shown-by-cloudfront",
        "SGRAPH_SEND__SECRET_KEY": "made-up-for-tests",
        "SGRAPH_SEND__ACCESS_TOKEN": TOKEN,
        "SGRAPH_SEND__MAX_RAW_BYTES": str(4 * MIB),
        "SGRAPH_SEND__LOG_FORMAT": "json",
        "SGRAPH_SEND__METRICS_TOKEN": "for-the-operator",
        "SGRAPH_SEND__DATA_DIR": str(tmp_path_factory.mktemp("lambda")),
        "SGRAPH_SEND__STATIC_DIR": os.environ["SGRAPH_SEND__STATIC_DIR"],
    }


@pytest.fixture(scope="module")
def cleanup(environment: dict[str, str], tmp_path_factory) -> Iterator[Function]:
    yield from started("cleanup", environment, tmp_path_factory)


@pytest.fixture(scope="module")
def database(cleanup: Function) -> None:
    assert cleanup.invoke({"task": "migrate"}) == {"outcome": "migrated"}


@pytest.fixture(scope="module")
def user(environment, database, tmp_path_factory) -> Iterator[Function]:
    yield from started("user", environment, tmp_path_factory)


@pytest.fixture(scope="module")
def admin(environment, database, tmp_path_factory) -> Iterator[Function]:
    settings = {**environment, "SGRAPH_SEND__PUBLIC_URL": "https://admin.example"}
    yield from started("admin", settings, tmp_path_factory)


def started(name: str, environment: dict[str, str], folders) -> Iterator[Function]:
    log: Path = folders.mktemp(name) / "log"
    function = Function(f"sgraph_send.lambda_{name}", environment, log)
    yield function
    function.stop()


def test_a_whole_transfer_goes_through_the_user_function(user: Function, cleanup: Function):
    anna = Sender(payload=b"sealed " * MIB, access_token=TOKEN)
    created = user.call("POST", "/transfers/create", anna.creation(), **anna.access_header)
    assert created.status == 200, created.body
    anna.transfer_id = created.json()["transfer_id"]

    path = f"/transfers/upload/{anna.transfer_id}/sign"
    signed = user.call("POST", path, {"parts": [0, 1]}, **anna.owner_header).json()["parts"]
    for part in signed:
        assert put(part["url"], anna.parts()[part["index"]]) == 200
    manifest = {"manifest": encode_b64u(anna.sealed_manifest)}
    path = f"/transfers/complete/{anna.transfer_id}"
    assert user.call("POST", path, manifest, **anna.owner_header).status == 200

    bert = anna.recipient()
    info = user.call("GET", f"/transfers/info/{anna.transfer_id}")
    assert info.json()["payload_bytes"] == len(anna.payload)
    manifest = user.call("POST", f"/transfers/manifest/{anna.transfer_id}", bert.proofs)
    assert manifest.json()["manifest"] == encode_b64u(anna.sealed_manifest)
    lease = {**bert.proofs, "lease_token": bert.lease_token}
    leased = user.call("POST", f"/transfers/download/{anna.transfer_id}/lease", lease).json()
    assert store_request("GET", leased["url"]) == (200, anna.payload)

    path = f"/transfers/manage/{anna.transfer_id}"
    assert user.call("DELETE", path, **anna.owner_header).status == 200
    assert store_request("GET", leased["url"])[0] == 404
    assert user.call("GET", f"/transfers/info/{anna.transfer_id}").status in (404, 410)


def test_raw_bytes_pass_as_they_are(user: Function):
    content = bytes(range(256)) * 1000
    creation = {"file_size_bytes": len(content)}
    token = {"x-sgraph-access-token": TOKEN}
    transfer_id = user.call("POST", "/transfers/create", creation, **token).json()["transfer_id"]
    assert user.call("POST", f"/transfers/upload/{transfer_id}", content, **token).status == 200
    assert user.call("POST", f"/transfers/complete/{transfer_id}", **token).status == 200
    fetched = user.call("GET", f"/transfers/download/{transfer_id}")
    assert fetched.body == content
    assert fetched.headers["content-type"] == "application/octet-stream"


def test_what_a_function_can_not_carry_is_refused_before(user: Function):
    token = {"x-sgraph-access-token": TOKEN}
    refused = user.call("POST", "/transfers/create", {"file_size_bytes": 5 * MIB}, **token)
    assert (refused.status, refused.json()["code"]) == (413, "transfer_too_large")


def test_the_pages_and_their_files_come_from_the_user_function(user: Function):
    page = user.call("GET", "/", accept_encoding="br")
    assert (page.status, page.headers["content-encoding"]) == (200, "br")
    plain = user.call("GET", "/", accept_encoding="identity")
    script = plain.body.decode().split('<script type="module" src="')[1].split('"')[0]
    answer = user.call("GET", script, accept_encoding="identity")
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("secret", ["", "guessed", "shown-by-cloudfront "])
def test_a_stranger_who_found_the_function_url_is_refused(
    user: Function, admin: Function, secret: str
):
    for function in (user, admin):
        answer = function.call("GET", "/info/health", secret=secret)
        assert (answer.status, answer.json()["code"]) == (403, "not_through_cloudfront")
        assert function.call("GET", "/info/health").status == 200


def test_a_viewer_can_not_bring_the_origin_secret_in_a_document_of_cloudfronts(user: Function):
    document = cloudfront()
    request = document["Records"][0]["cf"]["request"]
    request["headers"]["x-sgraph-origin-secret"] = request["origin"]["custom"].pop("customHeaders")[
        "x-sgraph-origin-secret"
    ]
    assert user.invoke(document)["status"] == 403


def test_both_functions_answer_documents_of_cloudfronts_own(user: Function, admin: Function):
    for function in (user, admin):
        answer = function.invoke(cloudfront())
        assert (answer["status"], json.loads(answer["body"])) == (200, {"status": "ok"})
        assert answer["headers"]["content-type"][0]["value"].startswith("application/json")


def test_the_caller_is_who_cloudfront_says_and_not_who_the_caller_says(user: Function):
    bearer = {"authorization": "Bearer for-the-operator"}
    for said in ("198.51.100.9", "127.0.0.1, 198.51.100.9"):
        told = user.call("GET", "/info/status", x_forwarded_for=said, **bearer).json()["caller"]
        assert told["address"] == told["peer"] == "2001:db8:728d:fa10::c4a"
        assert (told["scheme"], told["host"]) == ("https", "send.example")
    version_4 = user.call(
        "GET", "/info/status", cloudfront_viewer_address="198.51.100.7:4711", **bearer
    )
    assert version_4.json()["caller"]["address"] == "198.51.100.7"
    status = cloudfront("/info/status")
    status["Records"][0]["cf"]["request"]["headers"]["authorization"] = [
        {"key": "Authorization", "value": bearer["authorization"]}
    ]
    answer = json.loads(user.invoke(status)["body"])
    assert answer["caller"]["address"] == "203.0.113.178"


def test_metrics_are_not_told_to_who_pretends_to_be_this_machine(user: Function):
    assert user.call("GET", "/metrics", x_forwarded_for="127.0.0.1").status == 404


def test_the_admin_function_serves_the_panel_and_no_transfer(admin: Function, cleanup: Function):
    assert admin.call("GET", "/admin/login/").status == 200
    assert admin.call("GET", "/admin/").status == 302
    creation = {"file_size_bytes": 5}
    refused = admin.call("POST", "/transfers/create", creation, x_sgraph_access_token=TOKEN)
    assert (refused.status, refused.json()["code"]) == (404, "not_found")
    assert admin.call("GET", "/").status == 404


def test_the_user_function_has_no_panel(user: Function):
    assert user.call("GET", "/admin/login/").status == 404
