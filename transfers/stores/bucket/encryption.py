"""Objects are encrypted at rest, beneath the encryption that browsers did."""

from transfers.stores.bucket.rule import Finding, Rule, passed, repairable
from transfers.stores.bucket.service import Bucket

# With a KMS key the operator chose more than we ask for, which is left as it is.
ACCEPTED = {"AES256", "aws:kms", "aws:kms:dsse"}


class Encryption(Rule):
    name = "encryption"

    def check(self, bucket: Bucket) -> Finding:
        answer = bucket.call(
            "get_bucket_encryption", absent={"ServerSideEncryptionConfigurationNotFoundError"}
        )
        rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        algorithms = {
            rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "none")
            for rule in rules
        }
        found = ", ".join(sorted(algorithms)) or "no default encryption"
        if algorithms and algorithms <= ACCEPTED:
            return passed(found)
        return repairable(found, lambda: self._encrypt(bucket))

    def _encrypt(self, bucket: Bucket) -> None:
        default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        bucket.call("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": [default]})
