"""Which local store this is: the id inside of its folder, and a copy of it beside the folder.

Every process compares the two, so that a disk that is not mounted is noticed instead of an empty
store being made where it should be (docs/decisions/0082).
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

_INSIDE = "store_id"


def found_id(root: Path) -> str:
    """The id of what lies at `root`. Raises OSError where there is none."""
    return (root / _INSIDE).read_text()


def known_id(root: Path) -> str:
    """The id of the store that belongs at `root`, "" before there ever was one."""
    with suppress(FileNotFoundError):
        return kept_beside(root).read_text()
    return ""


def kept_beside(root: Path) -> Path:
    """Where the copy lies; who deletes it begins with whatever store is there."""
    return root.with_name(f"{root.name}.id")


def give_id(root: Path) -> None:
    """Draw an id for the store at `root`, unless it has one."""
    _write_first(root / _INSIDE, secrets.token_hex(8))


def remember(root: Path, store_id: str) -> str:
    """From now on this store belongs at `root`, unless another process said so before; its id."""
    _write_first(kept_beside(root), store_id)
    return known_id(root)


def _write_first(path: Path, text: str) -> None:
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_text(text)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
