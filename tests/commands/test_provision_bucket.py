"""provision_bucket: makes and mends the bucket, keeps what is not ours, locks nobody out."""

import boto3
import pytest

from harness.tls_proxy import TlsProxy
from tests.actors import store_request
from tests.commands.buckets import ORIGINS, RULES, Service, audit, provision
from tests.store_settings import forget_stores
from transfers.stores import current_store
from transfers.stores.bucket.lifecycle import ABORT_ID, EXPIRY_ID
from transfers.stores.bucket.transport import SID

EXPIRY_AND_A_DAY = 31


def exists(service: Service) -> bool:
    return service.bucket in [one["Name"] for one in service.client.list_buckets()["Buckets"]]


def outcomes(text: str) -> list[str]:
    """The last line, which counts the outcomes."""
    return text.strip().splitlines()[-1].rstrip(".").split(", ")


def test_a_missing_bucket_is_made_in_its_region_with_every_rule(aws):
    report = provision()
    assert report.code == 0
    assert report.outcome("bucket") == "changed it was: there is no bucket of this name"
    assert outcomes(report.text) == ["3 already right", "7 changed"]
    assert aws.call("get_bucket_location")["LocationConstraint"] == "eu-central-1"
    assert audit("--strict").code == 0


def test_in_us_east_1_no_location_is_named(aws, settings):
    settings.S3_REGION = "us-east-1"
    forget_stores()
    assert provision().code == 0
    assert aws.call("get_bucket_location")["LocationConstraint"] is None


def test_the_second_run_changes_nothing(service):
    provision()
    whole = service.everything()
    again = provision()
    assert again.code == 0
    unsupported = ["1 unsupported"] if service.kind == "seaweedfs" else []
    assert outcomes(again.text) == [f"{len(RULES) - len(unsupported)} already right", *unsupported]
    assert service.everything() == whole


def test_a_dry_run_says_what_it_would_make_and_makes_nothing(service):
    report = provision("--dry-run")
    assert report.code == 0
    assert outcomes(report.text) == [f"{len(RULES)} would change"]
    assert not exists(service)


def test_a_dry_run_on_a_broken_bucket_names_the_broken_rule_alone(provisioned):
    provisioned.call("delete_bucket_cors")
    before = provisioned.everything()
    report = provision("--dry-run")
    assert report.outcome("cors") == "would change no rule: browsers can use nothing"
    assert "1 would change" in outcomes(report.text)
    assert provisioned.everything() == before


def test_objects_go_a_day_after_the_longest_expiry_and_uploads_after_seven(provisioned):
    rules = {rule["ID"]: rule for rule in provisioned.lifecycle_rules()}
    assert rules[EXPIRY_ID]["Expiration"] == {"Days": EXPIRY_AND_A_DAY}
    assert rules[ABORT_ID]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert {rule["Filter"]["Prefix"] for rule in rules.values()} == {"transfers/"}
    assert current_store()._object("x")["Key"].startswith("transfers/")


def test_a_part_of_a_day_counts_as_a_whole_one(aws, settings):
    settings.MAX_EXPIRY_SECONDS = 86400 + 1
    provision()
    expiries = [rule["Expiration"] for rule in aws.lifecycle_rules() if "Expiration" in rule]
    assert expiries == [{"Days": 3}]


