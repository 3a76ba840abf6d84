"""Each kind of answer lets browsers do what it needs, and nothing else."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.test import Client

from sgraph_send.http.content_policy import page_policy
from tests.actors import Sender, post
from tests.actors import get as get_open
from transfers.pages import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]

SHUT = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
LOOKS = {"style-src": "'self'", "img-src": "'self'"}
TYPED = {"require-trusted-types-for": "'script'"}
TEXT = SHUT | LOOKS | TYPED | {"trusted-types": "'none'"}
MANAGE = TEXT | {"script-src": "'self'", "connect-src": "'self'"}
TRANSFER = MANAGE | {"worker-src": "'self'", "trusted-types": "sgraph-send-worker"}
PATHS = {"send": "/", "download": "/d/{id}", "manage": "/manage/{id}"}


def get(path: str, **headers: str) -> HttpResponse:
    """An answer whose file, if it is one, is closed again."""
    response = get_open(path, **headers)
    if response.streaming:
        response.close()
    return response


def policy_of(response: HttpResponse) -> dict[str, str]:
    directives = response["Content-Security-Policy"].split("; ")
    return {name: values for name, _, values in (text.partition(" ") for text in directives)}


def paths_of_every_kind(transfer_id: str) -> list[str]:
    pages = ["/" + page.path.replace("<str:transfer_id>", transfer_id) for page in PAGES]
    answers = ["/nothing/here", "/admin/login/", "/admin/", "/api/openapi.json", "/info/config"]
    refusals = ["/info/nothing", f"/transfers/manage/{transfer_id}", "/transfers/info/x"]
    return [*pages, *answers, *refusals, static("img/mark.svg"), static("js/pages/send.js")]


def static(name: str) -> str:
    return staticfiles_storage.url(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.kind)
def test_pages_may_do_what_their_kind_needs(page):
    expected = {"send": TRANSFER, "download": TRANSFER, "manage": MANAGE}.get(page.kind, TEXT)
    response = get("/" + page.path.replace("<str:transfer_id>", "x"))
    assert policy_of(response) == expected
    again = get(
        "/" + page.path.replace("<str:transfer_id>", "y"), **{"if-none-match": response["ETag"]}
    )
    assert again.status_code == 304
    assert policy_of(again) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/nothing/here", TEXT),
        ("/info/config", SHUT),
        ("/info/nothing", SHUT),
        ("/transfers/info/x", SHUT),
        ("/api/openapi.json", SHUT),
    ],
)
def test_what_is_no_page_of_ours_may_do_nothing(path: str, expected: dict[str, str]):
    assert policy_of(get(path)) == expected


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("js/worker/crypto_worker.js", "'self' 'wasm-unsafe-eval'"),
        ("js/worker/sink_worker.js", "'self'"),
        ("js/worker/qr_worker.js", "'self'"),
        ("js/pages/send.js", None),
        ("css/paper.css", None),
        ("img/mark.svg", None),
    ],
)
def test_only_workers_run_scripts_and_only_where_argon2id_runs_is_wasm(name: str, script):
    response = get(static(name))
    assert response.status_code == 200
    assert policy_of(response) == SHUT | ({"script-src": script} if script else {})


def test_stored_bytes_are_never_a_document():
    sender = Sender().send()
    answer = get_open(sender.recipient().lease().json()["url"])
    assert answer.getvalue() == sender.payload
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"] == "attachment"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_policy_lets_pages_reach_the_bucket_where_transfers_happen_alone(on_s3):
    page_policy.cache_clear()
    try:
        policies = {kind: policy_of(get(path)) for kind, path in PATHS.items()}
    finally:
        page_policy.cache_clear()
    bucket = f"'self' {on_s3.endpoint_url}"
    assert policies["send"]["connect-src"] == policies["download"]["connect-src"] == bucket
    assert policies["manage"]["connect-src"] == "'self'"


def test_every_answer_carries_the_same_refusals():
    for path in paths_of_every_kind(Sender().send().transfer_id):
        headers = get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        policy = "same-origin" if path.startswith("/admin/") else "no-referrer"
        assert headers["Referrer-Policy"] == policy, path
        features = dict(part.split("=") for part in headers["Permissions-Policy"].split(", "))
        assert {name for name, allowed in features.items() if allowed != "()"} == {
            "clipboard-write"
        }
        assert {"camera", "microphone", "geolocation", "payment", "usb"} <= features.keys()
        assert "unsafe-inline" not in headers["Content-Security-Policy"], path
        assert "Clear-Site-Data" not in headers, path


def test_no_cookie_is_set_outside_the_admin():
    sender = Sender().send()
    visitor = Client(headers={"cookie": "sessionid=abc; csrftoken=def; messages=ghi"})
    assert not sender.recipient().lease().cookies
    assert not post("/transfers/create", {}).cookies
    for path in paths_of_every_kind(sender.transfer_id):
        for method in ("get", "head", "post", "options", "delete"):
            response = getattr(visitor, method)(path)
            if response.streaming:
                response.close()
            assert path.startswith("/admin/") or not response.cookies, (method, path)


def test_answers_of_the_api_and_errors_are_not_kept():
    for path in ("/info/config", "/transfers/info/x", "/nothing/here", "/admin/nothing"):
        assert "no-store" in get(path)["Cache-Control"], path


def test_https_is_insisted_on_only_where_it_was_spoken(settings):
    settings.SECURE_HSTS_SECONDS = 63072000
    assert "Strict-Transport-Security" not in get("/").headers
    secure = Client().get("/", secure=True).headers
    assert secure["Strict-Transport-Security"] == "max-age=63072000"
    assert "Strict-Transport-Security" in Client().get("/info/nothing", secure=True).headers


def test_how_far_hsts_reaches_is_the_operators_choice(settings):
    settings.SECURE_HSTS_SECONDS = 63072000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    secure = Client().get("/", secure=True).headers
    assert secure["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
