"""Pages are the same for everyone, and looking at any address uses nothing up."""

import gzip

import brotli
import pytest
from django.test import Client

from tests.actors import Sender, get
from transfers.models import Lease, Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]

PAGES = ["/", "/d/{id}", "/manage/{id}", "/how-it-works", "/security"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_byte_identical_for_every_visitor_and_id(page: str, settings):
    sender = Sender().send()
    settings.ALLOWED_HOSTS = ["*"]
    one = get(page.format(id=sender.transfer_id), **{"accept-language": "de"})
    others = [
        get(page.format(id="0" * 22), cookie="sessionid=abc; theme=dark"),
        get(page.format(id=sender.transfer_id) + "?from=mail", host="send.other.example"),
        get(
            page.format(id="x"),
            **{
                "user-agent": "other",
                "x-forwarded-for": "203.0.113.9",
                "x-sgraph-access-token": "token",
                "referer": "https://elsewhere.example/",
            },
        ),
    ]

    assert one.status_code == 200
    assert {other.content for other in others} == {one.content}
    assert {other["ETag"] for other in others} == {one["ETag"]}
    assert sender.transfer_id not in one.text


def test_pages_about_one_transfer_stay_out_of_search_engines():
    assert "noindex" in get("/d/x")["X-Robots-Tag"]
    assert "noindex" in get("/manage/x")["X-Robots-Tag"]
    assert "X-Robots-Tag" not in get("/")


def test_previews_of_every_address_consume_nothing():
    sender = Sender().send(max_downloads=1)
    recipient = sender.recipient()
    row = Transfer.objects.values().get()
    paths = [page.format(id=sender.transfer_id) for page in PAGES] + [
        f"/transfers/{call}/{sender.transfer_id}{rest}"
        for call in ("info", "download", "manifest", "complete", "manage", "upload")
        for rest in ("", "/lease", "/finish", "/sign", "/parts", "/abort")
    ]

    for path in paths:
        for method in ("get", "head", "options"):
            assert getattr(Client(), method)(path).status_code < 500

    assert Transfer.objects.values().get() == row
    assert not Lease.objects.exists()
    assert recipient.download() == sender.payload


@pytest.mark.parametrize(
    ("encoding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_pages_are_compressed_for_who_takes_it_and_the_same_inside(encoding: str, decode):
    plain = get("/")
    packed = get("/", **{"accept-encoding": f"x, {encoding};q=0.5"})

    assert packed["Content-Encoding"] == encoding
    assert decode(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]
    assert packed["ETag"] != plain["ETag"]


def test_a_page_that_did_not_change_is_not_sent_again():
    first = get("/d/x")
    again = get("/d/y", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]


@pytest.mark.parametrize("form", ["W/{}", '"other", W/{}', "*"])
def test_a_cache_that_weakened_the_tag_or_takes_any_is_told_that_nothing_changed(form: str):
    first = get("/")
    again = get("/", **{"if-none-match": form.format(first["ETag"])})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
        assert again[name] == first[name]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br;q=0", None),
        ("br; q=0.000, gzip", "gzip"),
        ("gzip;q=0.5 , BR", "br"),
        ("x-gzip, brx", None),
        ("br;q=0.001", "br"),
    ],
)
def test_a_refused_encoding_is_not_sent(accepted: str, encoding: str | None):
    assert get("/", **{"accept-encoding": accepted}).headers.get("Content-Encoding") == encoding


def test_a_page_that_does_not_exist_says_so_in_a_page():
    response = get("/nothing/here")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert response["Cache-Control"] == "no-store"
