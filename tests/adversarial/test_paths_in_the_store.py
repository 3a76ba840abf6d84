"""Signed URLs of the local store, bent in every way: nothing outside of it is read or written."""

from pathlib import Path
from urllib.parse import quote

import pytest

from harness.live_site import LiveSite
from tests.actors import Sender
from tests.adversarial.documented_calls import EVERYTHING_OFF
from tests.adversarial.stock import Stock
from tests.adversarial.wire import request, say
from tests.commands.http_calls import call
from transfers.tokens import encode_b64u

CANARY = b"nobody may read this over HTTP"
# In place of the id, the upload's handle or the number of the part.
PIECES = [
    "..",
    ".",
    "%2e%2e",
    "%2E%2E",
    "..%2f..",
    "..%2f..%2f..%2f..%2fcanary",
    "%2e%2e%2f%2e%2e%2f%2e%2e%2fcanary",
    "..%252f..%252fcanary",
    "%252e%252e%252fcanary",
    "..%5c..%5ccanary",
    "..\\..\\canary",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "%00",
    "x%00",
    "..%00",
    "%c0%ae%c0%ae",
    "%ef%bc%8e%ef%bc%8e",
    "%e2%80%ae",
    "..;",
    "~root",
    "store_id",
    "$(id)",
    "a" * 3000,
    "%f0%9f%93%a6" * 200,
    "-1",
    "0x0",
    "99999999999999999999",
    "%0d%0aX-Injected:%201",
]


@pytest.fixture(scope="module")
def site(start_site_for_session) -> LiveSite:
    site = start_site_for_session(**EVERYTHING_OFF)
    (site.data_folder / "canary").write_bytes(CANARY)
    return site


@pytest.fixture(scope="module")
def part_url(site: LiveSite) -> str:
    """Of a part that is not there yet, validly signed."""
    sender = Sender(payload=b"sealed")
    created = call(site, "POST", "/transfers/create", sender.creation())
    path = f"{created['upload_url']}/sign"
    return call(site, "POST", path, {"parts": [0]}, **sender.owner_header)["parts"][0]["url"]


@pytest.fixture(scope="module")
def download_url(site: LiveSite) -> str:
    sender = Stock(site).get("completed").sender
    path = f"/transfers/download/{sender.transfer_id}/lease"
    body = sender.recipient().proofs | {"lease_token": encode_b64u(bytes(32))}
    return call(site, "POST", path, body)["url"]


@pytest.fixture(scope="module")
def other_id(site: LiveSite) -> str:
    return Stock(site).get("completed").sender.transfer_id


@pytest.fixture(autouse=True)
def unchanged_folders(site: LiveSite, part_url: str, download_url: str, other_id: str):
    """All files of the site's folder stay the same, but for database, log and figures."""
    before = tree(site.data_folder.parent)
    yield
    assert tree(site.data_folder.parent) == before
    assert "Traceback" not in site.log
    assert call(site, "GET", "/info/health") == {"status": "ok"}


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not path.name.startswith(("db.sqlite3", "site.log")) and "metrics" not in path.parts
    }


def bent(url: str, piece: str) -> list[str]:
    """The path with one of its variable pieces exchanged, under the signature that it had."""
    path, _, query = url.partition("?")
    pieces = path.split("/")
    places = [at for at in range(3, len(pieces)) if pieces[at] not in ("parts", "payload")]
    changed = ["/".join([*pieces[:at], piece, *pieces[at + 1 :]]) for at in places]
    return [f"{each}?{query}" for each in [*changed, f"{path}/{piece}", f"{path}/../{piece}"]]


def require_nothing(site: LiveSite, method: str, path: str, body: bytes = b"") -> None:
    answer = say(site, request(method, path, body))
    assert 400 <= answer.status < 500, (path, answer)
    assert CANARY not in answer.all
    assert b"root:" not in answer.all
    assert "X-Injected" not in answer.head


@pytest.mark.parametrize("piece", PIECES, ids=range(len(PIECES)))
def test_a_bent_upload_path_writes_nothing(site, part_url: str, piece: str):
    for path in bent(part_url, piece):
        require_nothing(site, "PUT", path, b"sealed")


@pytest.mark.parametrize("piece", PIECES, ids=range(len(PIECES)))
def test_a_bent_download_path_reads_nothing(site, download_url: str, piece: str):
    for path in bent(download_url, piece):
        require_nothing(site, "GET", path)


@pytest.mark.parametrize("piece", PIECES, ids=range(len(PIECES)))
def test_a_bent_id_or_page_reads_nothing(site, piece: str):
    for path in ("/transfers/download/{}", "/transfers/info/{}", "/static/{}", "/info/{}"):
        require_nothing(site, "GET", path.format(piece))


@pytest.mark.parametrize("name", ["size", "until", "signature"])
@pytest.mark.parametrize(
    "value", ["", "-1", "0", "1e3", "９", "%00", "1" * 400, "..", "6&size=7", "%ff", "é"]
)
def test_a_changed_claim_of_a_signed_url_is_refused(site, part_url: str, name: str, value: str):
    path, _, query = part_url.partition("?")
    claims = dict(claim.split("=") for claim in query.split("&")) | {name: value}
    text = "&".join(f"{key}={claim}" for key, claim in claims.items())
    require_nothing(site, "PUT", f"{path}?{quote(text, safe='=&%-.')}", b"sealed")


def test_a_signature_of_one_transfer_opens_no_other(site, part_url, download_url, other_id):
    for method, url in (("PUT", part_url), ("GET", download_url)):
        own = url.split("/")[3]
        require_nothing(
            site, method, url.replace(own, other_id), b"sealed" if method == "PUT" else b""
        )
    upload = part_url.split("?")[0]
    signed_for_reading = download_url.partition("?")[2]
    require_nothing(site, "PUT", f"{upload}?{signed_for_reading}&size=6", b"sealed")
