"""Transfers through nginx while one of the server's processes is killed and all are replaced."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.postgres import Postgres
from harness.redis_server import Redis
from harness.scale import ordeal
from harness.scale.parts import ScaledSite
from harness.seaweed import SeaweedS3

TRANSFERS = 40


@pytest.fixture
def scaled_site(
    tmp_path: Path,
    postgres: Postgres,
    redis_server: Redis,
    seaweed: SeaweedS3,
    collected_static: None,
) -> Iterator[ScaledSite]:
    # Nothing else closes transfers, so that the rows can be counted.
    settings = {"SGRAPH_SEND__CLEANUP_EVERY_SECONDS": "0"}
    site = ScaledSite(tmp_path, postgres, redis_server, seaweed, **settings).start(processes=2)
    yield site
    site.stop()


def test_nothing_is_lost_and_no_limit_overrun_when_a_process_is_killed(scaled_site: ScaledSite):
    found = ordeal.undergo(scaled_site, range(TRANSFERS), client_processes=2, threads=4)
    assert found.wrong == {}, (found.wrong, found.live.said, found.afterwards.said)
    assert found.live.verdict["confirmed"] == TRANSFERS
    assert found.afterwards.verdict["whole afterwards"] == TRANSFERS * 3 // 5
    assert found.afterwards.verdict["gone afterwards"] == TRANSFERS * 2 // 5
