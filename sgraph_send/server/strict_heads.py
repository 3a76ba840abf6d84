"""Heads of requests that proxies could read otherwise than we do are refused.

The parser in C takes a bare LF for the end of a line, folded lines and several spaces in the
request line (RFC 9112 sections 2.2, 3 and 5.2 allow or forbid that); a proxy that does not would
see another request than we answer.
"""

from gunicorn.http.errors import InvalidHeader, InvalidRequestLine
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser


class StrictRequest(Request):
    """gunicorn's request; raises InvalidRequestLine or InvalidHeader, which it answers with 400."""

    def _parse_fast(self, unreader: object, buf: bytearray) -> bytes:
        rest = super()._parse_fast(unreader, buf)
        head = bytes(buf[: len(buf) - len(rest)]).removeprefix(b"\r\n")
        if head.count(b"\n") != head.count(b"\r\n"):
            raise InvalidHeader("bare LF")
        if b"\r\n " in head or b"\r\n\t" in head:
            raise InvalidHeader("folded line")
        if head.partition(b"\r\n")[0].count(b" ") != 2:
            raise InvalidRequestLine("spaces")
        return rest


def refuse_loose_heads() -> None:
    """For every connection of this process."""
    RequestParser.mesg_class = StrictRequest
