"""What one check found, and what checks look at."""

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
class Finding:
    """`found` is a sentence, `mend` another one, empty when nothing is to be done."""

    result: Result
    found: str
    mend: str = ""


def ok(found: str) -> Finding:
    return Finding(Result.OK, found)


def warn(found: str, mend: str) -> Finding:
    return Finding(Result.WARN, found, mend)


def fail(found: str, mend: str) -> Finding:
    return Finding(Result.FAIL, found, mend)


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
        """How a call of ours looks to the site (`/info/status`); None where it does not say.

        Raises CallFailed.
        """
        if not self.metrics_token:
            return None
        bearer = f"Bearer {self.metrics_token}"
        named = {"authorization": bearer, **headers}
        return self.connection.json("ask for status", "GET", "/info/status", **named).get("caller")
