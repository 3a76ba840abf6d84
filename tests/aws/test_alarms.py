"""Alarms and the dashboard of the template: everything that must ring does, and is seen."""

import json
from typing import Any

from tests.aws.cloudformation import of_type, ref, statements

FUNCTIONS = {"UserFunction", "AdminFunction", "CleanupFunction"}


def widgets() -> list[dict[str, Any]]:
    body = of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]
    return json.loads(body)["widgets"]


def test_only_services_of_our_account_write_logs_and_ring_alarms():
    for kind in ("AWS::Logs::ResourcePolicy", "AWS::SNS::TopicPolicy"):
        for name, statement in statements(kind):
            assert set(statement["Principal"]) == {"Service"}, name
            assert "aws:SourceAccount" in statement["Condition"]["StringEquals"], name


def test_every_alarm_rings_is_heard_and_is_on_the_dashboard():
    alarms = of_type("AWS::CloudWatch::Alarm")
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [ref("Alarms")]
    (shown,) = (each["properties"]["alarms"] for each in widgets() if each["type"] == "alarm")
    assert sorted(shown) == sorted(f"${{{name}.Arn}}" for name in alarms)


def test_errors_and_throttles_of_every_function_ring():
    watched = {
        (dimension["Value"]["Ref"], alarm["MetricName"])
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == "AWS/Lambda" and alarm["Threshold"] == 0
        for dimension in alarm["Dimensions"]
    }
    assert watched >= {(name, metric) for name in FUNCTIONS for metric in ("Errors", "Throttles")}


def test_silence_of_cleanup_and_of_the_outside_check_rings():
    silent = {
        name
        for name, alarm in of_type("AWS::CloudWatch::Alarm").items()
        if alarm["TreatMissingData"] == "breaching"
    }
    assert silent == {"CleanupLate", "OutsideCheckFails"}


def test_every_line_of_a_chart_has_the_dimensions_of_its_metric():
    """A metric that is asked for by others is an empty chart, and no error."""
    dimensions_of = {
        "AWS/Lambda": ["FunctionName"],
        "LambdaInsights": ["function_name"],
        "AWS/CloudFront": ["Region", "DistributionId"],
        "AWS/WAFV2": ["WebACL", "Rule"],
        "AWS/S3": ["BucketName", "FilterId"],
        "AWS/RDS": ["DBInstanceIdentifier"],
        "SGraphSend": ["Environment"],
        "CloudWatchSynthetics": ["CanaryName"],
    }
    lines = [line for each in widgets() for line in each["properties"].get("metrics", ())]
    assert len(lines) > 30
    for line in lines:
        namespace, metric, *rest = [word for word in line if isinstance(word, str)]
        assert rest[::2] == dimensions_of[namespace], metric
