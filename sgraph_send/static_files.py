"""Collecting static files, and not doing so again while their sources stay the same."""

import hashlib

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from sgraph_send import static_storage


def collect_if_changed() -> bool:
    """Lay the static files out under their hashed names; whether there was anything to do."""
    stamp = settings.STATIC_ROOT / "sources.sha256"
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=stamp.exists())
    stamp.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    """Of every source's path, size and time, and of what processes them."""
    digest = hashlib.sha256(f"{django.__version__} {static_storage.__file__}".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = (storage.path(path), storage.size(path), storage.get_modified_time(path))
            digest.update(repr(stat).encode())
    return digest.hexdigest()
