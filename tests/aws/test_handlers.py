"""The handlers answer documents of function URLs and CloudFront as Lambda would ask them to."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.actors import Sender, put, store_request
from tests.aws.conftest import RAW_BYTES_MAX, TOKEN
from tests.aws.runtime import Browser, Function, HandlerFailed, cloudfront
from transfers.tokens import encode_b64u

MIB = 2**20
BOTH_WAYS = pytest.mark.parametrize("way", ["call", "call_at_the_edge"])


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
    token, creation = {"x-sgraph-access-token": TOKEN}, {"file_size_bytes": RAW_BYTES_MAX + 1}
    refused = user.call("POST", "/transfers/create", creation, **token)
    assert (refused.status, refused.json()["code"]) == (413, "transfer_too_large")


def test_the_pages_and_their_files_come_from_the_user_function(user: Function):
    page = user.call("GET", "/", accept_encoding="br")
    assert (page.status, page.headers["content-encoding"]) == (200, "br")
    answer = user.call("GET", a_script(user), accept_encoding="identity")
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]


def a_script(user: Function) -> str:
    page = user.call("GET", "/", accept_encoding="identity").body.decode()
    return page.split('<script type="module" src="')[1].split('"')[0]


@pytest.mark.parametrize("secret", [None, "", "guessed", "shown-by-cloudfront "])
def test_a_stranger_who_found_the_function_url_is_refused(
    user: Function, admin: Function, secret: str | None
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
    version_4 = user.call("GET", "/info/status", x_sgraph_viewer_address="198.51.100.7", **bearer)
    assert version_4.json()["caller"]["address"] == "198.51.100.7"
    status = cloudfront("/info/status")
    status["Records"][0]["cf"]["request"]["headers"]["authorization"] = [
        {"key": "Authorization", "value": bearer["authorization"]}
    ]
    answer = json.loads(user.invoke(status)["body"])
    assert answer["caller"]["address"] == "203.0.113.178"


def test_metrics_are_not_told_to_who_pretends_to_be_this_machine(user: Function):
    assert user.call("GET", "/metrics", x_forwarded_for="127.0.0.1").status == 404


def test_static_files_are_answered_without_a_word_about_the_viewer(user: Function):
    assert user.call("GET", a_script(user), x_sgraph_viewer_address="").status == 200
    assert user.call("GET", "/metrics", x_sgraph_viewer_address="").status == 404


def test_the_admin_function_serves_the_panel_and_no_transfer(admin: Function):
    assert admin.call("GET", "/admin/login/").status == 200
    assert admin.call("GET", "/admin/").status == 302
    creation = {"file_size_bytes": 5}
    refused = admin.call("POST", "/transfers/create", creation, x_sgraph_access_token=TOKEN)
    assert (refused.status, refused.json()["code"]) == (404, "not_found")
    assert admin.call("GET", "/").status == 404


def test_the_user_function_has_no_panel(user: Function):
    for path in ("/admin/", "/admin/login/"):
        assert user.call("GET", path).status == 404


@BOTH_WAYS
def test_an_operator_made_by_the_cleanup_function_signs_in_and_opens_the_dashboard(
    admin: Function, cleanup: Function, way: str
):
    name = f"olga-{way}"
    made = cleanup.invoke({"task": "operator", "name": name, "role": "moderator"})
    assert made["name"] == name
    olga = Browser(getattr(admin, way), "https://admin.example")
    form = olga.get("/admin/login/")
    credentials = {"username": name, "password": made["password"], "next": "/admin/"}
    answer = olga.submit("/admin/login/", form, **credentials)
    assert (answer.status, answer.headers["location"]) == (302, "/admin/")
    assert {"sessionid", "csrftoken", "sgraph-send-known-browser"} <= olga.cookies.keys()
    assert all("Secure" in line and "HttpOnly" in line for line in answer.set_cookies)

    dashboard = olga.get("/admin/")
    assert dashboard.status == 200
    page = dashboard.body.decode()
    assert 'data-testid="conditions"' in page
    assert name in page

    assert olga.submit("/admin/logout/", dashboard).status == 200
    assert olga.get("/admin/").status == 302
    assert made["password"] not in cleanup.log_path.read_text() + cleanup.output


@BOTH_WAYS
def test_a_form_of_another_origin_signs_nobody_in(admin: Function, cleanup: Function, way: str):
    name = f"oscar-{way}"
    made = cleanup.invoke({"task": "operator", "name": name, "role": "viewer"})
    eve = Browser(getattr(admin, way), "https://evil.example")
    form = eve.get("/admin/login/")
    answer = eve.submit("/admin/login/", form, username=name, password=made["password"])
    assert answer.status == 403
    assert "sessionid" not in eve.cookies


def test_several_lines_of_a_header_count_as_one(user: Function):
    document = cloudfront("/")
    request = document["Records"][0]["cf"]["request"]
    request["headers"]["accept-encoding"] = [
        {"key": "Accept-Encoding", "value": value} for value in ("gzip;q=0", "br")
    ]
    answer = user.invoke(document)
    assert answer["headers"]["content-encoding"][0]["value"] == "br"
    assert answer["bodyEncoding"] == "base64"


def test_bytes_of_a_body_come_as_they_were_from_the_edge(user: Function):
    token = {"x-sgraph-access-token": TOKEN}
    content = bytes(range(256))
    created = user.call("POST", "/transfers/create", {"file_size_bytes": len(content)}, **token)
    path = f"/transfers/upload/{created.json()['transfer_id']}"
    assert user.call_at_the_edge("POST", path, content, **token).status == 200
    path = f"/transfers/complete/{created.json()['transfer_id']}"
    assert user.call_at_the_edge("POST", path, **token).status == 200
    path = f"/transfers/download/{created.json()['transfer_id']}"
    assert user.call_at_the_edge("GET", path).body == content


def test_what_was_counted_is_written_when_the_request_ends(
    user: Function, environment: dict[str, str]
):
    with psycopg.connect(environment["DATABASE_URL"].partition("?")[0]) as connection:
        query = "SELECT coalesce(sum(count), 0) FROM transfers_pagevisits"
        before = connection.execute(query).fetchone()[0]
        assert user.call("GET", "/security").status == 200
        assert connection.execute(query).fetchone()[0] == before + 1


def test_a_request_leaves_one_json_line_without_address_or_id(user: Function):
    unknown = "x" * 22
    user.call("GET", f"/transfers/info/{unknown}")
    log = user.log_path.read_text()
    line = json.loads(log.splitlines()[-1])
    assert (line["route"], line["status"]) == ("transfers/info/<transfer_id>", 404)
    assert unknown not in log
    assert "2001:db8" not in log
    assert "shown-by-cloudfront" not in log


def test_cleanup_says_its_lag_where_cloudwatch_reads_it(cleanup: Function, database: None):
    assert cleanup.invoke({"task": "cleanup"})["outcome"].startswith("closed: ")
    line = json.loads(cleanup.output.splitlines()[-1])
    directive = line["_aws"]["CloudWatchMetrics"][0]
    assert directive["Namespace"] == "SGraphSend"
    assert {each["Name"] for each in directive["Metrics"]} <= line.keys()
    assert (line["Environment"], line["DeletionLagSeconds"]) == ("production", 0)


def test_cleanup_refuses_tasks_that_it_does_not_know(cleanup: Function):
    with pytest.raises(HandlerFailed, match="ValueError: task must be one of cleanup, migrate"):
        cleanup.invoke({"task": "format the disk"})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SGRAPH_SEND__ORIGIN_SECRET": ""}, "needs SGRAPH_SEND__ORIGIN_SECRET"),
        ({"DATABASE_URL": "sqlite:////tmp/no.sqlite3"}, "Lambda keeps no files"),
    ],
)
def test_a_function_that_is_set_up_wrongly_does_not_start(
    machine, environment: dict[str, str], tmp_path: Path, changes: dict[str, str], reason: str
):
    log = tmp_path / "log"
    function = Function(machine, "sgraph_send.aws_lambda.user", environment | changes, log)
    assert function.ended()
    assert reason in log.read_text()
