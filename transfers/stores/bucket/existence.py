"""The bucket is there, and in the region that signed URLs name."""

from transfers.stores.bucket.rule import Finding, Rule, left_to_operator, passed, repairable
from transfers.stores.bucket.service import Bucket


class Existence(Rule):
    name = "bucket"

    def check(self, bucket: Bucket) -> Finding:
        answer = bucket.call("head_bucket", absent={"404", "NoSuchBucket"})
        if not answer:
            return repairable("there is no bucket of this name", lambda: self._create(bucket))
        region = answer.get("BucketRegion", bucket.region)
        if not bucket.endpoint_url and region != bucket.region:
            return left_to_operator(
                f"the bucket lies in {region}, the settings say {bucket.region}",
                f"set AWS_REGION={region}, or choose another bucket",
            )
        return passed(f"there, in {region}")

    def _create(self, bucket: Bucket) -> None:
        # us-east-1 is the one region that must not be named (S3 API, CreateBucket).
        location = (
            {}
            if bucket.region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": bucket.region}}
        )
        # Another process that starts at the same time may have been first.
        bucket.call("create_bucket", absent={"BucketAlreadyOwnedByYou"}, **location)
