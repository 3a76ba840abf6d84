"""As much of the template as moto can create, in the form that it reads."""

import json
import re
from typing import Any

from deploy.aws.template_file import load

# Types of the template that moto's CloudFormation does not create, and how each is held instead.
LEFT_OUT = {
    "AWS::Budgets::Budget": "tests/aws/rules",
    "AWS::CertificateManager::Certificate": "tests/aws/rules",
    "AWS::CloudFront::Distribution": "tests/aws/rules",
    "AWS::CloudFront::Function": "tests/aws/test_edge.py, by Node.js",
    "AWS::CloudWatch::Alarm": "tests/aws/rules",
    "AWS::ElastiCache::ReplicationGroup": "tests/aws/rules",
    "AWS::ElastiCache::SubnetGroup": "tests/aws/rules",
    "AWS::Lambda::EventInvokeConfig": "tests/aws/rules",
    "AWS::Lambda::Url": "tests/aws/rules",
    "AWS::Logs::Delivery": "tests/aws/rules",
    "AWS::Logs::DeliveryDestination": "tests/aws/rules",
    "AWS::Logs::DeliverySource": "tests/aws/rules",
    "AWS::Logs::QueryDefinition": "tests/aws/rules",
    "AWS::S3::BucketPolicy": "tests/aws/test_bucket_audit.py, by the calls of S3",
    "AWS::SNS::Subscription": "tests/aws/rules",
    "AWS::SNS::TopicPolicy": "tests/aws/rules",
    "AWS::SecretsManager::Secret": "tests/aws/test_secrets.py, by the calls of the functions",
    "AWS::SecretsManager::SecretTargetAttachment": "tests/aws/rules",
    "AWS::Synthetics::Canary": "tests/aws/rules",
    "AWS::WAFv2::LoggingConfiguration": "tests/aws/rules",
    "AWS::WAFv2::WebACL": "tests/aws/rules",
}
_SHORT = ("Ref", "Condition")
_NAMED = re.compile(r"\$\{(\w+)(?:\.(\w+))*\}")


def parameters(environment: str, zone_id: str) -> dict[str, str]:
    return {
        "Environment": environment,
        "CodeBucket": "code",
        "CodeKey": "sgraph-send/v1.0.0.zip",
        "DomainName": "send.example",
        "AdminDomainName": "admin.send.example",
        "HostedZoneId": zone_id,
    }


def body() -> str:
    """The template in JSON without what is left out; what pointed there is the thing's name."""
    template = load()
    resources = template["Resources"]
    gone = {name for name, found in resources.items() if found["Type"] in LEFT_OUT}
    template["Resources"] = {name: each for name, each in resources.items() if name not in gone}
    for found in template["Resources"].values():
        found.pop("DependsOn", None)
    del template["Outputs"], template["Rules"], template["Metadata"]
    return json.dumps(_long(template, gone))


def _long(node: Any, gone: set[str]) -> Any:
    """Functions by their long names, without references to what is gone."""
    match node:
        case {"Ref": name} if name in gone:
            return name
        case {"GetAtt": place} if len(node) == 1:
            name, _, attribute = place.partition(".")
            return place if name in gone else {"Fn::GetAtt": [name, attribute]}
        case {"Sub": str(text)} if len(node) == 1:
            return {"Fn::Sub": _NAMED.sub(lambda at: at[1] if at[1] in gone else at[0], text)}
        case dict():
            return {_name(name, node): _long(value, gone) for name, value in node.items()}
        case list():
            return [_long(value, gone) for value in node]
        case _:
            return node


def _name(name: str, node: dict) -> str:
    functions = {"If", "Equals", "Not", "And", "Or", "Join", "Split", "Select", "FindInMap"}
    is_function = len(node) == 1 and (name in functions or name == "GetAZs")
    return f"Fn::{name}" if is_function else name
