"""The bucket of the template passes the product's own audit, and each rule needs its property."""

import json

import boto3
import pytest

from tests.aws.cloudformation import load, without
from tests.commands.buckets import audit

HOST, BUCKET = "send.example", "transfers-of-the-stack"
# In the template and in the calls of S3.
CORS_NAMES = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}


@pytest.fixture
def s3(on_aws: None, settings) -> object:
    settings.S3_REGION, settings.S3_BUCKET = "us-east-1", BUCKET
    settings.CORS_ALLOWED_ORIGINS = [f"https://{HOST}"]
    settings.MAX_EXPIRY_SECONDS = 30 * 86400
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def resources() -> dict:
    return load()["Resources"]


def put(s3: object, resources: dict) -> None:
    """Every property of the template's bucket that S3 has a call for."""
    properties = resources["TransferBucket"]["Properties"]
    calls = {
        "PublicAccessBlockConfiguration": (s3.put_public_access_block, lambda value: value),
        "OwnershipControls": (s3.put_bucket_ownership_controls, lambda value: value),
        "BucketEncryption": (s3.put_bucket_encryption, encryption),
        "CorsConfiguration": (s3.put_bucket_cors, cors),
        "LifecycleConfiguration": (s3.put_bucket_lifecycle_configuration, lifecycle),
    }
    names = {
        "BucketEncryption": "ServerSideEncryptionConfiguration",
        "CorsConfiguration": "CORSConfiguration",
    }
    for name, (call, converted) in calls.items():
        if name in properties:
            call(Bucket=BUCKET, **{names.get(name, name): converted(properties[name])})
    if "TransferBucketPolicy" in resources:
        policy = resources["TransferBucketPolicy"]["Properties"]["PolicyDocument"]
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(named(policy)))


def encryption(value: dict) -> dict:
    (rule,) = value["ServerSideEncryptionConfiguration"]
    return {
        "Rules": [{"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}]
    }


def cors(value: dict) -> dict:
    rules = [
        {CORS_NAMES.get(name, name): named(given) for name, given in rule.items()}
        for rule in value["CorsRules"]
    ]
    return {"CORSRules": rules}


def lifecycle(value: dict) -> dict:
    return {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}


def _lifecycle_rule(rule: dict) -> dict:
    converted = {name: rule[name] for name in rule if name.startswith("Abort")}
    if days := rule.get("ExpirationInDays"):
        converted["Expiration"] = {"Days": days}
    shared = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule["Prefix"]}}
    return shared | converted


def named(value: object) -> object:
    """With the names that CloudFormation puts in the place of its functions."""
    arn = f"arn:aws:s3:::{BUCKET}"
    match value:
        case {"Fn::GetAtt": ["TransferBucket", "Arn"]}:
            return arn
        case {"Fn::Sub": text}:
            return text.replace("${TransferBucket.Arn}", arn).replace("${DomainName}", HOST)
        case dict():
            return {key: named(inner) for key, inner in value.items()}
        case list():
            return [named(inner) for inner in value]
        case _:
            return value


def test_the_bucket_of_the_template_passes_every_rule(s3: object, resources: dict):
    put(s3, resources)
    assert (audit().red, audit().code) == ([], 0)


@pytest.mark.parametrize(
    ("rule", "taken_out"),
    [
        ("public-access", "TransferBucket.Properties.PublicAccessBlockConfiguration"),
        ("ownership", "TransferBucket.Properties.OwnershipControls"),
        ("cors", "TransferBucket.Properties.CorsConfiguration"),
        ("lifecycle", "TransferBucket.Properties.LifecycleConfiguration.Rules.1"),
        ("tls-only", "TransferBucketPolicy"),
    ],
)
def test_each_rule_needs_its_property(s3: object, resources: dict, rule: str, taken_out: str):
    put(s3, without(resources, taken_out))
    assert audit().red == [rule]
