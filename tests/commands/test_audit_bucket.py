"""audit_bucket: one broken rule is enough to turn it red, and its exit code says which kind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.ports import free_port
from tests.commands.buckets import (
    ANYWHERE,
    ON_AWS_ONLY,
    READS,
    RULES,
    Break,
    Service,
    audit,
    provision,
    run,
)
from tests.store_settings import forget_stores
from transfers.stores import current_store

ROOT = Path(__file__).parents[2]
EVERY_BREAK = [
    *[("aws", *case) for case in ON_AWS_ONLY + ANYWHERE],
    *[("seaweedfs", *case) for case in ANYWHERE],
]


def test_a_provisioned_bucket_on_aws_passes_every_rule(aws):
    provision()
    report = audit("--strict")
    assert report.results == dict.fromkeys(RULES, "pass")
    assert report.code == 0


def test_on_seaweedfs_only_the_access_block_is_unsupported(seaweedfs):
    provision()
    report = audit()
    others = [rule for rule in RULES if rule != "public-access"]
    assert report.results == {**dict.fromkeys(others, "pass"), "public-access": "unsupported"}
    assert report.code == 0
    assert audit("--strict").code == 1


@pytest.mark.parametrize(
    ("where", "rule", "break_it"),
    [
        pytest.param(where, rule, how, id=f"{where}: {name}")
        for where, name, rule, how in EVERY_BREAK
    ],
)
def test_a_broken_rule_is_named_and_provisioning_mends_it(
    where: str, rule: str, break_it: Break, request: pytest.FixtureRequest
):
    service: Service = request.getfixturevalue(where)
    provision()
    whole = service.everything()

    break_it(service)
    report = audit()
    assert report.red == [rule]
    assert report.code == 1
    assert rule in report.error

    mended = provision()
    assert mended.code == 0
    assert mended.outcome(rule).startswith("changed")
    assert audit().code == 0
    assert service.everything() == whole


def test_a_missing_bucket_fails_every_rule(service):
    report = audit()
    assert report.red == RULES
    assert report.code == 1
    assert report.found("cors") == "there is no bucket"


def enable_versioning(service: Service) -> None:
    service.call("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})


def suspend_with_old_versions(service: Service) -> None:
    enable_versioning(service)
    service.call("put_object", Key="transfers/kept", Body=b"x")
    service.call("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"})


def replicate(service: Service) -> None:
    """Replication asks for versioning, which the tests of both take off again."""
    target = f"{service.bucket}-copies"
    region = service.client.meta.region_name
    location = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    service.client.create_bucket(Bucket=target, **location)
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    service.client.put_bucket_versioning(Bucket=target, **versioned)
    enable_versioning(service)
    destination = {"Bucket": f"arn:aws:s3:::{target}"}
    rule = {"ID": "copies", "Status": "Enabled", "Prefix": "", "Destination": destination}
    service.call(
        "put_bucket_replication",
        ReplicationConfiguration={"Role": "arn:aws:iam::123456789012:role/r", "Rules": [rule]},
    )
    service.call("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"})


def lock_objects(service: Service) -> None:
    enable_versioning(service)
    service.call(
        "put_object_lock_configuration", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )


@pytest.mark.parametrize(
    ("where", "keep_bytes", "red"),
    [
        ("aws", enable_versioning, ["versioning"]),
        ("aws", replicate, ["replication"]),
        ("aws", lock_objects, ["versioning", "object-lock"]),
        ("seaweedfs", enable_versioning, ["versioning"]),
        ("seaweedfs", suspend_with_old_versions, ["versioning"]),
        ("seaweedfs", lock_objects, ["versioning", "object-lock"]),
    ],
)
def test_what_would_outlive_a_deletion_is_red_and_never_mended(
    where: str, keep_bytes: Break, red: list[str], request: pytest.FixtureRequest
):
    service: Service = request.getfixturevalue(where)
    provision()
    service.call("delete_bucket_cors")
    keep_bytes(service)
    before = service.everything()
    assert audit().red == ["cors", *red]

    refused = provision()

    assert refused.code == 1
    assert refused.text == ""
    assert refused.error.startswith("Nothing was changed.")
    for rule in red:
        assert f"{rule}: " in refused.error
    assert service.everything() == before


def test_suspended_versioning_without_old_versions_passes(seaweedfs):
    provision()
    seaweedfs.call("put_object", Key="transfers/older", Body=b"x")
    seaweedfs.call("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"})
    assert audit().results["versioning"] == "pass"


ACTIONS = {
    "public-access": "s3:GetBucketPublicAccessBlock",
    "ownership": "s3:GetBucketOwnershipControls",
    "encryption": "s3:GetEncryptionConfiguration",
    "tls-only": "s3:GetBucketPolicy",
    "cors": "s3:GetBucketCors",
    "lifecycle": "s3:GetLifecycleConfiguration",
    "versioning": "s3:GetBucketVersioning",
    "object-lock": "s3:GetBucketObjectLockConfiguration",
}


@pytest.mark.parametrize(("rule", "action"), ACTIONS.items())
def test_a_rule_that_may_not_be_read_fails_and_is_left_alone(seaweedfs, rule, action):
    provision()
    forbidding = {
        "Sid": "NotForYou",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": f"arn:aws:s3:::{seaweedfs.bucket}",
    }
    seaweedfs.write_statements([*seaweedfs.statements(), forbidding])

    # Without an access block to read, the policy tells whether the bucket is open.
    red = ["public-access", "tls-only"] if rule == "tls-only" else [rule]
    report = audit()
    assert report.red == red
    assert report.code == 1
    assert report.found(rule).startswith(f"not readable: {READS[rule]} was answered with Access")
    assert "Nothing was changed" in provision().error

    (clause,) = current_store().provision(["https://send.example"])
    assert clause == f"these rules could not be read: {', '.join(red)}"


def test_a_bucket_that_a_statement_opens_fails_where_there_is_no_access_block(seaweedfs):
    provision()
    opening = {
        "Sid": "Everybody",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{seaweedfs.bucket}/*",
    }
    seaweedfs.write_statements([*seaweedfs.statements(), opening])

    report = audit()
    assert report.red == ["public-access"]
    assert "Everybody" in report.found("public-access")
    assert "Nothing was changed" in provision().error


def test_a_bucket_in_another_region_fails(aws, settings):
    provision()
    settings.S3_REGION = "us-east-1"
    forget_stores()
    report = audit()
    assert report.red[0] == "bucket"
    assert "eu-central-1" in report.found("bucket")


def test_a_store_that_does_not_answer_is_no_failing_rule(seaweedfs, settings):
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{free_port()}"
    forget_stores()
    report = audit()
    assert (report.code, report.text) == (2, "")
    assert "does not answer" in report.error


def test_wrong_credentials_are_no_failing_rule(seaweedfs, monkeypatch):
    provision()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODYKNOWSTHIS0")
    forget_stores()
    assert audit().code == 2


def test_without_a_bucket_there_is_nothing_to_audit(settings):
    settings.STORE = "local"
    report = audit()
    assert report.code == 2
    assert "SGRAPH_SEND__STORE=s3" in report.error


def test_the_table_says_what_was_found_and_how_to_fix_it(aws):
    provision()
    aws.call("delete_bucket_cors")
    lines = run("audit_bucket").text.splitlines()
    assert lines[0] == f"Bucket {aws.bucket}"
    assert lines[1].split() == ["rule", "result", "found", "how", "to", "fix"]
    (cors,) = [line for line in lines if line.startswith("cors")]
    assert "fail" in cors
    assert cors.endswith("run manage.py provision_bucket")
    assert len(lines) == 2 + len(RULES)


def test_a_monitor_reads_exit_code_and_json(seaweedfs, certificate, tmp_path):
    """As it is run: a process of its own, with the environment of an operator."""
    provision()
    environment = {
        **os.environ,
        "SGRAPH_SEND__STORE": "s3",
        "SGRAPH_SEND__S3_BUCKET": seaweedfs.bucket,
        "SGRAPH_SEND__S3_ENDPOINT_URL": seaweedfs.client.meta.endpoint_url,
        "SGRAPH_SEND__PUBLIC_URL": "https://send.example",
        "SGRAPH_SEND__CORS_ORIGINS": "https://partner.example",
        "SGRAPH_SEND__DATA_DIR": str(tmp_path),
    }

    def monitor() -> subprocess.CompletedProcess:
        command = [sys.executable, "manage.py", "audit_bucket", "--json"]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
        )

    green = monitor()
    assert (green.returncode, json.loads(green.stdout)["passes"]) == (0, True)
    seaweedfs.call("delete_bucket_cors")
    red = monitor()
    assert (red.returncode, json.loads(red.stdout)["passes"]) == (1, False)
    environment["SGRAPH_SEND__STORE"] = "local"
    assert monitor().returncode == 2
