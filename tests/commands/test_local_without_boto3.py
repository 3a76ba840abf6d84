"""A site with a local store does without boto3, which takes 30 MiB of every process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.live_site import LiveSite
from harness.process import wait_until
from sgraph_send.client.client import Client
from sgraph_send.client.connection import Connection


@pytest.mark.parametrize("chosen", ["local", "auto"])
def test_no_process_of_a_local_site_imports_boto3(
    chosen: str, start_site: Callable[..., LiveSite], tmp_path: Path
):
    site = start_site(
        SGRAPH_SEND__STORE=chosen,
        SGRAPH_SEND__CLEANUP_EVERY_SECONDS="1",
        PYTHONPROFILEIMPORTTIME="1",
        HOME=str(tmp_path),
    )
    client = Client(Connection(site.url))
    files = [("name", b"whole way")]
    sent = client.send(files)
    assert client.receive(sent.transfer_id, sent.secret).files == files
    client.delete(sent.transfer_id, sent.owner_token)

    wait_until(lambda: "transfers.maintenance.cleanup" in site.log, "a pass of cleanup")

    imported = {line.rsplit("|", 1)[1].strip() for line in site.log.splitlines() if "|" in line}
    assert "transfers.stores.local" in imported
    assert [name for name in imported if name.startswith(("boto", "s3transfer"))] == []
