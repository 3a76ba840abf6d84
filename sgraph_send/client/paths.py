"""Checking and choosing paths of files in a manifest: docs/format.md section 5."""

import itertools
import re
import unicodedata
from collections.abc import Iterable

from sgraph_send.client.errors import DamagedError

PATH_BYTES_MAX = 1024
PATH_SEGMENT_BYTES_MAX = 255
_EXTENSION_BYTES_MAX = 32
_DEEPEST_DIRECTORY = -2
_REFUSED = re.compile(
    r"[\\\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def path_problem(path: object) -> str | None:
    """Why a reader refuses one path, as a short phrase, or None when it may be used.

    Letter case and reserved names are for whoever writes the files to decide about.
    """
    if not isinstance(path, str) or _SURROGATES.search(path):
        return "not valid text"
    if not unicodedata.is_normalized("NFC", path):
        return "not in NFC"
    if _REFUSED.search(path):
        return "a refused character"
    if len(path.encode()) > PATH_BYTES_MAX:
        return "too long"
    segments = path.split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        return "an empty or relative segment"
    if any(len(segment.encode()) > PATH_SEGMENT_BYTES_MAX for segment in segments):
        return "a segment that is too long"
    return None


def check_paths(paths: Iterable[str]) -> None:
    """Raises DamagedError unless each path may be used and none equals or contains another."""
    paths = list(paths)
    for path in paths:
        if problem := path_problem(path):
            raise DamagedError(f"A path in the manifest is refused: {problem}.")
    # With a separator that sorts before all else, whatever lies in a directory comes right after
    # its name.
    for path, following in itertools.pairwise(sorted(path.replace("/", "\0") for path in paths)):
        if following == path:
            raise DamagedError("A path appears twice in the manifest.")
        if following.startswith(path + "\0"):
            raise DamagedError("A path in the manifest is both a file and a directory.")


def safe_paths(paths: Iterable[str]) -> list[str]:
    """Paths that every reader accepts, in the given order.

    They are in NFC, refused characters are replaced by `_`, what is too long is shortened, and
    duplicates get ` (2)`, ` (3)` … before the extension.
    """
    taken = _TakenPaths()
    return [taken.add(_safe_segments(path)) for path in paths]


class _TakenPaths:
    def __init__(self) -> None:
        self._files: set[str] = set()
        self._directories: set[str] = set()
        self._next_numbers: dict[tuple[str, bool], int] = {}

    def add(self, segments: list[str]) -> str:
        # A number can make a path too long that just fitted.
        while len((path := self._place(segments)).encode()) > PATH_BYTES_MAX:
            del segments[_DEEPEST_DIRECTORY]
        self._files.add(path)
        self._directories.update(path[:at] for at, letter in enumerate(path) if letter == "/")
        return path

    def _place(self, segments: list[str]) -> str:
        parent = ""
        for directory in segments[:-1]:
            parent = self._numbered(parent, directory, is_file=False) + "/"
        return self._numbered(parent, segments[-1], is_file=True)

    def _numbered(self, parent: str, segment: str, *, is_file: bool) -> str:
        plain = parent + segment
        if self._is_free(plain, is_file):
            return plain
        number = self._next_numbers.get((plain, is_file), 2)
        while not self._is_free(path := parent + _shortened(segment, f" ({number})"), is_file):
            number += 1
        self._next_numbers[plain, is_file] = number
        return path

    def _is_free(self, path: str, is_file: bool) -> bool:
        return path not in self._files and not (is_file and path in self._directories)


def _safe_segments(path: str) -> list[str]:
    text = unicodedata.normalize("NFC", _SURROGATES.sub("_", path))
    segments = [segment for segment in _REFUSED.sub("_", text).split("/") if segment]
    safe = [
        _shortened(segment.replace(".", "_") if segment in (".", "..") else segment)
        for segment in segments or ["_"]
    ]
    length = len("/".join(safe).encode())
    while length > PATH_BYTES_MAX:
        length -= len(safe.pop(_DEEPEST_DIRECTORY).encode()) + 1
    return safe


def _shortened(segment: str, suffix: str = "") -> str:
    """With the suffix before the extension; only the stem is cut to make room."""
    stem, dot, extension = segment.rpartition(".")
    if not stem or len((dot + extension).encode()) > _EXTENSION_BYTES_MAX:
        stem, dot, extension = segment, "", ""
    ending = suffix + dot + extension
    room = PATH_SEGMENT_BYTES_MAX - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending
