"""Release tags `vX.Y.Z`: which one comes next, and whether the source agrees with it.

python -m deploy.release.tags next minor      the tag of this commit, as a push to dev makes it
python -m deploy.release.tags next major      the same for a push to main
python -m deploy.release.tags check TAG       version and changelog name TAG, or exit code 1
python -m deploy.release.tags deployable TAG  the workflow that made it, or exit code 1: it must
                                              exist, on the branch where such tags are made
python -m deploy.release.tags stamp TAG       write TAG's version into this working copy
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION_FILE = ROOT / "sgraph_send" / "__init__.py"
PARTS = ("minor", "major")
# Where each kind of tag is made: by the workflow of this name, on a branch of the same name.
MADE_ON = {"minor": "dev", "major": "main"}

_NUMBER = r"(0|[1-9]\d*)"
_TAG = re.compile(rf"v{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)

Numbers = tuple[int, int, int]


def next_tag(tags: Iterable[str], here: Iterable[str], part: str) -> str:
    """The tag for a commit that bears the tags `here`, in a repository with `tags`.

    A second run for one commit gets the tag of the first. Other forms of tags do not count.
    """
    for numbers in sorted(filter(None, map(numbers_of, here)), reverse=True):
        if is_of(numbers, part):
            return tag_of(numbers)
    major, minor, _ = max(filter(None, map(numbers_of, tags)), default=(0, 0, 0))
    return tag_of((major + 1, 0, 0) if part == "major" else (major, minor + 1, 0))


def is_of(numbers: Numbers, part: str) -> bool:
    """Whether `main` (major) or `dev` (minor) made this tag."""
    return (numbers[1:] == (0, 0)) == (part == "major")


def part_of(numbers: Numbers) -> str:
    return "major" if is_of(numbers, "major") else "minor"


def numbers_of(tag: str) -> Numbers | None:
    found = _TAG.fullmatch(tag)
    return tuple(map(int, found.groups())) if found else None


def tag_of(numbers: Numbers) -> str:
    return "v" + ".".join(map(str, numbers))


def disagreements(tag: str, version_source: str, changelog: str) -> list[str]:
    """What must be mended before `tag` may be published, as sentences."""
    if not numbers_of(tag):
        return [f"{tag} is no release tag; it must look like v1.0.0."]
    found = []
    version = _VERSION.search(version_source)[1]
    if version != tag[1:]:
        found.append(f"The tag is {tag}, but sgraph_send.__version__ is {version}.")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    if not any(heading.split()[0] == tag[1:] for heading in headings):
        found.append(f"CHANGELOG.md has no section {tag[1:]}.")
    if "Unreleased" in headings:
        found.append("CHANGELOG.md still has a section Unreleased.")
    return found


def undeployable(tag: str, folder: Path = ROOT) -> list[str]:
    """Why the workflows cannot have made `tag`, in a repository whose remote is `origin`."""
    numbers = numbers_of(tag)
    if not numbers or numbers[2]:
        return [f"{tag} is no tag of a release; it must look like v2.0.0 or v1.3.0."]
    if not _holds(folder, "rev-parse", "--quiet", "--verify", f"refs/tags/{tag}^{{commit}}"):
        return [f"There is no tag {tag}."]
    branch = MADE_ON[part_of(numbers)]
    if not _holds(folder, "merge-base", "--is-ancestor", f"refs/tags/{tag}", f"origin/{branch}"):
        return [f"{tag} does not lie on the branch {branch}, where such tags are made."]
    return []


def stamped(version_source: str, tag: str) -> str:
    """The source of `sgraph_send/__init__.py` with the version of `tag`."""
    return _VERSION.sub(f'__version__ = "{tag.removeprefix("v")}"', version_source)


def main(arguments: Sequence[str]) -> int:
    match arguments:
        case ["next", part] if part in PARTS:
            sys.stdout.write(next_tag(_git("tag"), _git("tag", "--points-at", "HEAD"), part) + "\n")
            return 0
        case ["check", tag]:
            changelog = (ROOT / "CHANGELOG.md").read_text()
            return _judged(disagreements(tag, VERSION_FILE.read_text(), changelog))
        case ["deployable", tag]:
            if found := undeployable(tag):
                return _judged(found)
            sys.stdout.write(f"{MADE_ON[part_of(numbers_of(tag))]}.yml\n")
            return 0
        case ["stamp", tag] if numbers_of(tag):
            VERSION_FILE.write_text(stamped(VERSION_FILE.read_text(), tag))
            return 0
        case _:
            sys.stderr.write(__doc__)
            return 2


def _judged(found: Sequence[str]) -> int:
    sys.stderr.writelines(f"::error::{sentence}\n" for sentence in found)
    return 1 if found else 0


def _holds(folder: Path, *arguments: str) -> bool:
    told = subprocess.run(["git", *arguments], cwd=folder, check=False, capture_output=True)
    return told.returncode == 0


def _git(*arguments: str) -> list[str]:
    told = subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return told.split()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
