"""Whatever a store does to the sealed bytes, the page says so, and nothing is saved."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from sgraph_send.client import format
from tests.browser import at_rest
from tests.browser.pages import DownloadPage
from tests.browser.private_files import private_names
from tests.browser.stored_payload import LocalPayload, S3Payload
from tests.browser.visitors import Visitor

SEGMENT = 262_144
PART = 2**24
PLAIN_BYTES = 2 * PART
SEALED_PART = format.sealed_part_length(PART)
LAST_BEGINS = SEALED_PART // SEGMENT * SEGMENT  # the last segment of a full part is a short one

Payload = LocalPayload | S3Payload


def flipped(at: int) -> Callable[[bytes, bytes], bytes]:
    """One bit of byte `at` (from the end when negative) turned over."""

    def tamper(own: bytes, other: bytes) -> bytes:
        changed = bytearray(own)
        changed[at] ^= 0x10
        return bytes(changed)

    return tamper


def cut(at: int) -> Callable[[bytes, bytes], bytes]:
    return lambda own, other: own[:at]


def segments_of(part: bytes) -> list[bytes]:
    return [part[at : at + SEGMENT] for at in range(0, len(part), SEGMENT)]


def segments_swapped(own: bytes, other: bytes) -> bytes:
    pieces = segments_of(own[:SEALED_PART])
    pieces[1], pieces[2] = pieces[2], pieces[1]
    return b"".join(pieces) + own[SEALED_PART:]


def segment_twice(own: bytes, other: bytes) -> bytes:
    pieces = segments_of(own[:SEALED_PART])
    pieces[2] = pieces[1]
    return b"".join(pieces) + own[SEALED_PART:]


def segment_of_another_part(own: bytes, other: bytes) -> bytes:
    first, second = segments_of(own[:SEALED_PART]), segments_of(own[SEALED_PART:])
    first[3] = second[3]
    return b"".join(first) + own[SEALED_PART:]


TAMPERINGS = {
    "bit flipped in the first byte": flipped(0),
    "bit flipped in the salt": flipped(7),
    "bit flipped in the nonce prefix": flipped(36),
    "bit flipped in a ciphertext": flipped(SEGMENT + 99),
    "bit flipped in a tag": flipped(2 * SEGMENT - 1),
    "bit flipped in the last byte": flipped(-1),
    "segments reordered": segments_swapped,
    "segment duplicated": segment_twice,
    "segment of another part": segment_of_another_part,
    "parts reordered": lambda own, other: own[SEALED_PART:] + own[:SEALED_PART],
    "part duplicated": lambda own, other: own[:SEALED_PART] * 2,
    "first part of another transfer": lambda own, other: other[:SEALED_PART] + own[SEALED_PART:],
    "last part of another transfer": lambda own, other: own[:SEALED_PART] + other[SEALED_PART:],
    "all of another transfer": lambda own, other: other,
    "bytes appended": lambda own, other: own + bytes(56),
    "zeros for the last segment": lambda own, other: (
        own[:LAST_BEGINS] + bytes(len(own))[LAST_BEGINS:]
    ),
    "cut by a byte": cut(-1),
    "cut between the parts": cut(SEALED_PART),
    "cut at a segment border of the last part": cut(SEALED_PART + 5 * SEGMENT),
    "cut before the last segment": cut(SEALED_PART + LAST_BEGINS),
    "cut to the header": cut(40),
    "cut to nothing": cut(0),
}
IN_EVERY_RUN = {
    "bit flipped in a tag",
    "segments reordered",
    "part duplicated",
    "first part of another transfer",
    "cut between the parts",
    "cut before the last segment",
    "cut to nothing",
}
BORDERS = [
    part * SEALED_PART + segment * SEGMENT
    for part in range(2)
    for segment in range(-(-SEALED_PART // SEGMENT))
]


@dataclass
class Stored:
    """A sent transfer, where its bytes are, what they were, and those of another one."""

    site: LiveSite
    link: str
    transfer_id: str
    payload: Payload
    own: bytes
    other: bytes


@pytest.fixture(scope="module", params=["local", "s3"])
def stored(request: pytest.FixtureRequest) -> Stored:
    site: LiveSite = request.getfixturevalue(f"{request.param}_site")

    def sent_payload() -> tuple[ForeignSender, Payload]:
        sender = ForeignSender(site, {"film.mkv": os.urandom(PLAIN_BYTES)})
        sender.send()
        if request.param == "local":
            return sender, LocalPayload(site, sender.transfer_id)
        bucket = site.environment["SGRAPH_SEND__S3_BUCKET"]
        return sender, S3Payload(request.getfixturevalue("seaweed"), bucket, sender.transfer_id)

    sender, payload = sent_payload()
    _, other = sent_payload()
    link, transfer_id = sender.sent.link, sender.transfer_id
    return Stored(site, link, transfer_id, payload, payload.read(), other.read())


@pytest.fixture
def recipient(stored: Stored, visit: Callable[..., Visitor]) -> Iterator[Visitor]:
    """Somebody with the link; afterwards the store's bytes are right again."""
    visitor = visit(stored.site)
    visitor.expect_status(416)
    yield visitor
    stored.payload.write(stored.own)


def assert_refused(page: DownloadPage) -> None:
    """Says that the files are damaged; neither a download nor a staged file is left."""
    saved = page.start_saving()
    page.wait_state("damaged", "failed", "done")
    assert (page.state, page.error_code) == ("damaged", "damaged")
    assert "nothing was saved" in page.sentence
    assert private_names(page.page) == []
    assert not saved


@pytest.mark.parametrize(
    "how",
    [
        how if how in IN_EVERY_RUN else pytest.param(how, marks=pytest.mark.long)
        for how in TAMPERINGS
    ],
)
def test_tampered_bytes_are_refused(stored: Stored, recipient: Visitor, how: str):
    tampered = TAMPERINGS[how](stored.own, stored.other)
    assert tampered != stored.own
    stored.payload.write(tampered)

    assert_refused(DownloadPage.open(recipient, stored.link))


@pytest.mark.long
@pytest.mark.parametrize("border", BORDERS)
def test_a_cut_at_any_segment_border_is_refused(stored: Stored, recipient: Visitor, border: int):
    stored.payload.write(stored.own[:border])

    assert_refused(DownloadPage.open(recipient, stored.link))


def test_a_server_that_lies_about_the_length_as_well_is_refused(
    local_site: LiveSite, visit: Callable[..., Visitor]
):
    sender = ForeignSender(local_site, {"film.mkv": os.urandom(PLAIN_BYTES)})
    sender.send()
    LocalPayload(local_site, sender.transfer_id).write(os.urandom(SEALED_PART))
    at_rest.change_row(local_site, sender.transfer_id, "payload_bytes", SEALED_PART)

    page = DownloadPage.open(visit(local_site), sender.sent.link)

    page.wait_state("damaged", "failed", "ready")
    assert (page.state, page.error_code) == ("damaged", "damaged")


def test_what_was_tampered_with_and_put_right_is_saved(
    stored: Stored, recipient: Visitor, tmp_path
):
    stored.payload.write(TAMPERINGS["bit flipped in a tag"](stored.own, stored.other))
    page = DownloadPage.open(recipient, stored.link)
    assert_refused(page)
    stored.payload.write(stored.own)

    page.page.get_by_role("button", name="Try again").click()

    page.wait_state("done")
