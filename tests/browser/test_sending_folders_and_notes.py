"""Folders keep their paths, notes arrive as text, and a hidden size stays hidden."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Request, expect

from harness.foreign_sender import Sent, call
from harness.live_site import LiveSite
from sgraph_send.client import format
from tests.browser.pages import SendPage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
MANY = 10_000
# What a browser hands over for a drop; its directory reader answers 100 entries at a time.
DROP = """(tree) => {
  const entryOf = (path, children) => {
    const name = path.split("/").at(-1);
    if (typeof children === "string") {
      const file = new File([children], name, { lastModified: 1 });
      return { isFile: true, isDirectory: false, fullPath: `/${path}`, file: (take) => take(file) };
    }
    const all = Object.entries(children).map(([name, below]) => entryOf(`${path}/${name}`, below));
    const createReader = () => {
      let at = 0;
      return { readEntries: (take) => take(all.slice(at, (at += 100))) };
    };
    return { isFile: false, isDirectory: true, fullPath: `/${path}`, createReader };
  };
  const items = Object.entries(tree).map(([name, below]) => {
    return { kind: "file", webkitGetAsEntry: () => entryOf(name, below) };
  });
  const event = new Event("drop", { bubbles: true, cancelable: true });
  event.dataTransfer = { types: ["Files"], items };
  document.dispatchEvent(event);
}"""


def drop(page: SendPage, tree: dict) -> None:
    page.page.evaluate(DROP, tree)


def manifest_of(site: LiveSite, sent: Sent, passphrase: str = "") -> format.Manifest:
    """Opened as a recipient would, by the other implementation of the format."""
    info = call(f"{site.url}/transfers/info/{sent.transfer_id}")
    envelope = format.read_envelope(info["envelope"])
    keys = format.derive_keys(format.decode_b64u(sent.secret_text, 32), envelope, passphrase)
    proofs = {
        "link_proof": format.encode_b64u(keys.link_proof),
        "proof": format.encode_b64u(keys.proof),
    }
    answer = call(f"{site.url}/transfers/manifest/{sent.transfer_id}", "POST", proofs)
    sealed = format.decode_b64u(answer["manifest"])
    return format.open_manifest(keys, info["envelope"], sealed, info["payload_bytes"])


def paths(manifest: format.Manifest) -> list[str]:
    return sorted(file.path for file in manifest.files)


@pytest.fixture
def site_visit(tmp_path: Path) -> Path:
    folder = tmp_path / "site visit"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "grüße.txt").write_text("b")
    (folder / "deep" / "deeper" / "c").write_text("")
    return folder


def test_a_chosen_folder_keeps_its_paths(local_site: LiveSite, visit: Visit, site_visit: Path):
    page = SendPage.open(visit(local_site))
    page.part("folder-input").set_input_files(site_visit)
    page.wait_state("ready")

    manifest = manifest_of(local_site, page.send())

    assert paths(manifest) == [
        "site visit/a.txt",
        "site visit/deep/deeper/c",
        "site visit/deep/grüße.txt",
    ]


def test_a_dropped_folder_keeps_its_paths_and_says_what_it_left_out(
    local_site: LiveSite, visit: Visit
):
    page = SendPage.open(visit(local_site))
    many = {f"{number:03d}.txt": str(number) for number in range(250)}
    drop(page, {"top": {"many": many, "nothing": {}, "x": {"y": {"z.txt": "deep"}}}, "b.txt": "b"})
    page.wait_state("ready")
    assert "An empty folder was left out" in page.page.locator("#left-out").inner_text()

    manifest = manifest_of(local_site, page.send())

    assert paths(manifest) == sorted(
        ["b.txt", "top/x/y/z.txt", *(f"top/many/{name}" for name in many)]
    )


def test_an_empty_folder_alone_is_nothing_to_send(local_site: LiveSite, visit: Visit):
    page = SendPage.open(visit(local_site))
    drop(page, {"top": {"nothing": {}}})

    expect(page.page.locator("#left-out")).to_contain_text("nothing in it to send")
    assert page.state == "empty"


def test_ten_thousand_files_are_one_transfer(local_site: LiveSite, visit: Visit):
    page = SendPage.open(visit(local_site))
    tree = {
        f"{folder:02d}": {f"{n}.txt": f"{folder}-{n}" for n in range(100)} for folder in range(100)
    }
    drop(page, {"top": tree})
    page.wait_state("ready")
    assert page.page.locator("h1").inner_text() == "Ready to seal 10,000 files"
    assert page.part("file-list").locator("li").count() < 1000

    manifest = manifest_of(local_site, page.send())

    assert len(manifest.files) == MANY
    assert manifest.size == sum(
        len(content) for below in tree.values() for content in below.values()
    )


def test_more_files_than_a_transfer_takes_are_refused_before_anything_is_sent(
    local_site: LiveSite, visit: Visit
):
    page = SendPage.open(visit(local_site))
    sent: list[Request] = []
    page.page.on("request", lambda request: sent.append(request) if request.post_data else None)
    drop(page, {f"{folder}": {f"{n}": "" for n in range(2001)} for folder in range(10)})
    page.wait_state("ready")
    page.start()

    page.wait_state("too-large")
    assert page.error_code == "too_many_files"
    assert sent == []


@pytest.mark.parametrize("note", ["Grüße,\n漢字 🎁 <b>", "x"])
def test_a_note_is_sent_as_text(local_site: LiveSite, visit: Visit, note: str):
    page = SendPage.open(visit(local_site))
    page.page.get_by_role("button", name="Write a note").click()
    page.part("note-input").fill(note)
    page.wait_state("ready")

    sent = page.set(passphrase="tea", downloads="1").send()
    manifest = manifest_of(local_site, sent, "tea")

    (file,) = manifest.files
    assert (manifest.kind, file.path, file.type) == ("text", format.TEXT_PATH, format.TEXT_TYPE)
    assert file.size == len(note.encode())


def test_a_note_given_up_leaves_the_page_as_it_was(local_site: LiveSite, visit: Visit):
    page = SendPage.open(visit(local_site))
    page.part("note-input").fill("not to be sent")
    page.wait_state("ready")

    page.page.get_by_role("button", name="Send files instead").click()

    page.wait_state("empty")
    expect(page.page.locator("#drop")).to_be_visible()
    assert page.part("note-input").input_value() == ""


def test_a_hidden_size_is_told_to_nobody(local_site: LiveSite, visit: Visit):
    size = 1_000_003
    content = random.Random(size).randbytes(size)
    visitor = visit(local_site)
    page = SendPage.open(visitor).choose(
        [FilePayload(name="a.bin", mimeType="image/png", buffer=content)]
    )
    requests: list[Request] = []
    page.page.on("request", lambda request: requests.append(request))
    page.part("hide-size").check()
    sent = page.send()
    padded = size + format.padme_padding(size)

    info = call(f"{local_site.url}/transfers/info/{sent.transfer_id}")
    assert (info["file_size_bytes"], info["payload_bytes"]) == (
        padded,
        format.payload_length(padded),
    )
    told = [len(request.post_data_buffer or b"") for request in requests]
    assert format.payload_length(size) not in told
    assert not [r for r in requests if str(size).encode() in (r.post_data_buffer or b"")[:100_000]]
    manifest = manifest_of(local_site, sent)
    assert (manifest.pad, manifest.files[0].size) == (padded - size, size)
