"""What must hold of every stack that the template makes, as sentences.

More are in test_edge.py and test_alarms.py; those of a stack made by moto in test_stack.py.
"""

import json
import subprocess
import sys
from pathlib import Path

from sgraph_send.aws_lambda import stored_secrets
from sgraph_send.configuration import env
from tests.aws.cloudformation import TEMPLATE, arn, listed, load, of_type, ref, statements

LINTER = Path(sys.executable).with_name("cfn-lint")
FUNCTIONS = {"UserFunction", "AdminFunction", "CleanupFunction"}


def test_the_linter_of_aws_has_nothing_to_say():
    command = [LINTER, "--non-zero-exit-code", "warning", TEMPLATE]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")


# Data at rest


def test_every_bucket_is_closed_to_the_public_and_encrypted():
    for bucket in of_type("AWS::S3::Bucket").values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]


def test_every_bucket_refuses_calls_without_tls():
    refused = {
        name["Ref"]: statement
        for name, (_, statement) in zip(
            (each["Bucket"] for each in of_type("AWS::S3::BucketPolicy").values()),
            statements("AWS::S3::BucketPolicy"),
            strict=True,
        )
    }
    assert set(refused) == set(of_type("AWS::S3::Bucket"))
    for bucket, statement in refused.items():
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Action"] == "s3:*"
        assert statement["Resource"] == [arn(bucket), {"Fn::Sub": f"${{{bucket}.Arn}}/*"}]
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_neither_ciphertext_nor_database_goes_with_the_stack():
    resources = load()["Resources"]
    kept = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    saved = {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}
    assert kept.items() <= resources["TransferBucket"].items()
    assert saved.items() <= resources["Database"].items()


def test_database_and_cache_are_encrypted_and_answer_the_functions_alone():
    (database,) = of_type("AWS::RDS::DBInstance").values()
    (cache,) = of_type("AWS::ElastiCache::ReplicationGroup").values()
    assert database["StorageEncrypted"] is True
    assert database["PubliclyAccessible"] is False
    assert cache["TransitEncryptionEnabled"] is cache["AtRestEncryptionEnabled"] is True
    assert database["VPCSecurityGroups"] == cache["SecurityGroupIds"] == [ref("DatabaseGroup")]


def test_production_is_kept_longer_and_in_two_zones():
    smaller = {"BackupDays": 1, "MultiAz": False, "Protected": False, "CacheNodes": 1}
    prod = {"BackupDays": 14, "MultiAz": True, "Protected": True, "CacheNodes": 2}
    assert load()["Mappings"]["Environments"] == {"dev": smaller, "qa": smaller, "prod": prod}


# Secrets and rights


def test_secrets_are_made_by_the_stack_and_long():
    for secret in of_type("AWS::SecretsManager::Secret").values():
        assert secret["GenerateSecretString"]["PasswordLength"] >= 40
        assert secret["GenerateSecretString"]["ExcludePunctuation"] is True


def test_no_secret_stands_in_a_functions_settings():
    functions = of_type("AWS::Lambda::Function")
    assert set(functions) == FUNCTIONS
    for function in functions.values():
        given = function["Environment"]["Variables"]
        assert not set(stored_secrets.SECRET_NAMES) & set(given)
        assert "resolve:secretsmanager" not in json.dumps(given)


def test_each_role_reads_the_secrets_that_its_function_is_given_and_no_other():
    for name, function in of_type("AWS::Lambda::Function").items():
        role = function["Role"]["Fn::GetAtt"][0]
        given = function["Environment"]["Variables"]
        named = [given[key] for key in given if key.endswith(stored_secrets.SUFFIX)]
        (may_read,) = [
            each["Resource"]
            for owner, each in statements("AWS::IAM::Role")
            if owner == role and each["Action"] == "secretsmanager:GetSecretValue"
        ]
        assert sorted(map(str, may_read)) == sorted(map(str, named)), name
    assert "SGRAPH_SEND__ACCESS_TOKEN_ARN" not in json.dumps(
        [of_type("AWS::Lambda::Function")[name] for name in ("AdminFunction", "CleanupFunction")]
    )