def test_statements_and_rules_of_the_operator_stay(provisioned):
    theirs = {
        "Sid": "Auditors",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{provisioned.bucket}/reports/*",
    }
    ours = {**provisioned.statements()[0], "Action": "s3:GetObject"}
    provisioned.write_statements([theirs, ours])
    logs = {
        "ID": "logs",
        "Status": "Enabled",
        "Filter": {"Prefix": "logs/"},
        "Expiration": {"Days": 3},
    }
    provisioned.write_lifecycle_rules([logs])

    assert provision().code == 0

    assert [one["Sid"] for one in provisioned.statements()] == ["Auditors", SID]
    assert provisioned.statements()[0] == theirs
    assert [rule["ID"] for rule in provisioned.lifecycle_rules()] == ["logs", EXPIRY_ID, ABORT_ID]
    assert provisioned.lifecycle_rules()[0] == logs
    assert audit().code == 0


def test_a_statement_of_the_operator_that_does_the_same_is_enough(provisioned):
    (ours,) = provisioned.statements()
    spelled = {**ours, "Sid": "NoPlainHttp", "Principal": {"AWS": "*"}, "Action": ["s3:*"]}
    provisioned.write_statements([spelled])
    assert audit().code == 0
    assert provision().outcome("tls-only").startswith("already right")
    assert [one["Sid"] for one in provisioned.statements()] == ["NoPlainHttp"]


def test_a_kms_key_of_the_operator_stays(aws):
    provision()
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/ours"}
    aws.call(
        "put_bucket_encryption",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
        },
    )
    assert provision().outcome("encryption") == "already right aws:kms"
    told = aws.call("get_bucket_encryption")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert told["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == "alias/ours"


def test_without_an_origin_nothing_is_changed(service, settings):
    settings.CORS_ALLOWED_ORIGINS = []
    service.client.create_bucket(
        Bucket=service.bucket,
        **(
            {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}
            if service.kind == "aws"
            else {}
        ),
    )
    before = service.everything()
    report = provision()
    assert report.code == 1
    assert "SGRAPH_SEND__PUBLIC_URL" in report.error
    assert service.everything() == before


def test_plain_http_is_refused_once_the_policy_is_there(seaweedfs, https_seaweed):
    provision()
    store = current_store()
    upload_id = store.begin("a" * 22)
    store.write_part("a" * 22, upload_id, 0, iter([b"x"]), 1, lambda: True)
    store.complete("a" * 22, upload_id, store.list_parts("a" * 22, upload_id))
    assert b"".join(store.read("a" * 22, 0, 1)) == b"x"

    plain = boto3.client("s3", endpoint_url=https_seaweed.endpoint_url)
    signed = plain.generate_presigned_url(
        "get_object", Params={"Bucket": seaweedfs.bucket, "Key": store._object("a" * 22)["Key"]}
    )
    assert store_request("GET", signed)[0] == 403


def test_a_store_without_tls_gets_no_policy_that_shuts_us_out(seaweedfs, https_seaweed, settings):
    settings.S3_ENDPOINT_URL = https_seaweed.endpoint_url
    forget_stores()
    report = provision()
    assert report.code == 0
    assert "has no TLS" in report.outcome("tls-only")
    assert audit().results["tls-only"] == "unsupported"
    assert current_store().stat("a" * 22) is None


@pytest.fixture
def behind_a_proxy(seaweedfs, https_seaweed, certificate, settings):
    """A service that is told nothing of the TLS which ends before it."""
    port = int(https_seaweed.endpoint_url.rsplit(":", 1)[1])
    proxy = TlsProxy(certificate, port)
    yield proxy
    proxy.stop()


@pytest.mark.parametrize("setting", ["S3_ENDPOINT_URL", "S3_PUBLIC_URL"])
def test_a_proxy_that_ends_tls_does_not_lead_to_a_lock_out(
    behind_a_proxy, seaweedfs, settings, setting
):
    setattr(settings, setting, behind_a_proxy.url)
    forget_stores()

    report = provision()

    assert report.code == 0
    assert "for plain HTTP" in report.outcome("tls-only")
    forget_stores()
    current_store().begin("a" * 22)
    assert seaweedfs.everything()["get_bucket_policy"] == "NoSuchBucketPolicy"
    # Not held is not passed.
    assert audit().red == ["tls-only"]


def test_a_trial_that_was_cut_short_leaves_no_statement(provisioned):
    (ours,) = provisioned.statements()
    left = {**ours, "Sid": f"{SID}Probe", "Resource": f"{ours['Resource'][0]}/policy-probe/tls"}
    provisioned.write_statements([left])
    provision()
    assert [one["Sid"] for one in provisioned.statements()] == [SID]


def test_starting_sets_the_same_rules(service):
    assert current_store().provision(ORIGINS) == []
    assert audit().code == 0
    assert "changed" not in provision().text


def test_a_server_that_may_use_objects_and_nothing_else_starts(seaweedfs):
    provision()
    reading_rules = {
        "Sid": "ObjectsAlone",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetBucket*", "s3:GetEncryption*", "s3:GetLifecycle*", "s3:GetReplication*"],
        "Resource": f"arn:aws:s3:::{seaweedfs.bucket}",
    }
    seaweedfs.write_statements([*seaweedfs.statements(), reading_rules])
    store = current_store()

    (clause,) = store.provision(ORIGINS)

    assert clause.startswith("these rules could not be read: public-access, ownership, encryption")
    assert store.begin("a" * 22)


def test_starting_tells_what_it_does_not_mend(provisioned):
    provisioned.call("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
    provisioned.call("delete_bucket_cors")
    (clause,) = current_store().provision(ORIGINS)
    assert clause.startswith("versioning: enabled")
    assert audit().red == ["versioning"]
