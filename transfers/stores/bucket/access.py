"""Nobody reads or writes without a signature of ours."""

from transfers.stores.bucket import policy
from transfers.stores.bucket.rule import (
    Finding,
    Rule,
    left_to_operator,
    passed,
    repairable,
    unsupported,
)
from transfers.stores.bucket.service import Bucket, NotSupported

ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENFORCED = "BucketOwnerEnforced"
EVERYBODY = ("/global/AllUsers", "/global/AuthenticatedUsers")


class PublicAccess(Rule):
    """All four public access blocks; where there are none, nothing that they would block."""

    name = "public-access"

    def check(self, bucket: Bucket) -> Finding:
        try:
            answer = bucket.call(
                "get_public_access_block", absent={"NoSuchPublicAccessBlockConfiguration"}
            )
        except NotSupported as exc:
            return self._without_blocks(bucket, str(exc))
        blocks = answer.get("PublicAccessBlockConfiguration", {})
        missing = [name for name in ALL_BLOCKED if blocks.get(name) is not True]
        if not missing:
            return passed("all four blocks are on")
        return repairable(f"off: {', '.join(missing)}", lambda: self._block(bucket))

    def _without_blocks(self, bucket: Bucket, reason: str) -> Finding:
        opening = [
            f"policy statement {statement.get('Sid', 'without a Sid')}"
            for statement in policy.read(bucket)["Statement"]
            if policy.opens_to_everybody(statement)
        ]
        if not opening and not self._granted_to_everybody(bucket):
            return unsupported(f"{reason}; no statement or grant opens the bucket")
        return left_to_operator(
            f"open to everybody by {opening[0] if opening else 'its access control list'}",
            "remove that, or use a bucket of our own",
        )

    def _granted_to_everybody(self, bucket: Bucket) -> bool:
        try:
            grants = bucket.call("get_bucket_acl").get("Grants", [])
        except NotSupported:
            return False
        return any(grant["Grantee"].get("URI", "").endswith(EVERYBODY) for grant in grants)

    def _block(self, bucket: Bucket) -> None:
        bucket.call("put_public_access_block", PublicAccessBlockConfiguration=ALL_BLOCKED)


class Ownership(Rule):
    """Access control lists are off, so that a policy is all there is to read."""

    name = "ownership"

    def check(self, bucket: Bucket) -> Finding:
        answer = bucket.call(
            "get_bucket_ownership_controls", absent={"OwnershipControlsNotFoundError"}
        )
        owners = [
            rule["ObjectOwnership"] for rule in answer.get("OwnershipControls", {}).get("Rules", [])
        ]
        if owners == [ENFORCED]:
            return passed(ENFORCED)
        return repairable(", ".join(owners) or "not set", lambda: self._enforce(bucket))

    def _enforce(self, bucket: Bucket) -> None:
        bucket.call(
            "put_bucket_ownership_controls",
            OwnershipControls={"Rules": [{"ObjectOwnership": ENFORCED}]},
        )
