"""The three functions in processes of their own, on PostgreSQL and SeaweedFS."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.aws.template_file import load
from tests.aws.runtime import ORIGIN_SECRET, Function
from tests.services.postgres import Postgres
from tests.services.seaweed import SeaweedS3

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


@pytest.fixture(scope="module")
def environment(
    postgres: Postgres,
    seaweed: SeaweedS3,
    collected_static: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """What the template gives a function, with real parts in the places of AWS's."""
    bucket = f"lambda-{os.getpid()}"
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
        "SGRAPH_SEND__DATA_DIR": str(tmp_path_factory.mktemp("lambda") / "not-there-yet"),
        "SGRAPH_SEND__STATIC_DIR": os.environ["SGRAPH_SEND__STATIC_DIR"],
    }


@pytest.fixture(scope="module")
def cleanup(environment: dict[str, str], tmp_path_factory) -> Iterator[Function]:
    yield from started("cleanup", environment, tmp_path_factory)


@pytest.fixture(scope="module")
def database(cleanup: Function) -> None:
    assert cleanup.invoke({"task": "migrate"}) == {"outcome": "migrated"}


@pytest.fixture(scope="module")
def user(environment, database, tmp_path_factory) -> Iterator[Function]:
    yield from started("user", environment, tmp_path_factory)


@pytest.fixture(scope="module")
def admin(environment, database, tmp_path_factory) -> Iterator[Function]:
    settings = {**environment, "SGRAPH_SEND__PUBLIC_URL": "https://admin.example"}
    yield from started("admin", settings, tmp_path_factory)


def started(
    name: str, environment: dict[str, str], folders: pytest.TempPathFactory
) -> Iterator[Function]:
    log: Path = folders.mktemp(name) / "log"
    function = Function(f"sgraph_send.lambda_{name}", environment, log)
    yield function
    function.stop()
