"""The sites that are measured: one per store, started for as long as they are needed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from harness.cutting_proxy import CuttingProxy
from harness.live_site import LiveSite
from harness.ports import free_port
from harness.seaweed import SeaweedS3

STORES = ("s3", "local")


@dataclass(frozen=True)
class Site:
    """A running site, and its module addresses by their plain names."""

    live: LiveSite
    store: str
    proxy: CuttingProxy | None = None

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return self.live.environment["SGRAPH_SEND__PUBLIC_URL"]

    @property
    def pid(self) -> int:
        return self.live.process.pid

    def static(self, name: str) -> str:
        folders = (self.live.data_folder, *self.live.data_folder.parents)
        listed = next(
            path
            for folder in folders
            for path in folder.rglob("staticfiles.json")
            if path.is_file()
        )
        return f"{self.url}/static/{json.loads(listed.read_text())['paths'][name]}"


@contextmanager
def running(store: str, folder: Path, *, with_proxy: bool = False) -> Iterator[Site]:
    """A site on that store; the proxy stands before whatever takes the sealed bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    proxy = CuttingProxy(free_port()) if with_proxy else None
    seaweed = SeaweedS3(folder / "seaweed") if store == "s3" else None
    settings = {}
    if seaweed:
        seaweed.start()
        settings |= {**seaweed.environment, "SGRAPH_SEND__S3_BUCKET": "bench"}
    if proxy:
        name = "SGRAPH_SEND__S3_PUBLIC_URL" if seaweed else "SGRAPH_SEND__PUBLIC_URL"
        settings[name] = proxy.url
    live = LiveSite(folder / "site", settings)
    if proxy:
        proxy.start(urlsplit(seaweed.endpoint_url if seaweed else live.url).port)
    try:
        live.start()
        yield Site(live, store, proxy)
    finally:
        if live.is_running:
            live.kill()
        if proxy:
            proxy.stop()
        if seaweed:
            seaweed.stop()
