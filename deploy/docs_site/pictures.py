"""Pictures of the documents: named in a comment, made by a browser test, never kept in git.

`<!-- picture: send | The first page -->` stands for `send-light.png` and `send-dark.png`.
"""

import re
from pathlib import Path

FOLDER = "pictures"
SCHEMES = ("light", "dark")
_PICTURE = re.compile(r"<!-- picture: ([a-z-]+) \| ([^\n]+?) -->")


def names_in(folder: Path) -> set[str]:
    """Every picture that a page below `folder` shows."""
    return {name for path in folder.rglob("*.md") for name, _ in _PICTURE.findall(path.read_text())}


def file_name(name: str, scheme: str) -> str:
    return f"{name}-{scheme}.png"


def files_named(markdown: str) -> list[str]:
    names = [name for name, _ in _PICTURE.findall(markdown)]
    return [file_name(name, scheme) for name in names for scheme in SCHEMES]


def shown(markdown: str, depth: int) -> str:
    """The comments as pictures, of which the theme shows the one for the reader's colours.

    `depth`: how many folders below docs/ the page lies.
    """
    folder = "../" * depth + FOLDER

    def both(found: re.Match[str]) -> str:
        name, words = found.groups()
        return "\n".join(
            f"![{words}]({folder}/{file_name(name, scheme)}#only-{scheme})" for scheme in SCHEMES
        )

    return _PICTURE.sub(both, markdown)
