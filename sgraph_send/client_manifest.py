"""All that a page loads, with its hash: what `/info/client` answers and `client_manifest` prints.

Computed once per process from the pages and static files as they are served. What it proves, and
what it can't, is in docs/threat-model.md.
"""

import hashlib
import json
import posixpath
import re
from functools import cache
from typing import cast

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.http import HttpRequest, HttpResponse
from ninja import Router

from sgraph_send import __version__
from transfers.api.schemas.base import Answer, answers
from transfers.pages import PAGES, STATUS_PAGES, rendered
from transfers.static_hashes import served_bytes

ERROR_STATUSES = (400, 403, 404, 500)
_NAMED_BY_PAGE = re.compile(r'\s(?:href|src|data-[a-z-]+)="([^"?#]+)"')
_NAMED_BY_SCRIPT = re.compile(r"""(?:\bfrom|\bimport\s*\(?)\s*["'](\.[^"']+)["']""")
_NAMED_BY_STYLE = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")

router = Router(tags=["service"])


class ClientFile(Answer):
    """One static file."""

    path: str
    """Its path on this site."""
    source: str
    """Its path below `static/` in the source tree."""
    sha256: str
    """SHA-256 of its bytes, in hex."""


class ClientPage(Answer):
    """One page, and all that it loads."""

    kind: str
    """Its name."""
    path: str | None
    """Its path on this site; null for a page that stands for a status, such as `error-404`."""
    sha256: str
    """SHA-256 of its bytes, in hex."""
    files: list[ClientFile]
    """What it loads, by path."""


class Client(Answer):
    """What the pages consist of."""

    version: str
    """Version of the software."""
    pages: list[ClientPage]
    """All pages."""


@router.api_operation(["GET", "HEAD"], "/client", response=answers(Client), operation_id="client")
def client(request: HttpRequest) -> HttpResponse:
    """What the pages consist of: every file by its path, with its SHA-256."""
    return HttpResponse(client_manifest(), content_type="application/json; charset=utf-8")


@cache
def client_manifest() -> bytes:
    """The manifest as JSON, the same bytes for everybody, in lines that can be compared by diff."""
    pages: list[tuple[str, str | None, str]]
    pages = [(page.kind, "/" + _pattern(page.path), page.template) for page in PAGES]
    pages += [(kind, None, template) for kind, template in STATUS_PAGES.items()]
    pages += [(f"error-{status}", None, f"{status}.html") for status in ERROR_STATUSES]
    listed = [_listed(kind, path, rendered(template)) for kind, path, template in pages]
    return (json.dumps({"version": __version__, "pages": listed}, indent=1) + "\n").encode()


def _pattern(route: str) -> str:
    """A route as the OpenAPI document writes it: `d/{transfer_id}`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def _listed(kind: str, path: str | None, page: bytes) -> dict[str, object]:
    hashed_files = cast(ManifestFilesMixin, staticfiles_storage).hashed_files
    sources = {hashed: source for source, hashed in hashed_files.items()}
    files = [
        {"path": url, "source": sources[_name(url)], "sha256": _sha256(served_bytes(url))}
        for url in sorted(_reachable(page.decode()))
    ]
    return {"kind": kind, "path": path, "sha256": _sha256(page), "files": files}


def _reachable(page: str) -> set[str]:
    """Static paths that the page names, and all that those name in turn."""
    found: set[str] = set()
    waiting = [url for url in _NAMED_BY_PAGE.findall(page) if url.startswith(settings.STATIC_URL)]
    while waiting:
        url = waiting.pop()
        if url not in found:
            found.add(url)
            waiting += [posixpath.normpath(posixpath.join(url, "..", name)) for name in _named(url)]
    return found


def _named(url: str) -> list[str]:
    if url.endswith(".js"):
        return _NAMED_BY_SCRIPT.findall(served_bytes(url).decode())
    if url.endswith(".css"):
        names = _NAMED_BY_STYLE.findall(served_bytes(url).decode())
        return [name for pair in names for name in pair if name and not name.startswith("data:")]
    return []


def _name(url: str) -> str:
    return url.removeprefix(settings.STATIC_URL)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
