"""Which origins may call the API from a page: ours and those that are configured, nobody else."""

import pytest
from django.test import Client

from tests.actors import Sender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]

FRIEND = "https://friend.example"
FOREIGN = [
    "https://evil.example",
    "https://friend.example.evil.example",
    "https://friend.example:8443",
    "http://friend.example",
    "https://FRIEND.example.",
    "null",
    "*",
    "",
]


@pytest.fixture(autouse=True)
def one_friend(settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRIEND]


def from_page(origin: str, method: str, path: str, **headers: str):
    return getattr(Client(headers={"origin": origin, **headers}), method)(path)


def preflight(origin: str, path: str, method: str = "POST", asked_headers: str = "content-type"):
    return from_page(
        origin,
        "options",
        path,
        **{
            "access-control-request-method": method,
            "access-control-request-headers": asked_headers,
        },
    )


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_let_into_nothing(origin: str):
    sender = Sender().send()
    for path in ("/info/config", f"/transfers/info/{sender.transfer_id}", "/transfers/create"):
        for response in (from_page(origin, "get", path), preflight(origin, path)):
            assert not [name for name in response.headers if name.lower().startswith("access-")]


def test_a_configured_origin_is_let_into_the_api():
    answer = from_page(FRIEND, "get", "/info/config")
    assert answer["Access-Control-Allow-Origin"] == FRIEND
    assert "origin" in answer["Vary"]
    exposed = answer["Access-Control-Expose-Headers"]
    assert {"etag", "content-range", "retry-after"} <= set(exposed.split(", "))
    asked = preflight(FRIEND, "/transfers/create", "POST", "content-type, x-sgraph-access-token")
    assert asked.status_code == 200
    assert "x-sgraph-access-token" in asked["Access-Control-Allow-Headers"]
    assert "cookie" not in asked["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/transfers/info/x", 404),
        ("get", "/transfers/nothing", 404),
        ("put", "/info/config", 405),
        ("post", "/transfers/create", 422),
        ("put", "/transfers/local/a/b/parts/0?size=1", 403),
    ],
)
def test_a_configured_origin_can_read_why_it_was_refused(method: str, path: str, status: int):
    answer = from_page(FRIEND, method, path)
    assert answer.status_code in (status, 400)
    assert answer["Access-Control-Allow-Origin"] == FRIEND


def test_an_oversized_call_of_a_configured_origin_is_refused_readably():
    client = Client(headers={"origin": FRIEND})
    answer = client.post("/transfers/create", "x" * 2**20, content_type="application/json")
    assert answer.status_code == 413
    assert answer["Access-Control-Allow-Origin"] == FRIEND


def test_pages_files_and_the_admin_are_not_for_other_origins():
    from django.contrib.staticfiles.storage import staticfiles_storage

    style = staticfiles_storage.url("css/paper.css")
    for path in ("/", "/d/x", "/manage/x", "/admin/login/", style, "/nothing"):
        answer = from_page(FRIEND, "get", path)
        if answer.streaming:
            answer.close()
        assert "Access-Control-Allow-Origin" not in answer.headers, path


@pytest.mark.parametrize("origin", [FRIEND, *FOREIGN])
def test_credentials_and_everybody_are_never_offered(origin: str):
    for response in (from_page(origin, "get", "/info/config"), preflight(origin, "/info/config")):
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert response.get("Access-Control-Allow-Origin") != "*"


@pytest.mark.parametrize(
    "value", ["*", "https://*", "null", "https://a.example/path", "evil.example"]
)
def test_a_wildcard_can_not_be_configured(value: str, monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    from sgraph_send.configuration import origins

    monkeypatch.setenv("SGRAPH_SEND__CORS_ORIGINS", value)
    with pytest.raises(ImproperlyConfigured, match="SGRAPH_SEND__CORS_ORIGINS"):
        origins("SGRAPH_SEND__CORS_ORIGINS")
