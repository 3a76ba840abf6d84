"""Static files as they are served: under which path, with which hash."""

import base64
import hashlib
import posixpath
import re
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

_LOADED = re.compile(
    r'<(?:link rel="(?:stylesheet|modulepreload)" href|script type="module" src)="([^"]+)"'
)
_ENTRY_MODULE = re.compile(r'<script type="module" src="([^"]+)"')
_IMPORT = re.compile(
    r"""^\s*(?:import|export)\b(?:[^"';]*?\bfrom)?\s*["'](\.[^"']+)["']""", re.MULTILINE
)


@cache
def served_bytes(path: str) -> bytes:
    """What `path`, as in `/static/js/errors.6a6c….js`, answers, before any content encoding."""
    with staticfiles_storage.open(path.removeprefix(settings.STATIC_URL)) as file:
        return bytes(file.read())


def with_integrity(page: str) -> str:
    """The page with the hash of every style and module that it names: other bytes are not run."""
    return _LOADED.sub(lambda found: f'{found[0]} integrity="{_integrity(found[1])}"', page)


def with_module_preloads(page: str) -> str:
    """The page with a `modulepreload` link for each module that its entry module imports, directly
    or not: browsers then fetch all of them at once, instead of one level after the other."""
    return _ENTRY_MODULE.sub(lambda found: _preload_links(found[1]) + found[0], page)


def _preload_links(entry: str) -> str:
    imported: set[str] = set()
    waiting = [entry]
    while waiting:
        module = waiting.pop()
        for name in _IMPORT.findall(served_bytes(module).decode()):
            url = posixpath.normpath(posixpath.join(module, "..", name))
            if url not in imported:
                imported.add(url)
                waiting.append(url)
    return "".join(f'<link rel="modulepreload" href="{url}">\n' for url in sorted(imported))


def _integrity(path: str) -> str:
    digest = hashlib.sha256(served_bytes(path)).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
