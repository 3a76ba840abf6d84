"""The diagnosis that a check makes, and the deployment that it is made of."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from sgraph_send.client.connection import Connection


class Result(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Diagnosis:
    """`found` says what is the case, `remedy` what to do about it; empty when nothing is to be
    done."""

    result: Result
    found: str
    remedy: str = ""


def ok(found: str) -> Diagnosis:
    return Diagnosis(Result.OK, found)


def warn(found: str, remedy: str) -> Diagnosis:
    return Diagnosis(Result.WARN, found, remedy)


def fail(found: str, remedy: str) -> Diagnosis:
    return Diagnosis(Result.FAIL, found, remedy)


@dataclass(frozen=True)
class Deployment:
    """The site at `url`, an origin, asked with the settings of this process."""

    url: str
    free_bytes_min: int
    metrics_token: str = field(default="", repr=False)

    @cached_property
    def connection(self) -> Connection:
        return Connection(self.url, timeout_seconds=60)

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")

    def caller(self, **headers: str) -> dict[str, Any] | None:
        """How the site sees the caller of this request, from `/info/status`; None without the
        metrics token. Raises CallFailed.
        """
        if not self.metrics_token:
            return None
        bearer = f"Bearer {self.metrics_token}"
        named = {"authorization": bearer, **headers}
        status = self.connection.json("ask for status", "GET", "/info/status", **named)
        caller: dict[str, Any] | None = status.get("caller")
        return caller
