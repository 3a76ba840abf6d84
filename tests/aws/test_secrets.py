"""Secrets come from Secrets Manager when a function starts, and from nowhere else."""

import json
from collections.abc import Iterator

import boto3
import environ
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sgraph_send.aws_lambda import stored_secrets

PLACE = {"username": "sgraph_send", "host": "db.internal", "port": 5432, "dbname": "sgraph_send"}


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield boto3.client("secretsmanager")


def kept(manager: object, name: str, value: str) -> str:
    return manager.create_secret(Name=name, SecretString=value)["ARN"]


def test_each_secret_that_is_named_by_its_arn_is_set(manager: object):
    environment = {
        "SGRAPH_SEND__SECRET_KEY_ARN": kept(manager, "key", "the key"),
        "SGRAPH_SEND__ORIGIN_SECRET_ARN": kept(manager, "origin", "the origin's"),
        "SGRAPH_SEND__STORE": "s3",
    }
    stored_secrets.fetch(environment)
    assert environment["SGRAPH_SEND__SECRET_KEY"] == "the key"
    assert environment["SGRAPH_SEND__ORIGIN_SECRET"] == "the origin's"
    assert "SGRAPH_SEND__ACCESS_TOKEN" not in environment


def test_a_database_of_rds_becomes_the_url_that_settings_read(manager: object):
    password = "p/w:ith@every?thing#%&=+ ü"
    secret = json.dumps({**PLACE, "password": password, "engine": "postgres"})
    environment = {"DATABASE_URL_ARN": kept(manager, "database", secret)}
    stored_secrets.fetch(environment)
    read = environ.Env.db_url_config(environment["DATABASE_URL"])
    assert (read["USER"], read["PASSWORD"]) == ("sgraph_send", password)
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.internal", 5432, "sgraph_send")
    assert read["OPTIONS"]["sslmode"] == "require"
    assert read["CONN_HEALTH_CHECKS"] is True


def test_a_url_in_the_secret_stays_what_it_is(manager: object):
    url = "postgresql://ada:word@db.internal:5432/send"
    environment = {"DATABASE_URL_ARN": kept(manager, "database", url)}
    stored_secrets.fetch(environment)
    assert environment["DATABASE_URL"] == url


def test_a_function_without_its_secret_does_not_start(manager: object):
    arn = kept(manager, "key", "gone soon")
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stored_secrets.fetch({"SGRAPH_SEND__SECRET_KEY_ARN": arn})


def test_nobody_is_asked_where_no_secret_is_named():
    environment = {"SGRAPH_SEND__SECRET_KEY": "given"}
    stored_secrets.fetch(environment)
    assert environment == {"SGRAPH_SEND__SECRET_KEY": "given"}


def test_only_what_the_list_names_is_fetched(manager: object):
    environment = {"PATH_ARN": kept(manager, "path", "elsewhere")}
    stored_secrets.fetch(environment)
    assert "PATH" not in environment


@pytest.mark.parametrize("missing", ["host", "username", "password"])
def test_half_a_database_is_an_error(missing: str):
    place = {**PLACE, "password": "word"}
    del place[missing]
    with pytest.raises(KeyError, match=missing):
        stored_secrets.database_url(json.dumps(place))
