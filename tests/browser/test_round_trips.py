"""What one browser sends another receives, byte for byte, on both stores."""

import hashlib
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload

from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor

PART = 2**24
Visit = Callable[..., Visitor]


def content_of(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def file_of(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes(content_of(size))
    return path


def payload(name: str, content: bytes = b"x") -> FilePayload:
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


@pytest.mark.parametrize(
    "size",
    [0, 1, PART - 1, PART, PART + 1, 3 * PART + 5],
    ids=["empty", "one byte", "part - 1", "one part", "part + 1", "three parts and 5 bytes"],
)
def test_a_file_arrives_as_it_was_sent(site: LiveSite, visit: Visit, tmp_path: Path, size: int):
    original = file_of(tmp_path, "original.bin", size)
    sent = SendPage.open(visit(site)).choose([original]).send()

    page = DownloadPage.open(visit(site), sent.link)
    assert page.names() == ["original.bin"]
    saved = page.save(tmp_path)

    assert saved.name == "original.bin"
    assert digest(saved.path) == digest(original)


def test_what_was_copied_is_not_said_of_the_link_that_follows(local_site: LiveSite, visit: Visit):
    page = SendPage.open(visit(local_site)).choose([payload("notes.txt")])
    page.send()

    said = page.page.evaluate("""async () => {
      const field = document.querySelector("#link-field");
      const button = field.querySelector("button");
      button.click();
      while (button.textContent !== "Copied") await new Promise(requestAnimationFrame);
      document.querySelector("#switch-delivery").click();
      return field.innerText;
    }""")

    assert "Copy link" in said
    assert "copied" not in said.lower()


def test_who_sends_before_the_limits_have_come_sends_with_the_usual_ones(
    local_site: LiveSite, visit: Visit
):
    hasty = visit(local_site)
    hasty.context.route("**/info/config", lambda route: None)
    page = SendPage.open(hasty).choose([payload("notes.txt")])
    page.start()
    hasty.context.unroute("**/info/config")

    assert page.sent().link


@pytest.mark.long
def test_a_hundred_megabytes_arrive_as_they_were_sent(site: LiveSite, visit: Visit, tmp_path: Path):
    original = file_of(tmp_path, "film.mkv", 100 * 10**6)
    sent = SendPage.open(visit(site)).choose([original]).send()

    saved = DownloadPage.open(visit(site), sent.link).save(tmp_path)

    assert digest(saved.path) == digest(original)


def test_several_files_arrive_in_one_archive(site: LiveSite, visit: Visit, tmp_path: Path):
    originals = {"a.txt": content_of(10), "empty": b"", "big.bin": content_of(PART + 9)}
    chosen = [payload(name, content) for name, content in originals.items()]
    sent = SendPage.open(visit(site)).choose(chosen).send()

    page = DownloadPage.open(visit(site), sent.link)
    assert page.names() == list(originals)
    saved = page.save(tmp_path)

    assert saved.name.endswith(".zip")
    with zipfile.ZipFile(saved.path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == originals


def test_one_file_of_several_arrives_alone(site: LiveSite, visit: Visit, tmp_path: Path):
    originals = {"a.txt": content_of(11), "b.bin": content_of(PART + 9), "c.txt": content_of(12)}
    chosen = [payload(name, content) for name, content in originals.items()]
    sent = SendPage.open(visit(site)).choose(chosen).send()
    page = DownloadPage.open(visit(site), sent.link)

    for number, name in [(1, "b.bin"), (2, "c.txt")]:
        page.wait_state("ready", "done")
        saved = page.save_one(number, tmp_path)
        assert (saved.name, saved.path.read_bytes()) == (name, originals[name])


@pytest.mark.parametrize(
    ("name", "shown", "saved_as"),
    [
        ("grüße 漢字 🎁.txt", "grüße 漢字 🎁.txt", "grüße 漢字 🎁.txt"),
        ("../../etc/passwd", None, "passwd"),
        ("<img src=x onerror=alert(1)>.html", None, "_img src=x onerror=alert(1)_.html"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe", "invoice_fdp.exe"),
        ("CON", "CON", "_CON"),
        ("a" * 300 + ".txt", "a" * 251 + ".txt", "a" * 251 + ".txt"),
    ],
    ids=["not ASCII", "climbing", "markup", "right-to-left override", "reserved", "too long"],
)
def test_hostile_names_arrive_as_harmless_text(
    local_site: LiveSite, visit: Visit, tmp_path: Path, name: str, shown: str | None, saved_as: str
):
    sending = SendPage.open(visit(local_site)).choose([payload(name, b"harmless")])
    names_before = sending.names()
    sent = sending.send()

    page = DownloadPage.open(visit(local_site), sent.link)
    names = page.names()
    assert names_before == names
    saved = page.save(tmp_path)

    if shown:
        assert names == [shown]
    assert page.page.locator("img[src=x]").count() == 0
    assert (saved.name, saved.path.read_bytes()) == (saved_as, b"harmless")


def test_equal_and_colliding_names_arrive_apart(local_site: LiveSite, visit: Visit, tmp_path: Path):
    chosen = [payload("same.txt", b"1"), payload("same.txt", b"2"), payload("SAME.txt", b"3")]
    sending = SendPage.open(visit(local_site)).choose(chosen)
    assert sending.names() == ["same.txt", "same (2).txt", "SAME.txt"]
    sent = sending.send()

    saved = DownloadPage.open(visit(local_site), sent.link).save(tmp_path)

    with zipfile.ZipFile(saved.path) as archive:
        names = archive.namelist()
        assert len({name.lower() for name in names}) == 3
        assert [archive.read(name) for name in names] == [b"1", b"2", b"3"]


def test_key_and_passphrase_travel_apart(site: LiveSite, visit: Visit, tmp_path: Path):
    sending = SendPage.open(visit(site)).choose([payload("p.txt", b"twice sealed")])
    sent = sending.set(passphrase="grüner Tee", key_apart=True, downloads="1").send()
    assert "#" not in sent.link

    page = DownloadPage.open(visit(site), sent.link)
    page.wait_state("no-key")
    page.enter_key(sent.key).wait_state("needs-passphrase")
    page.enter_passphrase("grüner Tee")

    assert page.save(tmp_path).path.read_bytes() == b"twice sealed"


def test_the_sender_sees_the_download_and_deletes(site: LiveSite, visit: Visit, tmp_path: Path):
    sent = SendPage.open(visit(site)).choose([payload("p.txt")]).send()
    DownloadPage.open(visit(site), sent.link).save(tmp_path)

    managing = ManagePage.open(visit(site), sent.manage_link)
    managing.wait_state("ready")
    assert len(managing.downloads()) == 1
    managing.delete()

    latecomer = visit(site)
    latecomer.expect_status(404)
    assert DownloadPage.open(latecomer, sent.link).wait_state("not-found")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
