"""Bodies that flow through this server: a bounded number at once, so that short calls find a
thread, however slow the others are."""

import threading
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse, UnreadablePostError

from transfers import errors

CHUNK_BYTES = 256 * 2**10
DRAINED_MAX_BYTES = 20 * 2**20  # a part of the page's usual size, and some
RESERVED_THREADS = max(2, settings.THREADS // 4)

_slots = threading.BoundedSemaphore(settings.THREADS - RESERVED_THREADS)

STORED_BYTES_HEADERS = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Accept-Ranges": "bytes",
}


class Slot:
    """One of the bounded places; once `handed_over`, the answer gives it back when it is closed."""

    def __init__(self) -> None:
        self.handed_over = False

    def __enter__(self) -> "Slot":
        if not _slots.acquire(blocking=False):
            raise errors.Unavailable(
                "server_busy", "Too many transfers run at this moment. Try again in a moment."
            )
        return self

    def __exit__(self, *failure: object) -> None:
        if not self.handed_over:
            _slots.release()


class PayloadResponse(StreamingHttpResponse):
    """Stored bytes on their way; holds its slot until it is closed, sent or not."""

    def __init__(self, chunks: Iterator[bytes], held: Slot, status: int) -> None:
        super().__init__(chunks, status=status)
        held.handed_over = True
        self.held: Slot | None = held

    def close(self) -> None:
        super().close()
        if self.held:
            self.held = None
            _slots.release()


def slot() -> Slot:
    """A context that holds a place; raises Unavailable `server_busy` when there is none."""
    return Slot()


def body_length_bytes(request: HttpRequest) -> int:
    """The announced length; raises LengthRequired for a chunked body, which has none."""
    if request.headers.get("Transfer-Encoding"):
        raise errors.LengthRequired(
            "length_required", "The upload must announce its length (Content-Length)."
        )
    return int(request.META.get("CONTENT_LENGTH") or 0)


def body_chunks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it arrives. Raises Interrupted when the client goes."""
    release_database()
    _limit_silence(request)
    try:
        while chunk := request.read(CHUNK_BYTES):
            yield chunk
    except UnreadablePostError:
        raise errors.Interrupted(
            "upload_interrupted", "The connection ended before the upload did."
        ) from None


def _limit_silence(request: HttpRequest) -> None:
    """A body that stops arriving must not hold its place for ever."""
    if connection_socket := request.META.get("gunicorn.socket"):
        connection_socket.settimeout(settings.BODY_SILENCE_SECONDS)


def drain(request: HttpRequest) -> None:
    """Read what is left of a refused body, within bounds: a client that is still sending when the
    connection closes sees a broken connection instead of the refusal."""
    if int(request.META.get("CONTENT_LENGTH") or 0) == 0:
        return
    left_bytes = DRAINED_MAX_BYTES
    _limit_silence(request)
    try:
        with slot():
            while left_bytes > 0 and (chunk := request.read(CHUNK_BYTES)):
                left_bytes -= len(chunk)
    except (errors.Unavailable, UnreadablePostError):
        return


def release_database() -> None:
    """Give a pooled connection back while bytes flow for minutes."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()


def payload_headers(
    response: HttpResponse, length_bytes: int, content_range: str | None = None
) -> HttpResponse:
    """Stored bytes are never rendered on our origin (design: octet-stream, attachment, sandbox)."""
    for name, value in STORED_BYTES_HEADERS.items():
        response[name] = value
    response["Content-Length"] = str(length_bytes)
    if content_range:
        response["Content-Range"] = content_range
    return response


def payload_answer(
    chunks: Iterator[bytes], length_bytes: int, held: Slot, content_range: str | None = None
) -> StreamingHttpResponse:
    """Stored bytes as an answer, which keeps its slot until it has been sent."""
    release_database()
    response = PayloadResponse(chunks, held, status=206 if content_range else 200)
    return payload_headers(response, length_bytes, content_range)
