"""The archive: a tar file that is written and read in one pass, so that it may be a pipe.

about.json               its format, and of which site it is
rows/<label>/<number>    lines of JSON, up to 2,000 rows each
objects/<id>/<number>    ciphertext in pieces, where it is in the archive
end.json                 counts; an archive without it was cut short
"""

import io
import json
import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO

FORMAT = "sgraph-send backup 1"
ABOUT, END = "about.json", "end.json"
MEMBER_BYTES_MAX = 256 * 2**20


class BadArchive(Exception):
    """Not a backup of this program, or not a complete one; the message is a sentence."""


class Writer:
    """Writes members in order; the archive is complete only after `close`."""

    def __init__(self, target: BinaryIO, about: dict[str, Any]) -> None:
        self._tar = tarfile.open(fileobj=target, mode="w|")  # noqa: SIM115
        self._put_json(ABOUT, {"format": FORMAT, **about})

    def put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))

    def close(self, counts: dict[str, Any]) -> None:
        self._put_json(END, counts)
        self._tar.close()

    def _put_json(self, name: str, value: object) -> None:
        self.put(name, (json.dumps(value, indent=1) + "\n").encode())


class Reader:
    """Reads what Writer wrote: `about` is known at once, `end` after the last member.

    Raises BadArchive, both when it is made and while it reads.
    """

    def __init__(self, source: BinaryIO) -> None:
        self.end: dict[str, Any] = {}
        try:
            self._tar = tarfile.open(fileobj=source, mode="r|")  # noqa: SIM115
            first = self._tar.next()
            if first is None or first.name != ABOUT:
                raise BadArchive("This is no backup of SGraph Send.")
            self.about = self._json(first)
        except (tarfile.TarError, ValueError, OSError):
            raise BadArchive("This is no backup of SGraph Send.") from None
        if self.about.get("format") != FORMAT:
            raise BadArchive("This backup has a format that this version does not know.")

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Name and content of all members but the first and the last."""
        try:
            while member := self._tar.next():
                if member.name == END:
                    self.end = self._json(member)
                    return
                content = self._tar.extractfile(member)
                if content is None or member.size > MEMBER_BYTES_MAX:
                    raise BadArchive(f"{member.name} is none of our files.")
                yield member.name, content.read()
        except (tarfile.TarError, EOFError, ValueError) as exc:
            raise BadArchive("The backup was damaged or cut short.") from exc
        raise BadArchive("The backup was cut short: its end is missing.")

    def _json(self, member: tarfile.TarInfo) -> dict[str, Any]:
        content = self._tar.extractfile(member)
        members: dict[str, Any] = json.loads(content.read()) if content else {}
        return members
