"""Google Tink opens what the page stored, and the page opens what Tink wrote."""

import random
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.foreign_sender import ForeignSender, Sent, call
from harness.live_site import LiveSite
from sgraph_send.client import format
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.visitors import Visitor
from tests.format import tink_judge

Visit = Callable[..., Visitor]
PART = 2**24


@pytest.mark.parametrize("passphrase", ["", "Käse\u0308glocke"], ids=["key alone", "passphrase"])
def test_tink_opens_what_the_page_stored(
    site: LiveSite, visit: Visit, tmp_path: Path, passphrase: str
):
    content = random.Random(passphrase).randbytes(PART + 300_001)
    (tmp_path / "original.bin").write_bytes(content)
    page = SendPage.open(visit(site)).choose([tmp_path / "original.bin"])
    sent = page.set(passphrase=passphrase).send()

    keys, payload = stored_payload(site, sent, passphrase)

    first = format.sealed_part_length(PART)
    opened = tink_judge.open_part(keys.content, 0, 2, payload[:first])
    assert opened + tink_judge.open_part(keys.content, 1, 2, payload[first:]) == content


def stored_payload(
    site: LiveSite, sent: Sent, passphrase: str
) -> tuple[format.TransferKeys, bytes]:
    """The transfer's keys, and its ciphertext as the store gives it out."""
    api = f"{site.url}/transfers"
    envelope = format.read_envelope(call(f"{api}/info/{sent.transfer_id}")["envelope"])
    keys = format.derive_keys(format.read_key(sent.secret_text), envelope, passphrase)
    lease = call(
        f"{api}/download/{sent.transfer_id}/lease",
        "POST",
        {
            "link_proof": format.encode_b64u(keys.link_proof),
            "proof": format.encode_b64u(keys.proof),
            "lease_token": format.encode_b64u(bytes(range(32))),
        },
    )
    url = site.url + lease["url"] if lease["url"].startswith("/") else lease["url"]
    with urllib.request.urlopen(url, timeout=60) as answer:
        return keys, answer.read()


@pytest.mark.parametrize("passphrase", ["", "p w"], ids=["key alone", "passphrase"])
def test_the_page_opens_what_tink_wrote(
    site: LiveSite, visit: Visit, tmp_path: Path, passphrase: str
):
    content = random.Random(passphrase).randbytes(PART + 77)
    files = {"elsewhere.bin": content}
    sent = ForeignSender(site, files, passphrase, seal_part=tink_judge.seal_part).send()

    page = DownloadPage.open(visit(site), sent.link)
    if passphrase:
        page.wait_state("needs-passphrase")
        page.enter_passphrase(passphrase)

    assert page.save(tmp_path).path.read_bytes() == content
