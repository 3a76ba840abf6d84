"""The pages. Each is rendered once per process and is the same for every visitor and every id."""

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import brotli
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from transfers.static_hashes import with_integrity, with_module_preloads
from transfers.statistics.visits import count_visit

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.compress,
    "gzip": lambda page: gzip.compress(page, mtime=0),
}
# Members of Accept-Encoding (RFC 9110, section 12.5.3); a weight of 0 refuses the encoding.
_ACCEPTED = re.compile(
    r"(?:^|,)\s*(br|gzip)\s*(?=,|;|$)(?!;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE
)


@dataclass(frozen=True)
class Page:
    """A page by its address; `kind` decides what browsers let it do."""

    kind: str
    path: str
    template: str
    listed: bool = True


PAGES = [
    Page("send", "", "transfers/send.html"),
    Page("download", "d/<str:transfer_id>", "transfers/download.html", listed=False),
    Page("manage", "manage/<str:transfer_id>", "transfers/manage.html", listed=False),
    Page("how-it-works", "how-it-works", "transfers/how_it_works.html"),
    Page("security", "security", "transfers/security.html"),
]
# By kind; which of them `/status` answers with changes, their bytes do not.
STATUS_PAGES = {
    "status-ok": "transfers/status_ok.html",
    "status-unavailable": "transfers/status_unavailable.html",
}


@cache
def rendered(template: str, encoding: str | None = None) -> bytes:
    """A page's bytes; compressing is safe here, a page holds nothing of its visitor."""
    page = with_integrity(with_module_preloads(render_to_string(template))).encode()
    return ENCODERS[encoding](page) if encoding else page


@cache
def _etag(template: str, encoding: str | None) -> str:
    return f'"{hashlib.sha256(rendered(template, encoding)).hexdigest()[:32]}"'


def _encoding(request: HttpRequest) -> str | None:
    """The encoding that saves most among those that the caller accepts."""
    accepted = _ACCEPTED.findall(request.headers.get("Accept-Encoding", "").lower())
    return next((encoding for encoding in ENCODERS if encoding in accepted), None)


def _view(page: Page) -> Callable[..., HttpResponse]:
    @require_safe
    def view(request: HttpRequest, **_from_path: str) -> HttpResponse:
        count_visit(request, page.kind)
        encoding = _encoding(request)
        headers = {
            "ETag": _etag(page.template, encoding),
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
        }
        if encoding:
            headers["Content-Encoding"] = encoding
        response = HttpResponse(rendered(page.template, encoding), headers=headers)
        answer = get_conditional_response(request, headers["ETag"], response=response) or response
        if not page.listed:
            answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return view


urlpatterns = [path(page.path, _view(page), name=page.kind) for page in PAGES]
