"""HTTP calls of one site and of its store: JSON to the API, bytes to signed URLs. All raise
CallFailed.

Its message names the step, the status and the API's error code; never a URL, which may hold an id
or a signature, and never what was sent.
"""

import contextlib
import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

ANSWER_BYTES_MAX = 64 * 2**20
REFUSAL_BYTES_MAX = 64 * 2**10
CODE_CHARACTERS_MAX = 64


class CallFailed(Exception):
    """A call that was refused or not answered; the message is a sentence.

    `status` is None when there was no answer. `body` is the JSON object of a refusal, empty where
    there is none, and `code` the error code in it (docs/api.md).
    """

    def __init__(
        self, message: str, status: int | None = None, body: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = body or {}
        self.code = _code(self.body)


@dataclass(frozen=True)
class Response:
    """Status, headers (names in any case) and the whole body; of a refusal the body is empty."""

    status: int
    headers: Message
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
        """The JSON object that a JSON call is answered with. Raises CallFailed.

        `headers` are named with `_` for `-`; empty ones are left out.
        """
        data = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items() if value}
        answer = self.request(
            step, method, path, data, {"Content-Type": "application/json"} | named
        )
        try:
            parsed = json.loads(answer.body)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise CallFailed(f"To {step}: the answer is not that of this service.", answer.status)
        return parsed

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
        """The response, with a status below 300 unless `even_refusals`. `address` is a path of the
        site or a whole URL; `step` completes "To …" in messages.

        Raises CallFailed.
        """
        url = self.origin + address if address.startswith("/") else address
        if urlsplit(url).scheme not in ("http", "https"):
            raise CallFailed(f"To {step}: the address is neither http nor https.")
        request = urllib.request.Request(url, data, dict(headers or {}), method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout_seconds) as answer:
                return Response(answer.status, answer.headers, whole_body(answer))
        except urllib.error.HTTPError as refusal:
            if even_refusals:
                return Response(refusal.code, refusal.headers, b"")
            raise _refused(step, refusal) from None
        except (OSError, http.client.HTTPException) as failure:
            raise CallFailed(f"To {step}: {_reason(failure)}.") from None


def whole_body(answer: http.client.HTTPResponse) -> bytes:
    """At most ANSWER_BYTES_MAX. Raises IncompleteRead when the connection ends before the promised
    length, which `read` with a limit does not."""
    expected_bytes = min(answer.length or 0, ANSWER_BYTES_MAX)
    body = answer.read(ANSWER_BYTES_MAX)
    if len(body) < expected_bytes:
        raise http.client.IncompleteRead(body)
    return body


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _refused(step: str, refusal: urllib.error.HTTPError) -> CallFailed:
    body = None
    with contextlib.suppress(OSError, ValueError, http.client.HTTPException), refusal:
        body = json.loads(refusal.read(REFUSAL_BYTES_MAX))
    if not isinstance(body, dict):
        return CallFailed(f"To {step}: answered with {refusal.code}.", refusal.code)
    message = f"To {step}: answered with {refusal.code} {_code(body)}".rstrip()
    return CallFailed(f"{message}.", refusal.code, body)


def _code(body: dict[str, Any]) -> str:
    return str(body.get("code", ""))[:CODE_CHARACTERS_MAX]


def _reason(failure: OSError | http.client.HTTPException) -> str:
    """A clause that names no address."""
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
