"""Static files as they are served: under which path, with which hash."""

import base64
import hashlib
import re
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

_LOADED = re.compile(
    r'<(?:link rel="(?:stylesheet|modulepreload)" href|script type="module" src)="([^"]+)"'
)


@cache
def served_bytes(path: str) -> bytes:
    """What `path`, as in `/static/js/errors.6a6c….js`, answers, before any content encoding."""
    with staticfiles_storage.open(path.removeprefix(settings.STATIC_URL)) as file:
        return file.read()


def with_integrity(page: str) -> str:
    """The page with the hash of every style and module that it names: other bytes are not run."""
    return _LOADED.sub(lambda found: f'{found[0]} integrity="{_integrity(found[1])}"', page)


def _integrity(path: str) -> str:
    digest = hashlib.sha256(served_bytes(path)).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
