"""Pictures of the documents: named in a comment, made by a browser test.

`<!-- picture: send | The first page -->` stands for `send-light.png` and `send-dark.png`. None is
kept in git but FRONT, for the repository's own page, with the words that it shows:

python -m deploy.docs_site.pictures      keeps the one that `make docs` made last
"""

import re
import shutil
import sys
from pathlib import Path

FOLDER = "pictures"
SCHEMES = ("light", "dark")
FRONT = "send-done"
KEPT = Path(__file__).with_name("front")
MADE = Path(__file__).parents[2] / "var" / "docs" / "pictures"
_PICTURE = re.compile(r"<!-- picture: ([a-z-]+) \| ([^\n]+?) -->")
_IN_HTML = re.compile(
    r'<picture>\n.*/front/([a-z-]+)-dark\.png">\n.* alt="([^"\n]+)".*\n</picture>'
)


def names_in(folder: Path) -> set[str]:
    """Every picture that a page below `folder` shows."""
    return {name for path in folder.rglob("*.md") for name, _ in _PICTURE.findall(path.read_text())}


def file_name(name: str, scheme: str) -> str:
    return f"{name}-{scheme}.png"


def as_comments(markdown: str) -> str:
    """The kept picture, as the repository's page shows it in HTML, as a comment like all others."""
    return _IN_HTML.sub(r"<!-- picture: \1 | \2 -->", markdown)


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


def words_of(text: str) -> set[str]:
    """What a page says, without what differs each time: numbers, times, ids."""
    return set(re.findall(r"[A-Za-z]{3,}", text))


def words_kept() -> set[str]:
    """What the page said when its picture was kept."""
    return words_of((KEPT / f"{FRONT}.txt").read_text())


def main() -> int:
    wanted = [f"{FRONT}.txt", *(file_name(FRONT, scheme) for scheme in SCHEMES)]
    if lacking := [name for name in wanted if not (MADE / name).is_file()]:
        sys.stderr.write(f"Nobody made {', '.join(lacking)}; run make docs first.\n")
        return 1
    KEPT.mkdir(exist_ok=True)
    for name in wanted:
        shutil.copyfile(MADE / name, KEPT / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
