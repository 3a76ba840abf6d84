"""The three functions in processes of their own, on PostgreSQL and SeaweedFS."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.function_url import ORIGIN_SECRET
from harness.postgres import Postgres
from harness.seaweed import SeaweedS3
from tests.aws.cloudformation import load
from tests.aws.machines import Checkout, ZipMachine
from tests.aws.runtime import Function

TOKEN = "token-of-the-tests-0123456789"
# What the template says in words: the user function's settings without what the stack makes.
SETTINGS = {
    name: value
    for name, value in load()["Resources"]["UserFunction"]["Properties"]["Environment"][
        "Variables"
    ].items()
    if isinstance(value, str)
}
RAW_BYTES_MAX = int(SETTINGS["SGRAPH_SEND__MAX_RAW_BYTES"])


@pytest.fixture(scope="module", params=[Checkout, pytest.param(ZipMachine, marks=pytest.mark.long)])
def machine(
    request: pytest.FixtureRequest,
    collected_static: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Checkout | ZipMachine]:
    """What the functions of a test run on."""
    made = request.param(tmp_path_factory.mktemp("machine"))
    yield made
    made.remove()


@pytest.fixture(scope="module")
def environment(
    machine: Checkout | ZipMachine,
    postgres: Postgres,
    seaweed: SeaweedS3,
) -> dict[str, str]:
    """What the template gives a function, with real parts in the places of AWS's."""
    bucket = f"lambda-{machine.name}-{os.getpid()}"
    seaweed.client().create_bucket(Bucket=bucket)
    return {
        **SETTINGS,
        **seaweed.environment,
        "SGRAPH_SEND__S3_BUCKET": bucket,
        "DATABASE_URL": f"{postgres.new_database(bucket)}?conn_health_checks=True",
        "SGRAPH_SEND__PUBLIC_URL": "https://send.example",
        "SGRAPH_SEND__ORIGIN_SECRET": ORIGIN_SECRET,
        "SGRAPH_SEND__SECRET_KEY": "made-up-for-tests",
        "SGRAPH_SEND__ACCESS_TOKEN": TOKEN,
        "SGRAPH_SEND__METRICS_TOKEN": "for-the-operator",
        **machine.places,
    }


@pytest.fixture(scope="module")
def cleanup(machine, environment, tmp_path_factory) -> Iterator[Function]:
    yield from started(machine, "cleanup", environment, tmp_path_factory)


@pytest.fixture(scope="module")
def database(cleanup: Function) -> None:
    assert cleanup.invoke({"task": "migrate"}) == {"outcome": "migrated"}


@pytest.fixture(scope="module")
def user(machine, environment, database, tmp_path_factory) -> Iterator[Function]:
    yield from started(machine, "user", environment, tmp_path_factory)


@pytest.fixture(scope="module")
def admin(machine, environment, database, tmp_path_factory) -> Iterator[Function]:
    settings = {**environment, "SGRAPH_SEND__PUBLIC_URL": "https://admin.example"}
    yield from started(machine, "admin", settings, tmp_path_factory)


def started(
    machine: Checkout | ZipMachine,
    name: str,
    settings: dict[str, str],
    folders: pytest.TempPathFactory,
) -> Iterator[Function]:
    log: Path = folders.mktemp(name) / "log"
    function = Function(machine, f"sgraph_send.aws_lambda.{name}", settings, log)
    yield function
    function.stop()
