"""Reading, comparing and writing the statements of a bucket policy (IAM policy language)."""

import json
from typing import Any

from transfers.stores.bucket.service import Bucket, Document, Refused

ABSENT = {"NoSuchBucketPolicy"}


def read(bucket: Bucket) -> Document:
    """The policy, its `Statement` always a list. Raises what `Bucket.call` raises."""
    answer = bucket.call("get_bucket_policy", absent=ABSENT)
    if "Policy" not in answer:
        return {"Version": "2012-10-17", "Statement": []}
    try:
        document = json.loads(answer["Policy"])
        return {**document, "Statement": _as_list(document["Statement"])}
    except (ValueError, KeyError, TypeError) as exc:
        raise Refused("get_bucket_policy", "something that is no policy") from exc


def write(bucket: Bucket, document: Document, statements: list[Document]) -> None:
    """Write `document` with these statements; without any there is no policy."""
    if not statements:
        bucket.call("delete_bucket_policy", absent=ABSENT)
        return
    bucket.call("put_bucket_policy", Policy=json.dumps({**document, "Statement": statements}))


def opens_to_everybody(statement: Document) -> bool:
    return statement.get("Effect") == "Allow" and _principals(statement) == {"*"}


def says_the_same(statement: Document, wanted: Document) -> bool:
    """Whether both have one effect, however it is spelled; the Sid has none."""
    return _normal(statement) == _normal(wanted)


def _normal(statement: Document) -> Document:
    spelled = {key: _normal_value(value) for key, value in statement.items() if key != "Sid"}
    return spelled | {"Principal": _principals(statement)}


def _normal_value(value: object) -> object:
    if isinstance(value, dict):
        return {key: _normal_value(inner) for key, inner in value.items()}
    return {str(item).lower() if isinstance(item, bool) else item for item in _as_list(value)}


def _principals(statement: Document) -> set[str]:
    principal = statement.get("Principal", [])
    if isinstance(principal, dict):
        named = {name for names in principal.values() for name in _as_list(names)}
        return {"*"} if "*" in _as_list(principal.get("AWS", [])) else named
    return set(_as_list(principal))


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
