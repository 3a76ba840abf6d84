"""The documents in the guides for Fargate and Cloud Run are what these and the site read."""

import json
import re
from pathlib import Path

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from django.core.management import get_commands

from deploy.docs_site import settings_page

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
# What the parts below the site read: boto3, Python, Cloud Run.
OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "TMPDIR"}
VOLUMES = ["/data"]
DEFAULT_STOP_SECONDS = 30
# https://cloud.google.com/run/docs/container-contract and /quotas
CLOUD_RUN_STOP_SECONDS = 10
CLOUD_RUN_BODY_BYTES = 32 * 2**20


def documents(guide: str, language: str) -> list[dict]:
    text = (ROOT / "docs" / guide).read_text()
    read = json.loads if language == "json" else yaml.safe_load
    return [read(block) for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]


TASK, SERVICE, SCHEDULE = documents("fargate.md", "json")
RUN_SERVICE, RUN_JOB = documents("cloud-run.md", "yaml")
CONTAINER = TASK["containerDefinitions"][0]
RUN_CONTAINER = RUN_SERVICE["spec"]["template"]["spec"]["containers"][0]
JOB_CONTAINER = RUN_JOB["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]


@pytest.fixture(scope="module")
def settings_read() -> set[str]:
    return set(settings_page.as_read_by_the_code()["defaults"])


@pytest.mark.parametrize(
    ("service", "call", "document"),
    [
        ("ecs", "RegisterTaskDefinition", TASK),
        ("ecs", "CreateService", SERVICE),
        ("scheduler", "CreateSchedule", SCHEDULE),
    ],
)
def test_aws_describes_its_calls_so(service: str, call: str, document: dict):
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(call).input_shape
    found = ParamValidator().validate(document, shape)
    assert not found.has_errors(), found.generate_report()
    assert ParamValidator().validate(document | {"madeUp": 1}, shape).has_errors()


@pytest.mark.parametrize("container", [CONTAINER, RUN_CONTAINER, JOB_CONTAINER])
def test_every_setting_is_one(container: dict, settings_read: set[str]):
    given = [*container.get("environment", []), *container.get("secrets", [])]
    names = [each["name"] for each in given + container.get("env", [])]
    assert len(names) > 5
    assert len(names) == len(set(names))
    assert set(names) <= settings_read | OTHERS


@pytest.mark.parametrize("guide", ["fargate.md", "cloud-run.md"])
def test_every_command_and_setting_of_the_text_is_one(guide: str, settings_read: set[str]):
    text = (ROOT / "docs" / guide).read_text()
    named = {*re.findall(r"manage\.py (\w+)", text), *re.findall(r"args: \[(\w+)", text)}
    overridden = json.loads(SCHEDULE["Target"]["Input"])["containerOverrides"][0]["command"]
    named |= {*CONTAINER["command"], *overridden, *re.findall(r"the command `(\w+)`", text)}
    assert named <= get_commands().keys()
    assert set(re.findall(r"\b(SGRAPH_SEND__\w+|DATABASE_URL|REDIS_URL)\b", text)) <= settings_read


def test_the_task_is_checked_and_stopped_as_the_image_is():
    (check,) = re.findall(r"^HEALTHCHECK .*\\\n +CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)
    assert CONTAINER["healthCheck"]["command"] == ["CMD", *json.loads(check)]
    assert CONTAINER["readonlyRootFilesystem"] is True
    assert [each["containerPath"] for each in CONTAINER["mountPoints"]] == VOLUMES
    environment = {each["name"]: each["value"] for each in CONTAINER["environment"]}
    assert environment["TMPDIR"] in VOLUMES
    assert CONTAINER["stopTimeout"] > DEFAULT_STOP_SECONDS
    assert SERVICE["loadBalancers"][0]["containerName"] == CONTAINER["name"]
    override = json.loads(SCHEDULE["Target"]["Input"])["containerOverrides"][0]
    assert override["name"] == CONTAINER["name"]


def test_all_ports_are_that_of_the_image():
    (port,) = map(int, re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE))
    assert [each["containerPort"] for each in CONTAINER["portMappings"]] == [port]
    assert SERVICE["loadBalancers"][0]["containerPort"] == port
    assert [each["containerPort"] for each in RUN_CONTAINER["ports"]] == [port]


def test_cloud_run_gets_what_it_reads():
    assert (RUN_SERVICE["apiVersion"], RUN_SERVICE["kind"]) == ("serving.knative.dev/v1", "Service")
    assert (RUN_JOB["apiVersion"], RUN_JOB["kind"]) == ("run.googleapis.com/v1", "Job")
    values = {each["name"]: each.get("value") for each in RUN_CONTAINER["env"]}
    assert all(isinstance(value, str | None) for value in values.values())
    assert "PORT" not in values
    assert int(values["SGRAPH_SEND__STOP_SECONDS"]) < CLOUD_RUN_STOP_SECONDS
    assert int(values["SGRAPH_SEND__MAX_RAW_BYTES"]) < CLOUD_RUN_BODY_BYTES
    annotations = RUN_SERVICE["spec"]["template"]["metadata"]["annotations"]
    assert all(isinstance(value, str) for value in annotations.values())
    assert json.loads(annotations["run.googleapis.com/network-interfaces"])


def test_cleanup_deletes_from_the_store_and_the_database_of_the_service():
    shared = {each["name"]: each for each in RUN_CONTAINER["env"]}
    for each in JOB_CONTAINER["env"]:
        assert each == shared[each["name"]]
    assert JOB_CONTAINER["image"] == RUN_CONTAINER["image"]
