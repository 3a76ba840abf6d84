"""Looking for secrets in captured bytes, in every spelling in which they might leak."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Forbidden:
    """A value that must not be found; `text` values are also sought in textual spellings."""

    name: str
    value: bytes

    @classmethod
    def text(cls, name: str, value: str) -> "Forbidden":
        return cls(name, value.encode())

    def spellings(self) -> Iterator[tuple[str, bytes]]:
        yield "raw", self.value
        yield "hex", self.value.hex().encode()
        yield "HEX", self.value.hex().upper().encode()
        for shift in range(3):
            yield from _base64_inside_a_longer_text(self.value, shift)
        try:
            text = self.value.decode()
        except UnicodeDecodeError:
            return
        yield "percent", quote(text).encode()
        yield "percent, lower case", quote(text).lower().encode()
        yield "JSON", json.dumps(text)[1:-1].encode()
        yield "UTF-16", text.encode("utf-16-le")


def _base64_inside_a_longer_text(value: bytes, shift: int) -> Iterator[tuple[str, bytes]]:
    """The characters that do not depend on what stands before and after."""
    end = len(value) - (shift + len(value)) % 3
    encoded = base64.b64encode(bytes(shift) + value[:end])[4 if shift else 0 :]
    yield f"base64 at {shift}", encoded
    yield f"base64url at {shift}", encoded.replace(b"+", b"-").replace(b"/", b"_")


def leaks(captured: Iterable[bytes], forbidden: Iterable[Forbidden]) -> list[str]:
    """What was found, as sentences; empty is good."""
    chunks = list(captured)
    return [
        f"{value.name} as {spelling}"
        for value in forbidden
        for spelling, needle in value.spellings()
        if any(needle in chunk for chunk in chunks)
    ]
