"""The pages. Each is rendered once per process and is the same for every visitor and every id."""

import gzip
import hashlib
from collections.abc import Callable
from functools import cache

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.urls import path
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

ENCODERS = {"br": brotli.compress, "gzip": lambda page: gzip.compress(page, mtime=0)}


@cache
def _rendered(template: str, encoding: str | None) -> bytes:
    """The page's bytes; compressing is safe here, a page holds nothing of its visitor."""
    page = render_to_string(template).encode()
    return ENCODERS[encoding](page) if encoding else page


@cache
def _etag(template: str, encoding: str | None) -> str:
    return f'"{hashlib.sha256(_rendered(template, encoding)).hexdigest()[:32]}"'


def _encoding(request: HttpRequest) -> str | None:
    accepted = request.headers.get("Accept-Encoding", "")
    offered = {choice.split(";")[0].strip() for choice in accepted.split(",")}
    return next((encoding for encoding in ENCODERS if encoding in offered), None)


def _page(template: str, *, listed: bool) -> Callable[..., HttpResponse]:
    @require_safe
    def view(request: HttpRequest, **_from_path: str) -> HttpResponse:
        encoding = _encoding(request)
        etag = _etag(template, encoding)
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = HttpResponse(_rendered(template, encoding))
            if encoding:
                response["Content-Encoding"] = encoding
        response["ETag"] = etag
        response["Cache-Control"] = "no-cache"
        response["Vary"] = "Accept-Encoding"
        if not listed:
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return view


urlpatterns = [
    path("", _page("transfers/send.html", listed=True)),
    path("d/<str:transfer_id>", _page("transfers/download.html", listed=False)),
    path("manage/<str:transfer_id>", _page("transfers/manage.html", listed=False)),
    path("how-it-works", _page("transfers/how_it_works.html", listed=True)),
    path("security", _page("transfers/security.html", listed=True)),
]
