"""The template for AWS says what it promises, and nothing of that can be taken out unnoticed."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from deploy.aws.template_file import Stack
from deploy.docs_site import settings_page
from sgraph_send.aws_lambda import stored_secrets
from tests.aws import stack
from tests.aws.cloudformation import TEMPLATE, at, load, places, resources, without
from tests.aws.rules import edge, refs, rights, services, stores, watching

LINTER = Path(sys.executable).with_name("cfn-lint")
RULES = services.RULES | stores.RULES | rights.RULES | edge.RULES | watching.RULES
# Places that no rule names, and what holds them instead.
FREE = {
    "Network*": "tests/aws/test_stack.py makes the network and looks for ways out",
    "Subnet?*": "the same",
    "Routes*": "the same",
    "*Distribution.Metadata*": "for the linter",
    "*.DistributionConfig.HttpVersion": "tuning",
    "*.DistributionConfig.IPV6Enabled": "tuning",
    "*.DistributionConfig.PriceClass": "tuning",
    "*.DistributionConfig.CustomErrorResponses*": "tests/aws/test_edge.py",
    "ViewerAddress.Properties.FunctionCode": "tests/aws/test_edge.py",
    "OutsideCheck.Properties.Code*": "tests/aws/test_outside_check.py",
    "LogsFromTheEdge.Properties.PolicyDocument": "tests/aws/test_template_texts.py",
    "Query*.Properties.*": "the same",
    "Dashboard.Properties.DashboardBody": "the same",
    "*.Type": "nothing is made without one",
}
CONDITIONS = {
    "IsProd": ({"Environment": "prod"}, {"Environment": "qa"}),
    "HasCache": ({}, {"CacheNodeType": "none"}),
    "HasReplica": ({"Environment": "prod"}, {"Environment": "prod", "CacheNodeType": "none"}),
    "HasZone": ({"HostedZoneId": "Z1"}, {"HostedZoneId": ""}),
    "HasAlarmEmail": ({"AlarmEmail": "ops@send.example"}, {}),
    "BlocksCountries": ({"BlockedCountries": "DE,FR"}, {}),
    "KeepsInsightsLogGroup": ({}, {"KeepInsightsLogGroup": "no"}),
}
DEFAULTS = {
    "ReservedConcurrency": 10,
    "UploadAccess": "token",
    "CleanupSchedule": "rate(5 minutes)",
    "BlockedCountries": "",
    "RequestsPerAddress": 2000,
    "KeepInsightsLogGroup": "yes",
}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return resources()


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return load()


@pytest.mark.parametrize("place", RULES)
def test_what_was_promised_stands_there(place: str, found: dict[str, Any]):
    assert at(found, place) == RULES[place]


def unnoticed(found: dict[str, Any]) -> list[str]:
    """Places whose loss breaks no rule, without those that are free."""
    of_resource: dict[str, list[str]] = {}
    for place in RULES:
        of_resource.setdefault(place.partition(".")[0], []).append(place)

    def is_noticed(place: str) -> bool:
        left = without(found, place)
        rules = of_resource.get(place.partition(".")[0], ())
        return any(at(left, rule) != RULES[rule] for rule in rules)

    everything = [place for name, made in found.items() for place in places(made, name)]
    judged = [place for place in everything if not any(fnmatch(place, pattern) for pattern in FREE)]
    assert len(judged) > 1_000
    return [place for place in judged if not is_noticed(place)]


def test_nothing_can_be_taken_out_unnoticed(found: dict[str, Any]):
    assert unnoticed(found) == []


def test_nothing_can_be_added_without_a_rule(found: dict[str, Any]):
    silent = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 0}}
    added = unnoticed({**found, "AnotherAlarm": silent})
    assert added == ["AnotherAlarm", "AnotherAlarm.Properties", "AnotherAlarm.Properties.Threshold"]


def test_what_is_free_is_still_there(found: dict[str, Any]):
    everything = [place for name, made in found.items() for place in places(made, name)]
    unused = [free for free in FREE if not any(fnmatch(place, free) for place in everything)]
    assert unused == []


def test_production_is_kept_longer_and_in_two_zones(template: dict[str, Any]):
    smaller = {"BackupDays": 1, "MultiAz": False, "Protected": False, "CacheNodes": 1}
    prod = {"BackupDays": 14, "MultiAz": True, "Protected": True, "CacheNodes": 2}
    assert template["Mappings"] == {"Environments": {"dev": smaller, "qa": smaller, "prod": prod}}
    assert template["Parameters"]["Environment"]["AllowedValues"] == ["dev", "qa", "prod"]


def test_no_stack_begins_without_a_certificate_or_where_cloudfront_has_no_firewall(
    template: dict[str, Any],
):
    asserted = {
        name: [each["Assert"] for each in rule["Assertions"]]
        for name, rule in template["Rules"].items()
    }
    given = [{"Not": [{"Equals": [ref, ""]}]} for ref in refs("HostedZoneId", "CertificateArn")]
    assert asserted == {
        "CertificateFromSomewhere": [{"Or": given}],
        "OnlyWhereCloudFrontIsManaged": [{"Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}],
    }


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_asks_its_parameter(condition: str, template: dict[str, Any]):
    assert set(template["Conditions"]) == set(CONDITIONS)
    for chosen, expected in zip(CONDITIONS[condition], (True, False), strict=True):
        given = stack.parameters("dev", "") | chosen
        assert Stack(template, given).holds(condition) is expected


def test_what_nobody_chose_is_what_the_guide_says(template: dict[str, Any]):
    parameters = template["Parameters"]
    assert {name: parameters[name]["Default"] for name in DEFAULTS} == DEFAULTS


def test_the_layer_of_insights_is_for_the_machine_of_the_functions(template: dict[str, Any]):
    layer = template["Parameters"]["InsightsLayerArn"]["Default"]
    of_arm64 = r"arn:aws:lambda:us-east-1:\d{12}:layer:LambdaInsightsExtension-Arm64:\d+"
    assert re.fullmatch(of_arm64, layer)
    architectures = "Resources.UserFunction.Properties.Architectures"
    assert at(template, architectures) == ["arm64"]


def test_names_tell_the_environments_apart(found: dict[str, Any]):
    names = [
        name.get("Sub") if isinstance(name, dict) else name
        for each in found.values()
        for key in ("Name", "FunctionName", "BucketName", "LogGroupName", "AlarmName", "TopicName")
        if "Ref" not in (name := each.get("Properties", {}).get(key, {"Ref": "nothing"}))
    ]
    assert len(names) > 40
    assert [name for name in names if "${Environment}" not in name] == ["/aws/lambda-insights"]


def test_every_variable_of_a_function_is_a_setting(found: dict[str, Any]):
    known = set(settings_page.as_read_by_the_code()["defaults"]) | set(stored_secrets.SECRET_NAMES)
    functions = [each for each in found.values() if each["Type"] == "AWS::Lambda::Function"]
    given = {name for each in functions for name in each["Properties"]["Environment"]["Variables"]}
    assert len(given) > 10
    assert {name.removesuffix(stored_secrets.SUFFIX) for name in given} - known == set()


def test_a_function_url_lets_pages_send_and_read_what_the_site_does(
    found: dict[str, Any], settings
):
    cors = at(found, "UserUrl.Properties.Cors")
    assert sorted(cors["AllowHeaders"]) == sorted(settings.CORS_ALLOW_HEADERS)
    assert sorted(cors["AllowMethods"]) == sorted(settings.CORS_ALLOW_METHODS)
    assert sorted(cors["ExposeHeaders"]) == sorted(settings.CORS_EXPOSE_HEADERS)


def test_the_linter_of_aws_has_nothing_to_say():
    command = [LINTER, "--non-zero-exit-code", "warning", TEMPLATE]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")
