"""Ends TLS before a service that speaks plain HTTP, and tells it nothing about that."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator

from harness.certificate import Certificate
from harness.ports import free_port

CHUNK_BYTES = 64 * 2**10


class TlsProxy:
    """Forwards HTTPS on `url` to a plain port of this machine.

    One thread does it all: OpenSSL allows no two on one connection.
    """

    def __init__(self, certificate: Certificate, to_port: int) -> None:
        self._port, self._to_port = free_port(), to_port
        self.url = f"https://127.0.0.1:{self._port}"
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate.certificate, certificate.key)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(60)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, ssl=self._tls
        )

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            async with _ended(writer):
                from_service, to_service = await asyncio.open_connection("127.0.0.1", self._to_port)
                async with _ended(to_service):
                    await asyncio.gather(_pump(reader, to_service), _pump(from_service, writer))


@contextlib.asynccontextmanager
async def _ended(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """No socket is left to the collector, which reports it in whatever test comes next."""
    try:
        yield
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(CHUNK_BYTES):
            target.write(chunk)
            await target.drain()
    if target.can_write_eof():
        target.write_eof()
    else:  # TLS ends both ways at once
        target.close()