def test_a_role_names_what_it_may_use():
    anything = [
        (role, statement["Action"])
        for role, statement in statements("AWS::IAM::Role")
        if statement["Effect"] == "Allow"
        and "*" in listed(statement["Resource"])
        and "Condition" not in statement
    ]
    assert anything == [("CheckRole", "s3:ListAllMyBuckets")]


def test_the_code_of_a_function_makes_no_network_interface():
    """AWSLambdaVPCAccessExecutionRole would let it; Lambda itself needs that, the code does not."""
    for part in ("User", "Admin", "Cleanup"):
        (denied,) = [
            each
            for role, each in statements("AWS::IAM::Role")
            if role == f"{part}Role" and each["Effect"] == "Deny"
        ]
        assert {"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"} <= set(denied["Action"])
        own = denied["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"]["Fn::Sub"]
        assert own.endswith(f":function:sgraph-send-${{Environment}}-{part.lower()}")


def test_nobody_invokes_a_function_but_by_its_address_or_its_schedule():
    for permission in of_type("AWS::Lambda::Permission").values():
        if permission["FunctionName"] == ref("CleanupFunction"):
            assert permission["Principal"] == "events.amazonaws.com"
            assert permission["SourceArn"] == arn("CleanupRule")
        elif permission["Action"] == "lambda:InvokeFunction":
            assert permission["InvokedViaFunctionUrl"] is True
        else:
            assert permission["Action"] == "lambda:InvokeFunctionUrl"


# The network


def test_only_functions_are_let_in_and_they_go_nowhere_else():
    groups = of_type("AWS::EC2::SecurityGroup")
    entries = [each for group in groups.values() for each in group.get("SecurityGroupIngress", ())]
    assert {each["SourceSecurityGroupId"]["Ref"] for each in entries} == {"FunctionsGroup"}
    leaves = groups["FunctionsGroup"]["SecurityGroupEgress"]
    assert {(each["FromPort"], each["ToPort"]) for each in leaves} == {
        *((443, 443), (5432, 5432), (6379, 6379))
    }


def test_an_endpoint_leads_to_our_own_bucket_secrets_and_logs():
    """Otherwise it would be a way out: to any bucket of anybody's."""
    for name, statement in statements("AWS::EC2::VPCEndpoint"):
        for resource in listed(statement["Resource"]):
            named = str(resource)
            assert named != "*", name
            assert "TransferBucket" in named or "Ref" in named or "lambda-insights" in named, name
    assert len(list(statements("AWS::EC2::VPCEndpoint"))) == len(of_type("AWS::EC2::VPCEndpoint"))


# Names and settings


def test_names_tell_the_environments_apart():
    names = [
        name["Fn::Sub"] if isinstance(name, dict) else name
        for made in load()["Resources"].values()
        for key in ("Name", "FunctionName", "BucketName", "LogGroupName", "AlarmName", "TopicName")
        if "Ref" not in (name := made.get("Properties", {}).get(key, {"Ref": "nothing"}))
    ]
    assert len(names) > 40
    assert [name for name in names if "${Environment}" not in name] == ["/aws/lambda-insights"]


def test_uploads_need_a_token_unless_somebody_chose_otherwise():
    assert load()["Parameters"]["UploadAccess"]["Default"] == "token"


def test_every_variable_of_a_function_is_a_setting():
    known = set(env.defaults) | set(stored_secrets.SECRET_NAMES)
    functions = of_type("AWS::Lambda::Function").values()
    given = {name for each in functions for name in each["Environment"]["Variables"]}
    assert len(given) > 10
    assert {name.removesuffix(stored_secrets.SUFFIX) for name in given} - known == set()


def test_a_function_url_lets_pages_send_and_read_what_the_site_does(settings):
    cors = of_type("AWS::Lambda::Url")["UserUrl"]["Cors"]
    assert sorted(cors["AllowHeaders"]) == sorted(settings.CORS_ALLOW_HEADERS)
    assert sorted(cors["AllowMethods"]) == sorted(settings.CORS_ALLOW_METHODS)
    assert sorted(cors["ExposeHeaders"]) == sorted(settings.CORS_EXPOSE_HEADERS)
