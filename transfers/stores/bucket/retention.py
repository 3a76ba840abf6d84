"""What would leave bytes behind a deletion. None of it is undone for the operator: each was
somebody's decision, may hold other data, and some of it can not be undone at all."""

from typing import Any

from transfers.stores.bucket.rule import Finding, Rule, left_to_operator, passed
from transfers.stores.bucket.service import Bucket

OTHER_BUCKET = "use a bucket without it"


class Versioning(Rule):
    name = "versioning"

    def check(self, bucket: Bucket) -> Finding:
        status = bucket.call("get_bucket_versioning").get("Status", "off")
        if status == "Enabled":
            return left_to_operator(
                "enabled: a deleted object stays as an old version",
                f"{OTHER_BUCKET}, or suspend it and delete all versions",
            )
        if status == "Suspended" and (key := self._kept_version(bucket)):
            return left_to_operator(
                f"suspended, with old versions (one of them: {key})",
                f"delete all old versions, or {OTHER_BUCKET}",
            )
        return passed("suspended, no old versions" if status == "Suspended" else "off")

    def _kept_version(self, bucket: Bucket) -> str | None:
        """The key of a version that outlives the deletion of its object."""
        marker: dict[str, Any] = {}
        while True:
            page = bucket.call("list_object_versions", **marker)
            for version in page.get("Versions", []):
                if version["VersionId"] != "null" or not version["IsLatest"]:
                    return str(version["Key"])
            if not page.get("IsTruncated"):
                return None
            marker = {"KeyMarker": page["NextKeyMarker"]}
            if "NextVersionIdMarker" in page:
                marker["VersionIdMarker"] = page["NextVersionIdMarker"]


class Replication(Rule):
    name = "replication"

    def check(self, bucket: Bucket) -> Finding:
        answer = bucket.call(
            "get_bucket_replication", absent={"ReplicationConfigurationNotFoundError"}
        )
        rules = answer.get("ReplicationConfiguration", {}).get("Rules", [])
        if not rules:
            return passed("none")
        targets = sorted({rule["Destination"]["Bucket"] for rule in rules})
        return left_to_operator(
            f"copies go to {', '.join(targets)}, where deletion does not reach them",
            f"remove the replication and the copies, or {OTHER_BUCKET}",
        )


class ObjectLock(Rule):
    name = "object-lock"

    def check(self, bucket: Bucket) -> Finding:
        answer = bucket.call(
            "get_object_lock_configuration",
            absent={"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"},
        )
        if answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
            return passed("off")
        return left_to_operator(
            "enabled: locked objects can not be deleted before their time, by anybody",
            f"{OTHER_BUCKET}; object lock can not be taken off a bucket",
        )
