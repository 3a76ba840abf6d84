"""Bodies that flow through this server: a bounded number at once, so that short calls find a
thread, however slow the others are."""

import itertools
import socket
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse, UnreadablePostError

from transfers import errors
from transfers.api.body_slots import Places
from transfers.database_pool import release_database
from transfers.deadlines import clear_deadline, set_deadline
from transfers.statistics import hourly

# With BODY_SILENCE_SECONDS of 60 a sender must manage 1 KiB/s.
CHUNK_BYTES = 64 * 2**10
SENDING_PATIENCE = 4  # stores read 256 KiB at a time
DRAIN_SECONDS = 10
DRAINED_MAX_BYTES = 20 * 2**20  # a part of the page's usual size, and some
RESERVED_THREADS = max(2, settings.THREADS // 4)

_places = Places(settings.THREADS - RESERVED_THREADS, min(15, settings.BODY_SILENCE_SECONDS))

STORED_BYTES_HEADERS = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Accept-Ranges": "bytes",
}


class Slot:
    """One of the bounded places; once `handed_over`, the answer gives it back when it is closed."""

    def __init__(self, connection: socket.socket | None, how: int) -> None:
        self.connection, self.how = connection, how
        self.handed_over = False

    def __enter__(self) -> "Slot":
        self.place = _places.take(self.connection, self.how)
        return self

    def __exit__(self, *failure: object) -> None:
        if not self.handed_over:
            self.give_back()

    def give_back(self) -> None:
        _places.give_back(self.place)


class PayloadResponse(StreamingHttpResponse):
    """Stored bytes on their way; holds its slot until it is closed, sent or not. What was sent
    counts as `bytes_served`."""

    def __init__(self, chunks: Iterator[bytes], held: Slot, status: int) -> None:
        super().__init__(self._counted(chunks), status=status)
        held.handed_over = True
        self.held: Slot | None = held
        self.sent_bytes = 0

    def close(self) -> None:
        if self.sent_bytes:
            # Before Django's own end of the request, which lets go of the database.
            hourly.note("bytes_served", self.sent_bytes)
            self.sent_bytes = 0
        super().close()
        if self.held:
            self.held.give_back()
            self.held = None

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self.sent_bytes += len(chunk)


def slot_for_coming(request: HttpRequest) -> Slot:
    """A context that holds a place for a body that is read; raises Unavailable `server_busy` when
    there is none."""
    return Slot(client_socket(request), socket.SHUT_RD)


def slot_for_going(request: HttpRequest) -> Slot:
    """The same for stored bytes that are sent."""
    return Slot(client_socket(request), socket.SHUT_RDWR)


def body_length_bytes(request: HttpRequest) -> int:
    """The announced length; raises LengthRequired for a chunked body, which has none."""
    if request.headers.get("Transfer-Encoding"):
        raise errors.LengthRequired(
            "length_required", "The upload must announce its length (Content-Length)."
        )
    return int(request.META.get("CONTENT_LENGTH") or 0)


def body_chunks(request: HttpRequest, held: Slot) -> Iterator[bytes]:
    """The body as it arrives, under the place that it has; each chunk has a deadline.

    Raises Interrupted when the client goes away or is too slow.
    """
    release_database()
    client = client_socket(request)
    left_bytes = body_length_bytes(request)
    try:
        while left_bytes:
            set_deadline(client, settings.BODY_SILENCE_SECONDS)
            chunk = request.read(CHUNK_BYTES)
            if not chunk:
                raise interrupted()
            left_bytes -= len(chunk)
            held.place.moved()
            yield chunk
    except UnreadablePostError:
        raise interrupted() from None
    finally:
        clear_deadline(client)


def interrupted() -> errors.Interrupted:
    return errors.Interrupted(
        "upload_interrupted", "The connection ended or fell silent before the upload was complete."
    )


def client_socket(request: HttpRequest) -> socket.socket | None:
    """The connection under gunicorn; None under other servers, which have limits of their own."""
    return request.META.get("gunicorn.socket")


def drain(request: HttpRequest) -> None:
    """Read what is left of a refused body, within bounds: a client that is still sending when the
    connection closes sees a broken connection instead of the refusal."""
    left_bytes = min(int(request.META.get("CONTENT_LENGTH") or 0), DRAINED_MAX_BYTES)
    if not left_bytes:
        return
    release_database()
    client = client_socket(request)
    try:
        with slot_for_coming(request):
            set_deadline(client, DRAIN_SECONDS)
            while left_bytes > 0 and (chunk := request.read(CHUNK_BYTES)):
                left_bytes -= len(chunk)
    except (errors.Unavailable, UnreadablePostError):
        return
    finally:
        clear_deadline(client)


def _with_deadlines(chunks: Iterator[bytes], held: Slot) -> Iterator[bytes]:
    """Chunks for a recipient, who must take each of them in time."""
    for chunk in chunks:
        held.place.moved()
        seconds = SENDING_PATIENCE * settings.BODY_SILENCE_SECONDS
        set_deadline(held.connection, seconds, held.how)
        yield chunk


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
    held: Slot,
    content_range: str | None = None,
) -> PayloadResponse:
    """Stored bytes as an answer, which keeps its slot until it has been sent."""
    release_database()
    timed = _with_deadlines(begun(chunks), held)
    response = PayloadResponse(timed, held, status=206 if content_range else 200)
    return payload_headers(response, length_bytes, content_range)
