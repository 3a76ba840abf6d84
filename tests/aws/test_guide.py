"""What docs/aws.md tells people to type is what the template and AWS's calls take."""

import re
import shlex
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from sgraph_send.aws_lambda import tasks
from tests.aws.cloudformation import TEMPLATE, load, of_type

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "aws.md").read_text()
SENT_IN_A_CALL_MAX_BYTES = 51_200
# Of the command line itself rather than of a call.
OF_EVERY_COMMAND = {"query", "output", "cli-binary-format", "cli-read-timeout"}
WITHOUT_A_CALL = {"s3", "cloudformation deploy"}


def commands() -> list[list[str]]:
    """Each `aws …` of the page in words, those within others first."""
    text = re.sub(r"\\\n\s*", "", GUIDE)
    inner = re.findall(r"\$\((aws [^)]+)\)", text)
    outer = re.sub(r"\$\(aws [^)]+\)", "ANSWER", text)
    quoted = re.findall(r"`(aws [^`]+)`", outer)
    lines = re.findall(r"(?m)^ {4,}(?:code\(\) \{ |export \w+=)?(aws .+)$", outer)
    parts = [part for line in lines for part in re.split(r" && |; ", line) if "aws " in part]
    return [shlex.split(part.strip()) for part in (*inner, *quoted, *parts)]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_a_command_has_the_options_of_its_call(command: list[str]):
    _, service, operation, *rest = command
    if {service, f"{service} {operation}"} & WITHOUT_A_CALL:
        return
    session = botocore.session.get_session()
    if operation == "wait":
        waiters = session.get_waiter_model(service).waiter_names
        assert rest[0] in {xform_name(name, "-") for name in waiters}
        return
    model = session.get_service_model(service)
    called = {xform_name(name, "-"): name for name in model.operation_names}
    takes = model.operation_model(called[operation]).input_shape
    known = {xform_name(name, "-") for name in takes.members} | OF_EVERY_COMMAND
    given = {word[2:] for word in rest if word.startswith("--")}
    assert {name.removeprefix("no-") for name in given} <= known
    assert {xform_name(name, "-") for name in takes.required_members} <= given


def test_the_page_has_commands_for_all_of_a_stacks_life():
    told = {" ".join(command[1:3]) for command in commands()}
    assert {"cloudformation deploy", "cloudformation delete-stack"} <= told
    assert {"lambda invoke", "lambda update-function-code", "rds create-db-snapshot"} <= told


def test_a_template_too_large_for_a_call_goes_by_a_bucket():
    (deploy,) = (words for words in commands() if words[1:3] == ["cloudformation", "deploy"])
    is_large = len(TEMPLATE.read_bytes()) > SENT_IN_A_CALL_MAX_BYTES
    assert ("--s3-bucket" in deploy) is is_large
    assert deploy[deploy.index("--template-file") + 1] == "deploy/aws/template.yaml"


def test_parameters_are_named_as_in_the_template():
    declared = load()["Parameters"]
    given = set(re.findall(r"\b([A-Z]\w+)=[\w@./-]+", GUIDE)) - {"SGRAPH_SEND__ACCESS_TOKEN"}
    given -= {"ENVIRONMENT", "ASSUMING", "PYTHON", "AWS_REGION"}
    assert given <= set(declared)
    assert {
        name for name in declared if f"`{name}`" not in GUIDE and f"{name}=" not in GUIDE
    } == set()
    required = {name for name, about in declared.items() if "Default" not in about}
    assert required <= given


def test_outputs_and_resources_are_named_as_in_the_template():
    template = load()
    assert {"UserDistributionName", "AdminDistributionName"} <= set(template["Outputs"])
    assert "`UserDistributionName`" in GUIDE
    (asked,) = re.findall(r"--logical-resource-id (\w+)", GUIDE)
    assert template["Resources"][asked]["Type"] == "AWS::S3::Bucket"


def test_every_alarm_and_budget_is_explained_and_no_other():
    names = [each["AlarmName"] for each in of_type("AWS::CloudWatch::Alarm").values()]
    budgets = of_type("AWS::Budgets::Budget").values()
    names += [each["Budget"]["BudgetName"] for each in budgets]
    table = GUIDE.split("| alarm | what it means")[1].split("\n\n")[0]
    explained = [
        name
        for row in table.splitlines()[2:]
        for name in re.findall(r"`([\w-]+)`", row.split("|")[1])
    ]
    prefix = "sgraph-send-${Environment}-"
    assert sorted(explained) == sorted(name["Fn::Sub"].removeprefix(prefix) for name in names)


def test_runbooks_that_alarms_name_are_there():
    told = " ".join(each["AlarmDescription"] for each in of_type("AWS::CloudWatch::Alarm").values())
    named = re.findall(r"docs/(runbooks/[\w-]+\.md)", told)
    assert len(named) > 5
    assert [name for name in named if not (DOCS / name).exists()] == []


def test_the_tasks_are_those_that_the_function_knows():
    table = GUIDE.split("| `task` | What it does |")[1].split("\n\n")[0]
    with pytest.raises(ValueError, match="task must be one of ") as refused:
        tasks.run({"task": "none"}, None)
    known = str(refused.value).removeprefix("task must be one of ").split(", ")
    assert re.findall(r"(?m)^\| `(\w+)`", table) == known
