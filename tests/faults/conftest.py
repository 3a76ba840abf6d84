"""The browser and its visitors, as in tests/browser; sites of a test's own, which it may kill."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from tests.browser.conftest import browser, playwright, pytest_runtest_makereport, visit
from tests.browser.test_round_trips import PART, file_of

__all__ = ["browser", "playwright", "pytest_runtest_makereport", "visit"]


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is sent: three parts and some bytes."""
    return file_of(tmp_path_factory.mktemp("original"), "film.mkv", 3 * PART + 5)


@pytest.fixture
def own_local_site(start_site: Callable[..., LiveSite]) -> LiveSite:
    return start_site()


@pytest.fixture
def own_s3_site(start_site: Callable[..., LiveSite], own_seaweed: SeaweedS3) -> LiveSite:
    return start_site(**own_seaweed.environment, SGRAPH_SEND__S3_BUCKET="faults")
