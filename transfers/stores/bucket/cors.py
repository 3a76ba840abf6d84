"""Browsers may use the bucket from our pages and from nowhere else."""

from collections.abc import Sequence

from transfers.stores.bucket.rule import Finding, Rule, left_to_operator, passed, repairable
from transfers.stores.bucket.service import Bucket, Document

METHODS = ["GET", "HEAD", "PUT"]
ALLOWED_HEADERS = ["content-type", "range"]
EXPOSED_HEADERS = ["Content-Range", "ETag", "Retry-After"]
MAX_AGE_SECONDS = 3600


class Cors(Rule):
    name = "cors"

    def __init__(self, origins: Sequence[str]) -> None:
        self.origins = sorted(set(origins))

    def check(self, bucket: Bucket) -> Finding:
        if not self.origins:
            return left_to_operator("we know no origin to let in", "set SGRAPH_SEND__PUBLIC_URL")
        answer = bucket.call("get_bucket_cors", absent={"NoSuchCORSConfiguration"})
        rules = answer.get("CORSRules", [])
        if [_normal(rule) for rule in rules] == [_normal(self._wanted())]:
            return passed(f"{', '.join(METHODS)} from {', '.join(self.origins)}")
        return repairable(_described(rules), lambda: self._write(bucket))

    def _wanted(self) -> Document:
        return {
            "AllowedOrigins": self.origins,
            "AllowedMethods": METHODS,
            "AllowedHeaders": ALLOWED_HEADERS,
            "ExposeHeaders": EXPOSED_HEADERS,
            "MaxAgeSeconds": MAX_AGE_SECONDS,
        }

    def _write(self, bucket: Bucket) -> None:
        bucket.call("put_bucket_cors", CORSConfiguration={"CORSRules": [self._wanted()]})


def _normal(rule: Document) -> Document:
    """Order and the case of header names mean nothing; an ID is a name only."""
    return {
        "origins": set(rule.get("AllowedOrigins", [])),
        "methods": set(rule.get("AllowedMethods", [])),
        "allowed": {name.lower() for name in rule.get("AllowedHeaders", [])},
        "exposed": {name.lower() for name in rule.get("ExposeHeaders", [])},
        "seconds": rule.get("MaxAgeSeconds"),
    }


def _described(rules: list[Document]) -> str:
    if not rules:
        return "no rule: browsers can use nothing"
    return "; ".join(
        f"{', '.join(rule.get('AllowedMethods', []))} from "
        f"{', '.join(rule.get('AllowedOrigins', []))}, exposed: "
        f"{', '.join(rule.get('ExposeHeaders', [])) or 'nothing'}"
        for rule in rules
    )
