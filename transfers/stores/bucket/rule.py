"""What a rule is, and what looking at a bucket by it finds."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from transfers.stores.bucket.service import Bucket

PROVISION = "run manage.py provision_bucket"


class Result(StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Finding:
    """`found` and `mend` are clauses for the operator.

    `repair` sets the rule right; a failure without one is the operator's to decide.
    """

    result: Result
    found: str
    mend: str = ""
    repair: Callable[[], None] | None = None
    readable: bool = True


class Rule(ABC):
    """One thing that must be so; it holds what is wanted and no state of a bucket."""

    name: str

    @abstractmethod
    def look(self, bucket: Bucket) -> Finding:
        """Read the bucket. Raises NotSupported, Refused, StoreUnavailable."""


def passed(found: str) -> Finding:
    return Finding(Result.PASS, found)


def repairable(found: str, repair: Callable[[], None]) -> Finding:
    return Finding(Result.FAIL, found, PROVISION, repair)


def left_to_operator(found: str, mend: str) -> Finding:
    return Finding(Result.FAIL, found, mend)


def unsupported(found: str) -> Finding:
    return Finding(Result.UNSUPPORTED, found)
