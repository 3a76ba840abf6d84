"""Links that hold in the repository, turned into links that hold on the site."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^(```.*?^```\s*$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")


def rewritten(markdown: str, source: Path, source_url: str) -> str:
    """`markdown` of the file `source`, read from the page that stands for it.

    A file outside docs/ becomes a link below `source_url`, or its bare words when that is empty.
    """
    page = source if source.is_relative_to(DOCS) else DOCS / source.name

    def link(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        place = (source.parent / target).resolve()
        if not place.exists():
            return found[0]
        if place.is_relative_to(DOCS):
            return f"[{words}]({_from(page, _page_of(place))}{anchor})"
        if not source_url:
            return words
        return f"[{words}]({source_url.rstrip('/')}/{place.relative_to(ROOT).as_posix()})"

    pieces = _FENCE.split(markdown)
    return "".join(piece if piece.startswith("```") else _LINK.sub(link, piece) for piece in pieces)


def _page_of(place: Path) -> Path:
    """The page of a folder: its README, else the list that the site makes of it."""
    if not place.is_dir():
        return place
    return place / ("README.md" if (place / "README.md").exists() else "index.md")


def _from(page: Path, target: Path) -> str:
    return Path(os.path.relpath(target, page.parent)).as_posix()
