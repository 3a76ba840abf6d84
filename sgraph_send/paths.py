"""Folders of templates, static files and data, in a checkout and in an installed package."""

import os
from pathlib import Path

SOURCE_DIR = Path(__file__).resolve().parent.parent
_PACKED_DIR = Path(__file__).resolve().parent / "packed"  # made by the build, see pyproject.toml

ASSETS_DIR = _PACKED_DIR if _PACKED_DIR.is_dir() else SOURCE_DIR


def default_data_dir() -> Path:
    """`var` in a checkout; installed, the user's own folder for data (XDG Base Directory)."""
    if ASSETS_DIR == SOURCE_DIR:
        return SOURCE_DIR / "var"
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "sgraph-send"
