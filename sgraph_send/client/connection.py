"""HTTP to one site and to its store: JSON calls, bytes to signed addresses, one kind of failure.

Messages name the step, the status and the service's own code; never an address, for it may hold an
id or a signature, and never what was sent.
"""

import contextlib
import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ANSWER_BYTES_MAX = 64 * 2**20
REFUSAL_BYTES_MAX = 64 * 2**10
CODE_CHARACTERS_MAX = 64


class CallFailed(Exception):
    """A call that was refused or not answered; the message is a sentence.

    `status` is None when there was no answer, `told` the JSON object of a refusal and `code` the
    service's own in it (docs/api.md).
    """

    def __init__(
        self, sentence: str, status: int | None = None, told: dict[str, Any] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.told = told or {}
        self.code = _code(self.told)


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in any case) and the whole body, which is left out of refusals."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Connection:
    """Calls of one site; `origin` is `https://host[:port]`.

    Redirects are not followed: the headers hold tokens that belong to this site alone.
    """

    def __init__(
        self, origin: str, *, timeout_seconds: float = 30, tls: ssl.SSLContext | None = None
    ) -> None:
        self.origin = origin.rstrip("/")
        self._timeout_seconds = timeout_seconds
        handlers: list[urllib.request.BaseHandler] = [_NoRedirects()]
        if tls:
            handlers.append(urllib.request.HTTPSHandler(context=tls))
        self._opener = urllib.request.build_opener(*handlers)

    def json(
        self, step: str, method: str, path: str, body: object = None, **headers: str
    ) -> dict[str, Any]:
        """The JSON object in the answer to a JSON call. Raises CallFailed."""
        data = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items() if value}
        answer = self.request(
            step, method, path, data, {"Content-Type": "application/json"} | named
        )
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise CallFailed(f"To {step}: the answer is not that of this service.", answer.status)
        return told

    def request(
        self,
        step: str,
        method: str,
        address: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        even_refusals: bool = False,
    ) -> Answer:
        """The answer below status 300, or any; `address` is a path of the site or a whole URL.

        Raises CallFailed.
        """
        url = self.origin + address if address.startswith("/") else address
        if urlsplit(url).scheme not in ("http", "https"):
            raise CallFailed(f"To {step}: the address is neither http nor https.")
        request = urllib.request.Request(url, data, dict(headers or {}), method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout_seconds) as answer:
                return Answer(answer.status, answer.headers, whole_body(answer))
        except urllib.error.HTTPError as refusal:
            if even_refusals:
                return Answer(refusal.code, refusal.headers, b"")
            raise _refused(step, refusal) from None
        except (OSError, http.client.HTTPException) as failure:
            raise CallFailed(f"To {step}: {_reason(failure)}.") from None


def whole_body(answer: http.client.HTTPResponse) -> bytes:
    """At most ANSWER_BYTES_MAX. Raises IncompleteRead where a server died after it sent the head:
    a read of so many bytes at most does not."""
    expected_bytes = min(answer.length or 0, ANSWER_BYTES_MAX)
    body = answer.read(ANSWER_BYTES_MAX)
    if len(body) < expected_bytes:
        raise http.client.IncompleteRead(body)
    return body


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _refused(step: str, refusal: urllib.error.HTTPError) -> CallFailed:
    told = None
    with contextlib.suppress(OSError, ValueError, http.client.HTTPException), refusal:
        told = json.loads(refusal.read(REFUSAL_BYTES_MAX))
    if not isinstance(told, dict):
        return CallFailed(f"To {step}: answered with {refusal.code}.", refusal.code)
    sentence = f"To {step}: answered with {refusal.code} {_code(told)}".rstrip()
    return CallFailed(f"{sentence}.", refusal.code, told)


def _code(told: dict[str, Any]) -> str:
    return str(told.get("code", ""))[:CODE_CHARACTERS_MAX]


def _reason(failure: OSError | http.client.HTTPException) -> str:
    """A clause without the address."""
    inner = failure.reason if isinstance(failure, urllib.error.URLError) else failure
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"the certificate is not valid ({inner.verify_message})"
    if isinstance(inner, TimeoutError):
        return "no answer in time"
    if isinstance(inner, http.client.IncompleteRead):
        return "the answer broke off"
    if isinstance(inner, OSError) and inner.strerror:
        return f"no connection ({inner.strerror})"
    return f"no answer ({type(inner).__name__})"
