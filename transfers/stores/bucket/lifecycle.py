"""S3 itself deletes what our own deletion missed: a safety net, not a replacement of cleanup."""

from transfers import limits
from transfers.stores.bucket.rule import Finding, Rule, passed, repairable
from transfers.stores.bucket.service import Bucket, Document

# All our objects lie below it, so nothing else in the bucket is touched.
KEY_PREFIX = "transfers/"
EXPIRY_ID = "sgraph-send-expire-transfers"
ABORT_ID = "sgraph-send-abort-uploads"
SPARE_DAYS = 1
DAY_SECONDS = 86400
ABORT_DAYS = limits.UPLOAD_MAX_SECONDS // DAY_SECONDS


class Lifecycle(Rule):
    name = "lifecycle"

    def __init__(self, longest_expiry_seconds: int) -> None:
        self.days = -(-longest_expiry_seconds // DAY_SECONDS) + SPARE_DAYS

    def check(self, bucket: Bucket) -> Finding:
        answer = bucket.call(
            "get_bucket_lifecycle_configuration", absent={"NoSuchLifecycleConfiguration"}
        )
        rules = answer.get("Rules", [])
        wanted = self._wanted()
        ours = [rule for rule in rules if rule.get("ID") in wanted]
        kept = [rule for rule in rules if rule.get("ID") not in wanted]
        others = f"; {len(kept)} of other rules are kept" if kept else ""
        if {rule["ID"]: rule for rule in ours} == wanted:
            return passed(
                f"objects go after {self.days} days, unfinished uploads after {ABORT_DAYS}{others}"
            )
        found = "altered" if len(ours) == len(wanted) else "missing"
        size = answer.get("TransitionDefaultMinimumObjectSize")
        return repairable(
            f"our rules are {found}{others}",
            lambda: self._write(bucket, [*kept, *wanted.values()], size),
        )

    def _wanted(self) -> dict[str, Document]:
        actions = {
            EXPIRY_ID: {"Expiration": {"Days": self.days}},
            ABORT_ID: {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_DAYS}},
        }
        return {
            name: {"ID": name, "Filter": {"Prefix": KEY_PREFIX}, "Status": "Enabled", **action}
            for name, action in actions.items()
        }

    def _write(self, bucket: Bucket, rules: list[Document], transition_size: str | None) -> None:
        # Left out it would be set back to its default, beneath the operator's own rules.
        kept: Document = (
            {"TransitionDefaultMinimumObjectSize": transition_size} if transition_size else {}
        )
        bucket.call(
            "put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": rules}, **kept
        )
