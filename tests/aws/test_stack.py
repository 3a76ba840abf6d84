"""The stack as moto can create it: names, sizes and rights come out of parameters and mappings."""

import ast
import io
import json
import zipfile
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.aws import stack
from tests.aws.cloudformation import load


def client(service: str) -> object:
    return boto3.client(service, region_name="us-east-1")


@pytest.fixture(scope="module", params=["dev", "prod"])
def environment(request: pytest.FixtureRequest) -> Iterator[str]:
    """The stack of an environment, created; its name."""
    options = {"lambda": {"use_docker": False}, "core": {"mock_credentials": True}}
    with mock_aws(config=options):
        _upload_code()
        zone = client("route53").create_hosted_zone(Name="send.example", CallerReference="tests")
        given = stack.parameters(request.param, zone["HostedZone"]["Id"].rpartition("/")[2])
        client("cloudformation").create_stack(
            StackName=f"sgraph-send-{request.param}",
            TemplateBody=stack.body(),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
        )
        yield request.param


def _upload_code() -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as packed:
        packed.writestr("sgraph_send/aws_lambda/user.py", "")
    client("s3").create_bucket(Bucket="code")
    client("s3").put_object(Bucket="code", Key="sgraph-send/v1.0.0.zip", Body=code.getvalue())


def test_what_moto_can_not_create_is_known_and_nothing_else_is_left_out():
    from moto.cloudformation.parsing import get_model_map

    kinds = {found["Type"] for found in load()["Resources"].values()}
    assert kinds - set(get_model_map()) == stack.LEFT_OUT


def test_everything_else_is_created(environment: str):
    told = client("cloudformation").describe_stack_resources(StackName=f"sgraph-send-{environment}")
    created = {each["LogicalResourceId"] for each in told["StackResources"]}
    assert created == set(json.loads(stack.body())["Resources"])


def test_each_function_gets_its_handler_its_share_and_its_settings(environment: str):
    name = f"sgraph-send-{environment}"
    for role, memory_mb, timeout_seconds, at_once in (
        ("user", 1024, 30, 10),
        ("admin", 1024, 30, 10),
        ("cleanup", 512, 900, 1),
    ):
        function = client("lambda").get_function(FunctionName=f"{name}-{role}")
        made = function["Configuration"]
        assert made["Handler"] == f"sgraph_send.aws_lambda.{role}.handler"
        assert (made["Runtime"], made["MemorySize"]) == ("python3.13", memory_mb)
        assert made["Timeout"] == timeout_seconds
        assert function["Concurrency"]["ReservedConcurrentExecutions"] == at_once
        given = made["Environment"]["Variables"]
        assert given["SGRAPH_SEND__ENVIRONMENT"] == environment
        assert given["SGRAPH_SEND__S3_BUCKET"].endswith(f"transfers-{environment}--us-east-1")
        host = "admin.send.example" if role == "admin" else "send.example"
        assert given["SGRAPH_SEND__PUBLIC_URL"] == f"https://{host}"


def test_every_log_group_is_kept_for_thirty_days(environment: str):
    groups = client("logs").describe_log_groups()["logGroups"]
    ours = {each["logGroupName"]: each["retentionInDays"] for each in groups}
    assert set(ours.values()) == {30}
    for role in ("user", "admin", "cleanup"):
        assert f"/aws/lambda/sgraph-send-{environment}-{role}" in ours


def test_production_has_two_zones_and_longer_backups(environment: str):
    (database,) = client("rds").describe_db_instances()["DBInstances"]
    is_prod = environment == "prod"
    assert database["MultiAZ"] is is_prod
    assert database["BackupRetentionPeriod"] == (14 if is_prod else 1)
    assert database["StorageEncrypted"] is True
    assert database["PubliclyAccessible"] is False


def test_the_network_has_endpoints_and_no_way_out(environment: str):
    ec2 = client("ec2")
    (network,) = [
        each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if each["CidrBlock"] == "10.20.0.0/24"
    ]
    endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    zones = {
        each["ServiceName"].rpartition(".")[2]: len(each.get("SubnetIds", ())) for each in endpoints
    }
    in_zones = 2 if environment == "prod" else 1
    assert zones == {"s3": 0, "secretsmanager": in_zones, "logs": in_zones}
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    assert [each for each in gateways if network in json.dumps(each)] == []
    assert ec2.describe_nat_gateways()["NatGateways"] == []


def test_no_role_may_do_everything_and_the_panel_writes_no_objects(environment: str):
    iam = client("iam")
    allowed: dict[str, set[str]] = {}
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            actions = allowed.setdefault(name, set())
            for statement in ast.literal_eval(document)["Statement"]:
                listed = statement["Action"]
                actions |= {listed} if isinstance(listed, str) else set(listed)
    assert len(allowed) == 4
    assert not [action for actions in allowed.values() for action in actions if "*" in action]
    writers = [name for name, actions in allowed.items() if "s3:PutObject" in actions]
    assert {name.rpartition("-")[0].rpartition("-")[2] for name in writers} == {
        "UserRole",
        "CheckRole",
    }


def test_cleanup_is_called_every_five_minutes(environment: str):
    events = client("events")
    (rule,) = events.list_rules()["Rules"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(5 minutes)", "ENABLED")
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"].endswith(f":function:sgraph-send-{environment}-cleanup")
    assert json.loads(target["Input"]) == {"task": "cleanup"}


def test_every_bucket_is_encrypted_and_named_after_its_environment(environment: str):
    s3 = client("s3")
    names = {each["Name"] for each in s3.list_buckets()["Buckets"]} - {"code"}
    assert f"123456789012--sgraph-send-transfers-{environment}--us-east-1" in names
    for name in names:
        (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"][
            "Rules"
        ]
        assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_both_names_lead_to_cloudfront(environment: str):
    route53 = client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    aliases = {
        (each["Name"].rstrip("."), each["Type"]) for each in records if "AliasTarget" in each
    }
    names = ("send.example", "admin.send.example")
    assert aliases == {(name, kind) for name in names for kind in ("A", "AAAA")}


def test_the_dashboard_is_json_and_names_what_was_made(environment: str):
    made = client("cloudwatch").get_dashboard(DashboardName=f"sgraph-send-{environment}")
    body = json.loads(made["DashboardBody"])
    assert len(body["widgets"]) > 10
    assert f"sgraph-send-{environment}-user" in made["DashboardBody"]
