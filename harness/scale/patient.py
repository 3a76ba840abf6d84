"""The client's connection with what a browser has too: kept-alive connections and further tries."""

import contextlib
import http.client
import json
import ssl
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from sgraph_send.client.connection import CallFailed, Connection, Response, whole_body

TRIES = 8
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
PASSING = {429, 500, 502, 503, 504}


class Record:
    """What the connections of one process saw. Times are milliseconds, further tries included."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, list[float]] = defaultdict(list)
        self.failures: list[tuple[float, str]] = []  # with the time of day, in seconds
        self.given_up: Counter[str] = Counter()


class PatientConnection(Connection):
    """One thread's. Every call of a transfer may be repeated: only `create` leaves a trace then,
    a row that cleanup takes for abandoned. `before` is called ahead of the steps that it names."""

    def __init__(self, origin: str, record: Record, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(origin, tls=tls)
        self.before: dict[str, Callable[[], object]] = {}
        self._record, self._tls = record, tls
        self._open: dict[str, http.client.HTTPConnection] = {}

    def request(
        self,
        step: str,
        method: str,
        address: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        even_refusals: bool = False,
    ) -> Response:
        if step in self.before:
            self.before.pop(step)()
        url = self.origin + address if address.startswith("/") else address
        began = time.perf_counter()
        try:
            return self._until_answered(step, method, url, data, dict(headers or {}))
        finally:
            self._record.milliseconds[step].append((time.perf_counter() - began) * 1000)

    def _until_answered(self, step: str, *call: object) -> Response:
        """Raises CallFailed for what another try can't change, and after the last one."""
        wait_seconds = FIRST_WAIT_SECONDS
        for _ in range(TRIES):
            try:
                return self._try(step, *call)
            except CallFailed as failure:
                last = failure
                if failure.status is not None and failure.status not in PASSING:
                    raise
            self._record.failures.append((time.time(), str(last)))
            time.sleep(wait_seconds)
            wait_seconds = min(2 * wait_seconds, LONGEST_WAIT_SECONDS)
        self._record.given_up[str(last)] += 1
        raise last

    def _try(self, step: str, method: str, url: str, data: bytes | None, headers: dict) -> Response:
        parts = urlsplit(url)
        connection = self._open.pop(parts.netloc, None) or self._connect(parts.scheme, parts.netloc)
        try:
            connection.request(method, url.partition(parts.netloc)[2], data, headers)
            answer = connection.getresponse()
            body = whole_body(answer)
        except (OSError, http.client.HTTPException) as failure:
            connection.close()
            raise CallFailed(f"To {step}: {type(failure).__name__}.") from None
        if not answer.will_close:
            self._open[parts.netloc] = connection
        if answer.status >= 400:
            raise _refused(step, answer.status, body)
        return Response(answer.status, answer.headers, body)

    def _connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        timeout = self._timeout_seconds
        if scheme == "https":
            return http.client.HTTPSConnection(netloc, timeout=timeout, context=self._tls)
        return http.client.HTTPConnection(netloc, timeout=timeout)


class Connections:
    """The connections of one process, given to whichever thread asks."""

    def __init__(self, origin: str, authority: str, record: Record) -> None:
        self._tls = ssl.create_default_context(cafile=authority)
        self._origin, self._record = origin, record
        self._idle: list[PatientConnection] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one(self):
        with self._lock:
            taken = self._idle.pop() if self._idle else None
        taken = taken or PatientConnection(self._origin, self._record, self._tls)
        try:
            yield taken
        finally:
            taken.before.clear()
            with self._lock:
                self._idle.append(taken)


def _refused(step: str, status: int, body: bytes) -> CallFailed:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    return CallFailed(f"To {step}: {status} {told.get('code', '')}".rstrip(), status, told)
