"""The rules that a reader checks in a manifest before it writes a byte: docs/format.md section
5."""

from dataclasses import dataclass
from typing import Any

from sgraph_send.client.encoding import is_integer
from sgraph_send.client.errors import DamagedError
from sgraph_send.client.paths import check_paths
from sgraph_send.client.sizes import part_count, part_size_for, payload_length

FILE_COUNT_MAX = 20_000
TEXT_PATH = "message.txt"
TEXT_TYPE = "text/plain;charset=utf-8"

_VERSION = 1
_MODIFIED_MAX = 8_640_000_000_000_000


@dataclass(frozen=True)
class FileEntry:
    """One file: `size` in bytes, `modified` in milliseconds since 1970 or None."""

    path: str
    size: int
    type: str = ""
    modified: int | None = None


@dataclass(frozen=True)
class Manifest:
    """The files of a transfer in stream order, and `pad` zero bytes after them."""

    files: tuple[FileEntry, ...]
    pad: int = 0
    kind: str = "files"

    @property
    def size(self) -> int:
        """The length of the plaintext stream in bytes."""
        return sum(file.size for file in self.files) + self.pad

    def members(self) -> dict[str, Any]:
        """The manifest as the members of its JSON object."""
        return {
            "v": _VERSION,
            "kind": self.kind,
            "size": self.size,
            "part_size": part_size_for(self.size),
            "parts": part_count(self.size),
            "pad": self.pad,
            "files": [
                {name: value for name, value in vars(file).items() if value is not None}
                for file in self.files
            ],
        }


def check_manifest(value: Any, payload_bytes: int) -> Manifest:
    """The manifest in parsed JSON; raises DamagedError unless every rule of section 5 holds.

    `payload_bytes` is the payload's length as the server reports it.
    """
    members = _object(value)
    _require(is_integer(members.get("v")) and members["v"] == _VERSION, "its version")
    _require(members.get("kind") in ("files", "text"), "its kind")
    files = members.get("files")
    if not isinstance(files, list) or not 0 < len(files) <= FILE_COUNT_MAX:
        raise _error_in("its files")
    entries = tuple(_file_entry(file) for file in files)
    manifest = Manifest(entries, pad=_size(members.get("pad")), kind=members["kind"])
    size = _size(members.get("size"))
    _require(_size(manifest.size) == size, "its sizes")
    _require(_size(members.get("part_size")) == part_size_for(size), "its parts")
    _require(_size(members.get("parts")) == part_count(size), "its parts")
    _require(_size(payload_length(size)) == payload_bytes, "its length")
    check_paths(file.path for file in entries)
    if manifest.kind == "text":
        _require([(file.path, file.type) for file in entries] == [(TEXT_PATH, TEXT_TYPE)], "a text")
    return manifest


def _file_entry(value: Any) -> FileEntry:
    members = _object(value)
    path, media_type = members.get("path"), members.get("type")
    if not isinstance(path, str) or not isinstance(media_type, str):
        raise _error_in("a name or type")
    size = _size(members.get("size"))
    if "modified" not in members:
        return FileEntry(path, size, media_type)
    modified = members["modified"]
    _require(is_integer(modified) and abs(modified) <= _MODIFIED_MAX, "a time")
    return FileEntry(path, size, media_type, modified)


def _size(value: Any) -> int:
    if is_integer(value) and value >= 0:
        return value
    raise _error_in("a size")


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _error_in("its structure")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise _error_in(what)


def _error_in(what: str) -> DamagedError:
    return DamagedError(f"The manifest is wrong in {what}.")
