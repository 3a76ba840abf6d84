"""Every test client loads the middleware anew, and WhiteNoise then lists all static files: 27 ms,
a hundred times a short call. Here clients of a process share one list."""

from pathlib import Path

import pytest
from whitenoise.base import StaticFile, WhiteNoise

_list_files = WhiteNoise.update_files_dictionary
_listed: dict[tuple[str, str, int], dict[str, StaticFile]] = {}


def list_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WhiteNoise, "update_files_dictionary", _from_list)


def _from_list(whitenoise: WhiteNoise, root: str, prefix: str) -> None:
    manifest = Path(root) / "staticfiles.json"
    laid_out_at = manifest.stat().st_mtime_ns if manifest.exists() else 0
    key = (root, prefix, laid_out_at)
    if key not in _listed:
        _list_files(whitenoise, root, prefix)
        _listed[key] = dict(whitenoise.files)
    whitenoise.files |= _listed[key]
