"""All rules of one bucket: audited, and provisioned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from transfers.stores.bucket.access import Ownership, PublicAccess
from transfers.stores.bucket.cors import Cors
from transfers.stores.bucket.encryption import Encryption
from transfers.stores.bucket.existence import Existence
from transfers.stores.bucket.lifecycle import Lifecycle
from transfers.stores.bucket.retention import ObjectLock, Replication, Versioning
from transfers.stores.bucket.rule import Finding, Result, Rule, unsupported
from transfers.stores.bucket.service import Bucket, NotSupported, Refused
from transfers.stores.bucket.transport import TlsOnly


class Outcome(StrEnum):
    RIGHT = "already right"
    CHANGED = "changed"
    WOULD_CHANGE = "would change"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"
    UNREADABLE = "not readable"


@dataclass(frozen=True)
class Step:
    """What became of one rule; `text` is a clause."""

    rule: str
    outcome: Outcome
    text: str


def rules(origins: Sequence[str], longest_expiry_seconds: int) -> list[Rule]:
    """Every rule, in the order in which they are provisioned; existence is the first."""
    return [
        Existence(),
        PublicAccess(),
        Ownership(),
        Encryption(),
        TlsOnly(),
        Cors(origins),
        Lifecycle(longest_expiry_seconds),
        Versioning(),
        Replication(),
        ObjectLock(),
    ]


def audit(bucket: Bucket, wanted: Sequence[Rule]) -> dict[str, Finding]:
    """Check every rule and change nothing; findings by rule name. Raises StoreUnavailable."""
    existence, *others = wanted
    first = _check(existence, bucket)
    if first.repair:
        return {existence.name: first} | {
            rule.name: replace(first, found="there is no bucket") for rule in others
        }
    return {existence.name: first} | {rule.name: _check(rule, bucket) for rule in others}


def provision(bucket: Bucket, wanted: Sequence[Rule], dry_run: bool = False) -> list[Step]:
    """Change what is not as wanted and can be changed. Raises StoreUnavailable."""
    existence, *others = wanted
    first = _step(existence.name, _check(existence, bucket), dry_run)
    if first.outcome not in (Outcome.RIGHT, Outcome.CHANGED):
        return [first, *(Step(rule.name, first.outcome, "no bucket yet") for rule in others)]
    return [first, *(_step(rule.name, _check(rule, bucket), dry_run) for rule in others)]


def _check(rule: Rule, bucket: Bucket) -> Finding:
    try:
        return rule.check(bucket)
    except NotSupported as exc:
        return unsupported(str(exc))
    except Refused as exc:
        remedy = f"allow {exc.call} (docs/bucket.md)"
        return Finding(Result.FAIL, f"not readable: {exc}", remedy, readable=False)


def _step(name: str, finding: Finding, dry_run: bool) -> Step:
    if finding.result is Result.PASS:
        return Step(name, Outcome.RIGHT, finding.found)
    if finding.result is Result.UNSUPPORTED:
        return Step(name, Outcome.UNSUPPORTED, finding.found)
    if not finding.readable:
        return Step(name, Outcome.UNREADABLE, f"{finding.found}; {finding.remedy}")
    if not finding.repair:
        return Step(name, Outcome.FAILED, f"{finding.found}; {finding.remedy}")
    if dry_run:
        return Step(name, Outcome.WOULD_CHANGE, finding.found)
    return _repaired(name, finding.found, finding.repair)


def _repaired(name: str, found: str, repair: Callable[[], None]) -> Step:
    try:
        repair()
    except NotSupported as exc:
        return Step(name, Outcome.UNSUPPORTED, str(exc))
    except Refused as exc:
        return Step(name, Outcome.FAILED, f"{found}, and {exc}")
    return Step(name, Outcome.CHANGED, f"it was: {found}")
