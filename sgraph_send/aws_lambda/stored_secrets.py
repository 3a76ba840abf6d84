"""Secrets of a Lambda function, which are named by ARN in its environment and fetched at its
start."""

import json
from collections.abc import MutableMapping
from urllib.parse import quote

import boto3
from botocore.config import Config

SUFFIX = "_ARN"
SECRET_NAMES = (
    "SGRAPH_SEND__SECRET_KEY",
    "SGRAPH_SEND__ACCESS_TOKEN",
    "SGRAPH_SEND__ORIGIN_SECRET",
    "DATABASE_URL",
)
_TIMEOUTS = Config(connect_timeout=3, read_timeout=3, retries={"total_max_attempts": 3})


def fetch(environment: MutableMapping[str, str]) -> None:
    """Set `NAME` from the secret that `NAME_ARN` names, for each of SECRET_NAMES that has one.

    Raises botocore's errors: a function that can't read its secrets must not start.
    """
    arns = {name: arn for name in SECRET_NAMES if (arn := environment.get(name + SUFFIX))}
    if not arns:
        return
    client = boto3.client("secretsmanager", config=_TIMEOUTS)
    for name, arn in arns.items():
        value = client.get_secret_value(SecretId=arn)["SecretString"]
        environment[name] = database_url(value) if name == "DATABASE_URL" else value


def database_url(secret: str) -> str:
    """A database's secret as RDS keeps it (`username`, `password`, `host`, `port`, `dbname`) as the
    URL of the settings; a URL stays as it is.

    Connections are checked before use, for a function is frozen between requests.
    """
    if not secret.lstrip().startswith("{"):
        return secret
    parts = json.loads(secret)
    user, password = (quote(str(parts[name]), safe="") for name in ("username", "password"))
    return (
        f"postgresql://{user}:{password}@{parts['host']}:{parts['port']}/{parts['dbname']}"
        "?sslmode=require&conn_health_checks=True"
    )
