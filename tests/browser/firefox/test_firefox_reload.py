"""A download that is reloaded in Firefox goes on from what was verified."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.cutting_proxy import CuttingProxy
from harness.firefox.firefox import Firefox
from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from harness.ports import free_port
from harness.waiting import wait_until
from tests.browser.test_round_trips import PART, digest, file_of

pytestmark = pytest.mark.long
PARTS = 15


@pytest.fixture
def proxy() -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(free_port())
    yield proxy
    proxy.stop()


@pytest.fixture
def proxied_site(start_site: Callable[..., LiveSite], proxy: CuttingProxy) -> LiveSite:
    site = start_site(SGRAPH_SEND__PUBLIC_URL=proxy.url)
    proxy.start(int(site.url.rsplit(":", 1)[1]))
    site.url = proxy.url
    return site


def test_a_reload_in_mid_download_fetches_only_what_is_missing(
    firefox: Firefox, proxied_site: LiveSite, proxy: CuttingProxy, tmp_path: Path
):
    original = file_of(tmp_path, "film.mkv", PARTS * PART)
    sent = ForeignSender(proxied_site, {"film.mkv": original.read_bytes()}).send(max_downloads=1)
    tab = firefox.open(sent.link)
    tab.reach("ready")
    proxy.forget_counts()
    proxy.go_down_after(PARTS * 2 // 3 * PART)
    tab.click(testId="download-button")
    wait_until(lambda: tab.safeParts() >= PARTS // 4, "a part of the parts", timeout_s=60)
    wait_until(lambda: proxy.is_down, "a cut")
    assert list(firefox.download_folder.iterdir()) == []

    proxy.come_back()
    tab.reload()
    tab.reach("ready")
    # From here on, because the old page went on trying until it was gone.
    proxy.forget_counts()
    assert "saving goes on from there" in tab.lede()
    tab.click(testId="download-button")
    tab.reach("done")

    assert digest(firefox.saved()) == digest(original)
    assert proxy.received_bytes < (PARTS - 2) * PART
    assert tab.serviceWorkers() == 0
    tab.close()
