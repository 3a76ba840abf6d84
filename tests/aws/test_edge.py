"""What runs and what is kept at the edge, before a function is asked."""

import json
import subprocess

import pytest

from tests.aws.cloudformation import load

POLICY_OF_ALL_HEADERS_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
KEPT_UNASKED = {
    404,
    405,
    414,
    500,
    501,
    502,
    503,
    504,
}  # HTTPStatusCodes of CloudFront's guide
SERVICES = pytest.mark.parametrize("service", ["User", "Admin"])


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
                    "FunctionARN": {"GetAtt": "ViewerAddress.FunctionARN"},
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
