"""Bodies that pass through this server: parts, raw transfers, stored bytes, large manifests."""

import itertools
import socket
from collections.abc import Iterator
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from transfers import errors
from transfers.api.body_slots import BodySlots, Slot
from transfers.database_pool import release_database
from transfers.statistics import hourly

# With BODY_SILENCE_SECONDS of 60 a sender must manage 1 KiB/s.
CHUNK_BYTES = 64 * 2**10
SENDING_PATIENCE = 4  # stores read 256 KiB at a time
DRAIN_SECONDS = 10
DRAINED_MAX_BYTES = 20 * 2**20  # a part of the page's usual size, and some
RESERVED_THREADS = max(4, settings.THREADS // 4)

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

_slots = BodySlots(
    settings.THREADS - RESERVED_THREADS, evictable_seconds=min(15, settings.BODY_SILENCE_SECONDS)
)

STORED_BYTES_HEADERS = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Accept-Ranges": "bytes",
}


class PayloadResponse(StreamingHttpResponse):
    """Stored bytes on their way; holds its slot until it is closed, sent or not. What was sent
    counts as `bytes_served`."""

    def __init__(self, chunks: Iterator[bytes], slot: Slot, status: int) -> None:
        super().__init__(self._counted(chunks), status=status)
        slot.handed_over = True
        self.slot: Slot | None = slot
        self.sent_bytes = 0

    def close(self) -> None:
        if self.sent_bytes:
            # Before Django's own end of the request, which lets go of the database.
            hourly.note("bytes_served", self.sent_bytes)
            self.sent_bytes = 0
        super().close()
        if self.slot:
            self.slot.release()
            self.slot = None

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self.sent_bytes += len(chunk)


def receiving_slot(request: HttpRequest, progress_seconds: float | None = None) -> Slot:
    """A context that holds a slot for a body that is read; raises Unavailable `server_busy`.

    The sender must bring a chunk every `progress_seconds`, BODY_SILENCE_SECONDS by default.
    """
    seconds = settings.BODY_SILENCE_SECONDS if progress_seconds is None else progress_seconds
    return _slots.take(client_socket(request), is_sending=False, progress_seconds=seconds)


def sending_slot(request: HttpRequest) -> Slot:
    """The same for stored bytes that are sent, in chunks that are larger."""
    seconds = SENDING_PATIENCE * settings.BODY_SILENCE_SECONDS
    return _slots.take(client_socket(request), is_sending=True, progress_seconds=seconds)


def body_length_bytes(request: HttpRequest) -> int:
    """The announced length; raises LengthRequired for a chunked body, which has none."""
    if request.headers.get("Transfer-Encoding"):
        raise errors.LengthRequired(
            "length_required", "The upload must announce its length (Content-Length)."
        )
    return int(request.META.get("CONTENT_LENGTH") or 0)


def body_chunks(request: HttpRequest, slot: Slot) -> Iterator[bytes]:
    """The body as it arrives; raises Interrupted when the client goes away or is too slow."""
    release_database()
    left_bytes = body_length_bytes(request)
    try:
        while left_bytes:
            chunk = request.read(CHUNK_BYTES)
            if not chunk:
                raise interrupted()
            left_bytes -= len(chunk)
            slot.progressed()
            yield chunk
    except UnreadablePostError:
        raise interrupted() from None


def interrupted() -> errors.Interrupted:
    return errors.Interrupted(
        "upload_interrupted", "The connection ended or fell silent before the upload was complete."
    )


def client_socket(request: HttpRequest) -> socket.socket | None:
    """The connection under gunicorn; None under other servers, which have limits of their own."""
    return request.META.get("gunicorn.socket")


def limit_waiting(request: HttpRequest, seconds: float | None) -> None:
    """How long the peer may keep each read, or the writing of one block, waiting."""
    if (connection := client_socket(request)) is not None:
        connection.settimeout(seconds)


def drain(request: HttpRequest) -> None:
    """Read what is left of a refused body, within bounds: a client that is still sending when the
    connection closes sees a broken connection instead of the refusal."""
    left_bytes = min(int(request.META.get("CONTENT_LENGTH") or 0), DRAINED_MAX_BYTES)
    if not left_bytes:
        return
    release_database()
    try:
        with receiving_slot(request, progress_seconds=DRAIN_SECONDS):
            while left_bytes > 0 and (chunk := request.read(CHUNK_BYTES)):
                left_bytes -= len(chunk)
    except (errors.Unavailable, UnreadablePostError):
        return


def _tracked(chunks: Iterator[bytes], slot: Slot) -> Iterator[bytes]:
    """Asking for a chunk means that the recipient has taken the one before."""
    for chunk in chunks:
        slot.progressed()
        yield chunk


def payload_headers(
    response: ResponseT, length_bytes: int, content_range: str | None = None
) -> ResponseT:
    """Stored bytes are never rendered on our origin (design: octet-stream, attachment, sandbox)."""
    for name, value in STORED_BYTES_HEADERS.items():
        response[name] = value
    response["Content-Length"] = str(length_bytes)
    if content_range:
        response["Content-Range"] = content_range
    return response


def begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same chunks, the first of them read: a store that fails does so before an answer begins.

    Raises StoreUnavailable.
    """
    release_database()
    first = next(chunks, b"")
    return itertools.chain([first], chunks)


def payload_answer(
    chunks: Iterator[bytes],
    length_bytes: int,
    slot: Slot,
    content_range: str | None = None,
) -> PayloadResponse:
    """Stored bytes as an answer, which keeps its slot until it has been sent."""
    release_database()
    tracked = _tracked(begun(chunks), slot)
    response = PayloadResponse(tracked, slot, status=206 if content_range else 200)
    return payload_headers(response, length_bytes, content_range)
