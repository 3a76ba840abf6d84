"""docs/bucket.md names every rule, and its IAM policies allow what the code calls, no more."""

import json
import re
from pathlib import Path

import pytest
from botocore import xform_name

from transfers.stores import current_store
from transfers.stores.bucket.provisioning import rules

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/bucket.md").read_text()
RUNNING, AUDITING, PROVISIONING = (
    json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", DOCUMENT, re.M | re.S)
)
# Which right each call needs: AWS Service Authorization Reference, "Amazon S3".
RIGHTS = {
    "abort_multipart_upload": {"s3:AbortMultipartUpload"},
    "complete_multipart_upload": {"s3:PutObject"},
    "create_bucket": {"s3:CreateBucket"},
    "create_multipart_upload": {"s3:PutObject"},
    "delete_bucket_policy": {"s3:DeleteBucketPolicy"},
    "delete_object": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
    "get_bucket_acl": {"s3:GetBucketAcl"},
    "get_bucket_cors": {"s3:GetBucketCORS"},
    "get_bucket_encryption": {"s3:GetEncryptionConfiguration"},
    "get_bucket_lifecycle_configuration": {"s3:GetLifecycleConfiguration"},
    "get_bucket_ownership_controls": {"s3:GetBucketOwnershipControls"},
    "get_bucket_policy": {"s3:GetBucketPolicy"},
    "get_bucket_replication": {"s3:GetReplicationConfiguration"},
    "get_bucket_versioning": {"s3:GetBucketVersioning"},
    "get_object": {"s3:GetObject"},
    "get_object_lock_configuration": {"s3:GetBucketObjectLockConfiguration"},
    "get_public_access_block": {"s3:GetBucketPublicAccessBlock"},
    "head_bucket": {"s3:ListBucket"},
    "head_object": {"s3:GetObject", "s3:ListBucket"},
    "list_multipart_uploads": {"s3:ListBucketMultipartUploads"},
    "list_object_versions": {"s3:ListBucketVersions"},
    "list_objects_v2": {"s3:ListBucket"},
    "list_parts": {"s3:ListMultipartUploadParts"},
    "put_bucket_cors": {"s3:PutBucketCORS"},
    "put_bucket_encryption": {"s3:PutEncryptionConfiguration"},
    "put_bucket_lifecycle_configuration": {"s3:PutLifecycleConfiguration"},
    "put_bucket_ownership_controls": {"s3:PutBucketOwnershipControls"},
    "put_bucket_policy": {"s3:PutBucketPolicy"},
    "put_public_access_block": {"s3:PutBucketPublicAccessBlock"},
    "upload_part": {"s3:PutObject"},
}
VERB = r"(?:abort|complete|create|delete|get|head|list|put|upload)_[a-z_]+"


def calls(*sources: Path) -> set[str]:
    """The S3 calls that these files name as text."""
    text = "".join(source.read_text() for source in sources)
    return set(re.findall(rf'\(\s*"({VERB})\b', text))


def rights(verbs: set[str]) -> set[str]:
    return {right for verb in verbs for right in RIGHTS[verb]}


def allowed(policy: dict) -> set[str]:
    assert policy["Version"] == "2012-10-17"
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Allow"}
    return {right for statement in policy["Statement"] for right in statement["Action"]}


def test_the_server_may_do_what_it_does_and_nothing_else(on_s3):
    used: set[str] = set()
    store = current_store()
    store.provision([])
    for client in store.client, store._impatient_storage.connection.meta.client:
        client.meta.events.register(
            "before-call.s3", lambda model, **_: used.add(xform_name(model.name))
        )
    upload_id = store.begin("a" * 22)
    store.write_part("a" * 22, upload_id, 0, iter([b"x"]), 1, lambda: True)
    store.complete("a" * 22, upload_id, store.list_parts("a" * 22, upload_id))
    assert list(store.read("a" * 22, 0, 1)) == [b"x"]
    assert store.stat("a" * 22) == 1
    store.delete("a" * 22)
    store.begin("a" * 22)
    store.abort_all("a" * 22)
    assert store.is_absent("a" * 22)
    assert list(store.contents()) == [[], []]
    store.require_answer()
    # Browsers use the rights of whoever signed for them.
    assert allowed(RUNNING) == rights(used)


def test_auditing_and_provisioning_are_allowed_what_their_rules_call():
    used = calls(*(ROOT / "transfers/stores/bucket").glob("*.py"))
    # The trial of the policy, which custom endpoints alone go through.
    used -= {"head_object"}
    reading = {verb for verb in used if verb.startswith(("get_", "head_", "list_"))}
    assert len(reading) == 12
    assert allowed(AUDITING) == rights(reading)
    assert allowed(PROVISIONING) == rights(used - reading)


def test_objects_and_bucket_are_named_apart():
    objects, listings = RUNNING["Statement"]
    assert objects["Resource"].endswith("BUCKET/transfers/*")
    for statement in (listings, *AUDITING["Statement"], *PROVISIONING["Statement"]):
        assert statement["Resource"].endswith(":BUCKET")


@pytest.mark.parametrize("policy", [RUNNING, AUDITING, PROVISIONING])
def test_no_right_is_a_pattern(policy: dict):
    assert not [right for right in allowed(policy) if "*" in right]


def test_every_rule_is_in_the_document_in_order():
    documented = re.findall(r"^\| `([a-z-]+)` \|", DOCUMENT, re.M)
    assert documented == [rule.name for rule in rules([], 0)]
