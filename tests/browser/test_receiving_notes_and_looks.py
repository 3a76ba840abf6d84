"""What is read on the page itself: notes, and a look at a file before it is saved."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.foreign_sender import ForeignSender, Sent, call
from harness.live_site import LiveSite
from sgraph_send.client.manifest_rules import FileEntry, Manifest
from tests.browser.pages import DownloadPage
from tests.browser.visitors import Visitor

MIB = 2**20
Visit = Callable[..., Visitor]
NOTE = "Grüße,\n\n  <b>kein Markup</b> & \u202eno tricks\n\tende"
MARKUP = b"<svg xmlns='http://www.w3.org/2000/svg'><script>window.ran = 1</script></svg>"


def png(width: int, height: int, *, told_width: int | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", told_width or width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x0d\x6b\x50" * width for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def send_note(site: LiveSite, text: str, **limits: int) -> Sent:
    content = text.encode()
    sender = ForeignSender(site, {"message.txt": content})
    entry = FileEntry("message.txt", len(content), "text/plain;charset=utf-8")
    sender.manifest = Manifest((entry,), kind="text")
    return sender.send(**limits)


def remaining(site: LiveSite, sent: Sent) -> int:
    return call(f"{site.url}/transfers/info/{sent.transfer_id}")["downloads_remaining"]


def look_at(page: DownloadPage, path: str, kind: str):
    page.wait_state("ready", "done")
    page.page.get_by_role("button", name=f"Look at {path}", exact=True).click()
    dialog = page.part("look-dialog")
    expect(dialog).to_have_attribute("data-look", kind)
    return dialog


def pasted(visitor: Visitor) -> str:
    """What the clipboard holds, elsewhere: our own pages may not read it."""
    page = visitor.context.new_page()
    page.set_content("<textarea>")
    page.locator("textarea").press("Control+V")
    expect(page.locator("textarea")).not_to_have_value("")
    text = page.locator("textarea").input_value()
    page.close()
    return text


def test_a_note_is_read_and_copied(local_site: LiveSite, visit: Visit, tmp_path: Path):
    sent = send_note(local_site, NOTE, max_downloads=5)
    reader = visit(local_site, permissions=["clipboard-write"])
    page = DownloadPage.open(reader, sent.link)
    page.wait_state("ready")
    assert page.page.get_by_role("heading", level=1).inner_text() == "Someone sent you a note"
    assert page.part("note-text").is_hidden()
    assert remaining(local_site, sent) == 5

    page.part("download-button").click()

    page.wait_state("done")
    note = page.part("note-text")
    assert note.text_content() == NOTE
    assert note.locator("b").count() == 0
    assert remaining(local_site, sent) == 4

    page.part("copy-note-button").click()
    expect(page.page.get_by_text("Note copied.")).to_be_visible()
    assert pasted(reader) == NOTE

    with page.page.expect_download() as started:
        page.part("save-note-button").click()
    assert started.value.suggested_filename == "message.txt"
    assert Path(started.value.path()).read_bytes() == NOTE.encode()
    assert remaining(local_site, sent) == 4


def test_a_very_long_note_is_saved_as_a_file(local_site: LiveSite, visit: Visit, tmp_path: Path):
    sent = send_note(local_site, "ab" * MIB)
    page = DownloadPage.open(visit(local_site), sent.link)

    saved = page.save(tmp_path)

    assert (saved.name, saved.path.stat().st_size) == ("message.txt", 2 * MIB)
    assert page.part("note-text").is_hidden()


def test_a_note_that_is_not_text_is_damaged(local_site: LiveSite, visit: Visit):
    sender = ForeignSender(local_site, {"message.txt": b"\xff\xfe\x00"})
    entry = FileEntry("message.txt", 3, "text/plain;charset=utf-8")
    sender.manifest = Manifest((entry,), kind="text")
    page = DownloadPage.open(visit(local_site), sender.send().link)
    page.wait_state("ready")

    page.part("download-button").click()

    page.wait_state("damaged")
    assert page.part("note-text").is_hidden()


def test_an_image_is_looked_at_and_saved_in_one_download(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    sent = ForeignSender(local_site, {"a.png": png(300, 200)}).send(max_downloads=2)
    page = DownloadPage.open(visit(local_site), sent.link)

    dialog = look_at(page, "a.png", "image")
    canvas = dialog.locator("canvas")
    assert (canvas.get_attribute("width"), canvas.get_attribute("height")) == ("300", "200")
    pixel = "canvas => [...canvas.getContext('2d').getImageData(5, 5, 1, 1).data]"
    assert canvas.evaluate(pixel) == [0x0D, 0x6B, 0x50, 255]
    page.page.keyboard.press("Escape")

    assert page.save(tmp_path).path.read_bytes() == png(300, 200)
    assert remaining(local_site, sent) == 1


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("notes.txt", b"Zeile 1\n<i>x</i>", "text"),
        ("picture.png", MARKUP, "none"),
        ("page.txt", b"<!doctype html><script>window.ran = 1</script>", "none"),
        ("paper.txt", b"%PDF-1.7 and so on", "none"),
        ("binary.txt", b"a\0b", "none"),
        ("photo.txt", png(2, 2), "image"),
        ("bomb.png", png(2, 2, told_width=60_000)[:40] + bytes(100), "none"),
    ],
)
def test_the_bytes_decide_what_is_shown(
    local_site: LiveSite, visit: Visit, path: str, content: bytes, kind: str
):
    page = DownloadPage.open(
        visit(local_site), ForeignSender(local_site, {path: content}).send().link
    )

    dialog = look_at(page, path, kind)

    shown = dialog.locator("pre")
    assert shown.all_text_contents() == ([content.decode()] if kind == "text" else [])
    assert dialog.locator("canvas").count() == (kind == "image")
    assert page.page.evaluate("window.ran") is None


def test_documents_and_large_files_offer_no_look(local_site: LiveSite, visit: Visit):
    files = {"a.html": b"<p>", "b.svg": MARKUP, "c.pdf": b"%PDF", "d.txt": b"x" * (MIB + 1)}
    page = DownloadPage.open(visit(local_site), ForeignSender(local_site, files).send().link)
    page.names()

    assert page.page.get_by_role("button", name="Look at").count() == 0
    assert page.part("save-one").get_attribute("aria-label") == "Save a.html"
