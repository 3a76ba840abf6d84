"""The template for AWS has what it promises: each rule goes red when its object is taken out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.docs_site import settings_page
from sgraph_send import lambda_secrets
from tests.aws.cloudformation import TEMPLATE, load, without
from tests.aws.template_rules import RULES

LINTER = Path(sys.executable).with_name("cfn-lint")
NAMED = (
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::CloudWatch::Alarm",
    "AWS::SNS::Topic",
)


@pytest.fixture(scope="module")
def template() -> dict:
    return load()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_holds_and_no_longer_does_without_its_object(name: str, template: dict):
    holds, taken_out = RULES[name]
    resources = template["Resources"]
    assert holds(resources)
    assert not holds(without(resources, taken_out))


def test_ten_requests_at_a_time_unless_somebody_says_otherwise(template: dict):
    parameters = template["Parameters"]
    assert parameters["ReservedConcurrency"]["Default"] == 10
    assert parameters["Environment"]["AllowedValues"] == ["dev", "qa", "prod"]


def test_no_name_of_a_function_log_group_or_bucket_is_shared_by_two_environments(template: dict):
    named = [
        json.dumps(found["Properties"][key])
        for found in template["Resources"].values()
        if found["Type"] in NAMED
        for key in ("FunctionName", "BucketName", "LogGroupName", "AlarmName", "TopicName")
        if key in found.get("Properties", {})
    ]
    assert [name for name in named if "${Environment}" not in name] == ['"/aws/lambda-insights"']


def test_every_variable_of_a_function_is_a_setting(template: dict):
    known = set(settings_page.as_read_by_the_code()["defaults"]) | set(lambda_secrets.NAMES)
    functions = [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function"
    ]
    given = {name for each in functions for name in each["Environment"]["Variables"]}
    assert len(given) > 10
    assert {name.removesuffix(lambda_secrets.SUFFIX) for name in given} - known == set()


def test_the_linter_of_aws_has_nothing_to_say():
    command = [LINTER, "--non-zero-exit-code", "warning", TEMPLATE]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")
