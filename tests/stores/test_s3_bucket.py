"""The bucket: found by rule or by name, made when missing, open to our origins only."""

import http.client
from urllib.parse import urlsplit

import boto3
import pytest

from tests.actors import store_request
from tests.store_settings import forget_stores
from transfers.stores import current_store, open_store
from transfers.stores.s3_storage import default_bucket

ORIGIN = "http://localhost:8000"


def preflight(url: str, origin: str, method: str) -> tuple[int, dict[str, str]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(
            "OPTIONS",
            f"{parts.path}?{parts.query}",
            headers={"Origin": origin, "Access-Control-Request-Method": method},
        )
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()


def test_a_missing_bucket_is_made_and_lets_our_origin_only_in(on_s3):
    store = current_store()
    store.provision([ORIGIN])
    upload_id = store.begin("a" * 22)
    url = store.sign_part("a" * 22, upload_id, 0, 4)

    status, headers = preflight(url, ORIGIN, "PUT")
    assert status == 200
    assert headers["access-control-allow-origin"] == ORIGIN
    exposed = headers.get("access-control-expose-headers", "").lower()
    assert "etag" in exposed
    assert "content-range" in exposed

    status, headers = preflight(url, "https://evil.example", "PUT")
    assert "access-control-allow-origin" not in headers
    headers = preflight(url, ORIGIN, "DELETE")[1]
    assert "DELETE" not in headers.get("access-control-allow-methods", "")


def test_objects_can_not_be_read_without_a_signature(on_s3):
    store = current_store()
    store.provision([ORIGIN])
    upload_id = store.begin("a" * 22)
    store.write_part("a" * 22, upload_id, 0, iter([b"x"]), 1, lambda: True)
    store.complete("a" * 22, upload_id, store.list_parts("a" * 22, upload_id))

    signed = store.sign_download("a" * 22)
    assert store_request("GET", signed)[0] == 200
    assert store_request("GET", signed.split("?")[0])[0] == 403


def test_a_public_url_is_what_browsers_are_given(on_s3, settings):
    settings.S3_PUBLIC_URL = "https://files.example"
    forget_stores()
    store = current_store()
    store.provision([ORIGIN])
    assert store.sign_part("a" * 22, store.begin("a" * 22), 0, 4).startswith(
        f"https://files.example/{store.bucket}/transfers/aaaa"
    )
    assert store.browser_origin() == "https://files.example"


@pytest.mark.usefixtures("on_aws")
def test_on_aws_the_bucket_is_named_by_account_and_region():
    assert default_bucket("eu-central-1") == "123456789012--sgraph-send-transfers--eu-central-1"
    store = current_store()
    store.provision([ORIGIN])
    buckets = [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    assert buckets == ["123456789012--sgraph-send-transfers--eu-central-1"]
    rule = boto3.client("s3").get_bucket_cors(Bucket=buckets[0])["CORSRules"][0]
    assert rule["AllowedOrigins"] == [ORIGIN]


@pytest.mark.usefixtures("on_aws")
def test_a_named_bucket_wins_over_the_rule(settings):
    settings.S3_BUCKET = "chosen"
    forget_stores()
    assert current_store().bucket == "chosen"


@pytest.mark.usefixtures("on_aws")
def test_on_aws_signed_urls_name_the_bucket_and_its_region():
    store = open_store("s3", "some-bucket")
    host = urlsplit(store.sign_download("a" * 22)).hostname
    assert host == "some-bucket.s3.eu-central-1.amazonaws.com"
    assert store.browser_origin() == f"https://{host}"
