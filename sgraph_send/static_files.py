"""Collecting static files, and not doing so again while their sources stay the same."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from sgraph_send import static_storage


def collect_if_changed() -> bool:
    """Lay the static files out under their hashed names; whether there was anything to do."""
    stamp = settings.STATIC_ROOT / "sources.json"
    sources = _sources()
    if _are_laid_out(sources, stamp):
        return False
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    with _alone():
        if _are_laid_out(sources, stamp):
            return False
        call_command("collectstatic", interactive=False, verbosity=0, clear=stamp.exists())
        stamp.write_text(json.dumps(sources))
    return True


@contextmanager
def _alone() -> Iterator[None]:
    """Servers that start at the same time, in one folder, wait for the first of them."""
    folder = os.open(settings.STATIC_ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _are_laid_out(sources: dict[str, str], stamp: Path) -> bool:
    # What was laid out for all roles will do for one of them.
    return stamp.exists() and sources.items() <= _laid_out(stamp).items()


def _laid_out(stamp: Path) -> dict[str, str]:
    try:
        laid_out: dict[str, str] = json.loads(stamp.read_text())
    except ValueError:
        return {}
    return laid_out


def _sources() -> dict[str, str]:
    """Every source by its path, and what processes them, with hashes of their contents: times and
    locations change when an image is built, copied or unpacked."""
    processed_by = f"{django.__version__} {static_storage.__name__}"
    found = {"": hashlib.sha256(processed_by.encode()).hexdigest()}
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                found.setdefault(path, hashlib.file_digest(file, "sha256").hexdigest())
    return found
