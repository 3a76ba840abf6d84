"""One Firefox for this folder; what it saves is removed after each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.firefox.firefox import Firefox


@pytest.fixture(scope="package")
def running_firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with Firefox(tmp_path_factory.mktemp("firefox-downloads")) as firefox:
        yield firefox


@pytest.fixture
def firefox(running_firefox: Firefox) -> Iterator[Firefox]:
    yield running_firefox
    for path in Path(running_firefox.download_folder).iterdir():
        path.unlink()
