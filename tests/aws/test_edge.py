"""What runs and what is kept at the edge, before a function is asked."""

import json
import subprocess
from typing import Any

import pytest

from tests.aws.cloudformation import arn, load, of_type

POLICY_OF_ALL_HEADERS_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
# HTTPStatusCodes of CloudFront's guide
KEPT_UNASKED = {404, 405, 414, 500, 501, 502, 503, 504}
# Fields of CloudFront's logs that show who asked, or for what.
TELLING_FIELDS = {
    *("c-ip", "c-port", "c-country", "asn", "x-forwarded-for", "cs(User-Agent)", "cs(Cookie)"),
    *("cs(Referer)", "cs-uri-stem", "cs-uri-query", "cs-headers", "x-host-header"),
}
SECRET_HEADERS = {
    *("x-sgraph-access-token", "x-sgraph-owner-token", "x-sgraph-lease-token"),
    *("authorization", "cookie", "referer"),
}
SERVICES = pytest.mark.parametrize("service", ["User", "Admin"])


def distributions() -> dict[str, dict[str, Any]]:
    found = of_type("AWS::CloudFront::Distribution").items()
    return {name: each["DistributionConfig"] for name, each in found}


def firewall_rules() -> list[dict[str, Any]]:
    rules = of_type("AWS::WAFv2::WebACL")["Firewall"]["Rules"]
    return [rule["Fn::If"][1] if "Fn::If" in rule else rule for rule in rules]


@pytest.fixture(scope="module")
def resources() -> dict:
    return load()["Resources"]


def distribution(resources: dict, service: str) -> dict:
    return resources[f"{service}Distribution"]["Properties"]["DistributionConfig"]


def passed_on(resources: dict, viewer: str, headers: dict[str, str]) -> dict[str, str]:
    """Headers of a request after the template's function, run as CloudFront does."""
    event = {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": viewer},
        "request": {
            "method": "GET",
            "uri": "/info/health",
            "querystring": {},
            "headers": {name: {"value": value} for name, value in headers.items()},
            "cookies": {},
        },
    }
    code = resources["ViewerAddress"]["Properties"]["FunctionCode"]
    run = f"{code}\nconsole.info(JSON.stringify(handler({json.dumps(event)})))"
    said = subprocess.run(["node", "-e", run], capture_output=True, text=True, check=True)
    return {name: given["value"] for name, given in json.loads(said.stdout)["headers"].items()}


@pytest.mark.parametrize("viewer", ["198.51.100.7", "2001:db8:728d:fa10::c4a"])
def test_the_viewers_address_is_written_over_what_the_viewer_wrote(resources: dict, viewer: str):
    made_up = {"host": "send.example", "x-sgraph-viewer-address": "127.0.0.1"}
    expected = {"host": "send.example", "x-sgraph-viewer-address": viewer}
    assert passed_on(resources, viewer, made_up) == expected


@SERVICES
def test_no_header_of_a_viewer_reaches_a_service_but_past_that_function(
    resources: dict, service: str
):
    config = distribution(resources, service)
    for behavior in (config["DefaultCacheBehavior"], *config.get("CacheBehaviors", ())):
        passes_headers = "OriginRequestPolicyId" in behavior
        assert passes_headers is ("FunctionAssociations" in behavior)
        if passes_headers:
            assert behavior["OriginRequestPolicyId"] == POLICY_OF_ALL_HEADERS_BUT_HOST
            assert behavior["FunctionAssociations"] == [
                {
                    "EventType": "viewer-request",
                    "FunctionARN": {"Fn::GetAtt": ["ViewerAddress", "FunctionARN"]},
                }
            ]
    assert "OriginRequestPolicyId" in config["DefaultCacheBehavior"]


@SERVICES
def test_an_error_is_told_to_who_met_it_alone(resources: dict, service: str):
    """What is not there yet may be there a second later, and pages of the panel are one's own."""
    kept_seconds = {
        each["ErrorCode"]: each["ErrorCachingMinTTL"]
        for each in distribution(resources, service)["CustomErrorResponses"]
    }
    assert kept_seconds == dict.fromkeys(KEPT_UNASKED, 0)


def test_visitors_are_led_to_https_and_functions_asked_over_https_with_the_secret():
    for config in distributions().values():
        behaviors = [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", ())]
        assert {each["ViewerProtocolPolicy"] for each in behaviors} == {"redirect-to-https"}
        assert config["ViewerCertificate"]["MinimumProtocolVersion"].startswith("TLSv1.2")
        (origin,) = config["Origins"]
        assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
        assert origin["OriginCustomHeaders"] == [
            {
                "HeaderName": "X-Sgraph-Origin-Secret",
                "HeaderValue": {"Fn::Sub": "{{resolve:secretsmanager:${OriginSecret}}}"},
            }
        ]
        assert config["WebACLId"] == arn("Firewall")


def test_the_edge_keeps_nothing_but_static_files():
    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    kept = [
        each.get("PathPattern")
        for config in distributions().values()
        for each in [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", ())]
        if each["CachePolicyId"] != caching_disabled
    ]
    assert kept == ["/static/*"]


def test_the_firewall_limits_addresses_and_sign_ins():
    limits = {
        rule["Name"]: rule["Statement"]["RateBasedStatement"]
        for rule in firewall_rules()
        if "RateBasedStatement" in rule["Statement"]
    }
    assert set(limits) == {"requests-per-address", "sign-ins-per-address"}
    assert {each["AggregateKeyType"] for each in limits.values()} == {"IP"}
    scope = limits["sign-ins-per-address"]["ScopeDownStatement"]["ByteMatchStatement"]
    assert (scope["PositionalConstraint"], scope["SearchString"]) == ("STARTS_WITH", "/admin/login")


def test_no_stack_begins_without_a_certificate_or_where_cloudfront_has_no_firewall():
    asserted = json.dumps([rule["Assertions"] for rule in load()["Rules"].values()])
    assert "HostedZoneId" in asserted
    assert "CertificateArn" in asserted
    assert '{"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}' in asserted


def test_logs_of_the_edge_tell_neither_who_asked_nor_for_what():
    for delivery in of_type("AWS::Logs::Delivery").values():
        assert not TELLING_FIELDS & set(delivery["RecordFields"])
    for rule in [of_type("AWS::WAFv2::WebACL")["Firewall"], *firewall_rules()]:
        assert rule["VisibilityConfig"]["SampledRequestsEnabled"] is False


def test_logs_of_the_firewall_are_of_refusals_without_paths_secrets_and_addresses():
    (logging,) = of_type("AWS::WAFv2::LoggingConfiguration").values()
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    redacted = logging["RedactedFields"]
    assert {"UriPath": {}} in redacted
    assert {"QueryString": {}} in redacted
    assert {
        each["SingleHeader"]["Name"] for each in redacted if "SingleHeader" in each
    } >= SECRET_HEADERS
    masked = of_type("AWS::Logs::LogGroup")["FirewallLogs"]["DataProtectionPolicy"]["Statement"]
    (mask,) = [each for each in masked if "Deidentify" in each["Operation"]]
    assert mask["DataIdentifier"] == ["arn:aws:dataprotection::aws:data-identifier/IpAddress"]
