"""JSON as RFC 8259 has it, without what readers take differently."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


def read(body: bytes) -> object:
    """The value of a body in UTF-8.

    Raises ValueError for anything else, for NaN and infinities, and for a name that an object has
    twice: of two values one reader takes the first and another the last.
    """
    try:
        return json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_members)
    except RecursionError:
        raise ValueError("nested too deeply") from None


class StrictParser(Parser):
    """Bodies of all calls that declare one."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read(request.body)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name is given twice")
    return members
