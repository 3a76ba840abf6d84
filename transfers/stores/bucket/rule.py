"""What a rule is, and what checking a bucket against it finds."""

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
    """`found` and `remedy` are clauses for the operator.

    `repair` makes the bucket keep the rule; a failure without one is the operator's to decide.
    A rule that may not be read is not `readable`.
    """

    result: Result
    found: str
    remedy: str = ""
    repair: Callable[[], None] | None = None
    readable: bool = True


class Rule(ABC):
    """One thing that must be so; it holds what is wanted and no state of a bucket."""

    name: str

    @abstractmethod
    def check(self, bucket: Bucket) -> Finding:
        """Read the bucket. Raises NotSupported, Refused, StoreUnavailable."""


def passed(found: str) -> Finding:
    return Finding(Result.PASS, found)


def repairable(found: str, repair: Callable[[], None]) -> Finding:
    return Finding(Result.FAIL, found, PROVISION, repair)


def left_to_operator(found: str, remedy: str) -> Finding:
    return Finding(Result.FAIL, found, remedy)


def unsupported(found: str) -> Finding:
    return Finding(Result.UNSUPPORTED, found)
