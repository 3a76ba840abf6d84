"""Fixtures for every test: Django in a folder of its own, and real services on demand.

In-process tests run on SQLite and the local store; `store` and `on_postgres` bring the others.
`start_site` runs the whole site as an operator would.
"""

import atexit
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import environ
import pytest
from django.db import connections

from harness.live_site import LiveSite, inherited_environment
from harness.postgres import Postgres
from harness.redis_server import Redis
from harness.seaweed import SeaweedS3
from tests.listed_static_files import list_once

ORIGIN = "http://testserver.localhost"


def pytest_configure(config: pytest.Config) -> None:
    """Django reads the environment when it loads, so that is prepared before."""
    folder = Path(tempfile.mkdtemp(prefix="sgraph-send-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # The static files are one for all processes, and for the sites that they start.
    static = os.environ["SGRAPH_SEND__STATIC_DIR"] if is_worker(config) else str(folder / "static")
    kept = inherited_environment()
    for name in [name for name in os.environ if name not in kept]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "sgraph_send.settings",
        "SGRAPH_SEND__DATA_DIR": str(folder),
        "SGRAPH_SEND__STORE": "local",
        "SGRAPH_SEND__UPLOAD_ACCESS": "open",
        "SGRAPH_SEND__STATIC_DIR": static,
        # Never a real account: whatever asks for credentials finds these.
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    # WhiteNoise warns where there is none; pages ask for `collected_static`.
    Path(static).mkdir(exist_ok=True)
    from django.conf import settings

    # A file, because threads of one test need to meet in the same database.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(folder / "tests.sqlite3")
    if not is_worker(config):
        # pytest-django of a worker would load the settings by it, before the lines above ran there.
        del os.environ["DJANGO_SETTINGS_MODULE"]
        if config.getoption("numprocesses", None):
            lay_out_static_files_for_all()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests begin first, so that none is left for the end (`make test-all`)."""
    long_files = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long_files)


def lay_out_static_files_for_all() -> None:
    """Before there are workers: none of them reads a folder that another one is filling."""
    import django

    from sgraph_send.static_files import collect_if_changed

    django.setup()
    collect_if_changed()


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.fixture(autouse=True)
def own_folder_and_counters(settings, tmp_path: Path) -> Iterator[None]:
    """Nothing that one test stored, counted or cached is seen by the next."""
    from django.core.cache import caches

    from tests.store_settings import forget_stores
    from transfers.maintenance import probes
    from transfers.statistics import hourly, visits

    settings.LOCAL_STORE_DIR = tmp_path / "store"
    forget_stores()
    probes.forget()
    write_behind_counters = hourly._lagging, visits._visits
    for counts in write_behind_counters:
        counts._written_at = time.monotonic()
    yield
    for counts in write_behind_counters:
        counts._waiting.clear()
    forget_stores()
    # Also those that threads of the test alone have used: what they count is the process's.
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def counters_clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock of the counters of calls, which stands still at `now`: no window of theirs ends in
    the middle of a test."""
    import django_ratelimit.core

    clock = SimpleNamespace(now=time.time())
    monkeypatch.setattr(django_ratelimit.core, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture(scope="session", autouse=True)
def _one_list_of_static_files() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        list_once(patch)
        yield


@pytest.fixture(scope="session")
def collected_static() -> None:
    """The static files under their hashed names, as `serve` lays them out."""
    from django.contrib.staticfiles.storage import staticfiles_storage as storage

    from sgraph_send.static_files import collect_if_changed

    collect_if_changed()
    # A test that ran before without them has left an empty list in this process.
    storage.hashed_files, storage.manifest_hash = storage.load_manifest()


@pytest.fixture(params=["local", "s3"])
def store_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def store(store_kind: str, settings, request: pytest.FixtureRequest):
    """The store of new transfers: a test that asks for it runs on the filesystem and on S3."""
    from tests.store_settings import forget_stores
    from transfers.stores import current_store

    if store_kind == "s3":
        request.getfixturevalue("on_s3")
    chosen = current_store()
    chosen.provision(settings.PUBLIC_ORIGINS or [ORIGIN])
    yield chosen
    forget_stores()


@pytest.fixture
def on_s3(
    seaweed: SeaweedS3, bucket_name: str, settings, monkeypatch: pytest.MonkeyPatch
) -> SeaweedS3:
    """Settings that put new transfers into a bucket of this test's own."""
    from tests.store_settings import use_s3

    for name, value in seaweed.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    use_s3(
        settings,
        S3_BUCKET=bucket_name,
        S3_ENDPOINT_URL=seaweed.endpoint_url,
        S3_REGION=seaweed.region,
    )
    return seaweed


@pytest.fixture
def on_aws(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that put new transfers into AWS as moto plays it."""
    from moto import mock_aws

    from tests.store_settings import forget_stores, use_s3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    use_s3(settings, S3_REGION="eu-central-1")
    with mock_aws():
        yield
    forget_stores()


_numbers = itertools.count(1)


@pytest.fixture
def bucket_name() -> str:
    return f"test-{os.getpid()}-{next(_numbers)}"


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedS3]:
    """S3 for everyone; a test that stops it starts it again, or uses `own_seaweed`."""
    yield from _running(SeaweedS3(tmp_path_factory.mktemp("seaweed")))


@pytest.fixture
def own_seaweed(tmp_path: Path) -> Iterator[SeaweedS3]:
    """S3 for one test, which may stop and start it."""
    yield from _running(SeaweedS3(tmp_path / "seaweed"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    yield from _running(Postgres(tmp_path_factory.mktemp("postgres")))


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    yield from _running(Redis(tmp_path_factory.mktemp("redis")))


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    """An empty PostgreSQL database of this test's own."""
    return postgres.new_database(f"test_{next(_numbers)}")


@pytest.fixture
def on_postgres(database_url: str, transactional_db, django_db_blocker) -> Iterator[str]:
    """Django's database is an own one on PostgreSQL, in every thread of this test."""
    from django.core.management import call_command

    with connected_to({**environ.Env.db_url_config(database_url), "OPTIONS": {}}):
        call_command("migrate", verbosity=0)
        yield database_url


@contextmanager
def connected_to(database: dict) -> Iterator[None]:
    """Django's database is another one; its settings beyond these stay as they were."""
    usual = connections.settings["default"]
    _connect_default_to({**usual, **database})
    try:
        yield
    finally:
        _connect_default_to(usual)


def _connect_default_to(configuration: dict) -> None:
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = configuration


@pytest.fixture(scope="session")
def start_site_for_session(
    tmp_path_factory: pytest.TempPathFactory, collected_static: None
) -> Iterator[Callable[..., LiveSite]]:
    yield from _sites(lambda: tmp_path_factory.mktemp("site"))


@pytest.fixture
def start_site(
    tmp_path_factory: pytest.TempPathFactory, collected_static: None
) -> Iterator[Callable[..., LiveSite]]:
    """Starts sites with given settings, without cleanup; all of them end with the test."""
    yield from _sites(lambda: tmp_path_factory.mktemp("site"))


def _sites(new_folder: Callable[[], Path]) -> Iterator[Callable[..., LiveSite]]:
    started: list[LiveSite] = []
    # What a test is about to look at must not be deleted between two of its steps.
    defaults = {"SGRAPH_SEND__CLEANUP_EVERY_SECONDS": "0"}

    def start(**settings: str) -> LiveSite:
        site = LiveSite(new_folder(), defaults | settings)
        started.append(site)
        return site.start()

    yield start
    for site in started:
        if site.is_running:
            site.kill()


def _running(service):
    service.start()
    try:
        yield service
    finally:
        service.stop()
