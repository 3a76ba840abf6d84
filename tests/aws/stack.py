"""As much of the template as moto can create."""

import json
import re
from typing import Any

from tests.aws.cloudformation import load

# Types of the template that moto's CloudFormation does not create.
LEFT_OUT = {
    "AWS::Budgets::Budget",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::Function",
    "AWS::CloudWatch::Alarm",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Url",
    "AWS::Logs::Delivery",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::DeliverySource",
    "AWS::Logs::QueryDefinition",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::Synthetics::Canary",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACL",
}
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
    return json.dumps(_detached(template, gone))


def _detached(node: Any, gone: set[str]) -> Any:
    """Without references to what is gone."""
    match node:
        case {"Ref": name} if name in gone:
            return name
        case {"Fn::GetAtt": [name, *attribute]} if name in gone:
            return ".".join([name, *attribute])
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _NAMED.sub(lambda at: at[1] if at[1] in gone else at[0], text)}
        case dict():
            return {name: _detached(value, gone) for name, value in node.items()}
        case list():
            return [_detached(value, gone) for value in node]
        case _:
            return node
