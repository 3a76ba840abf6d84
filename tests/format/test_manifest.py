"""Manifests and keys in Python, and manifests from one implementation to the other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgraph_send.client.format import (
    DamagedError,
    FileEntry,
    Manifest,
    WrongKeyError,
    derive_keys,
    open_manifest,
    payload_length,
    read_envelope,
    safe_paths,
    seal_manifest,
    write_envelope,
)
from tests.format.js_format import JsFormat

SECRET = bytes(range(32))
ENVELOPE = write_envelope(bytes(16), with_passphrase=False)
PROTECTED = write_envelope(bytes(16), with_passphrase=True)
KEYS = derive_keys(SECRET, read_envelope(ENVELOPE))

FILES = st.builds(
    FileEntry,
    path=st.text(st.characters(exclude_categories=["Cn", "Cs"]), max_size=20),
    size=st.integers(0, 2**40),
    type=st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    modified=st.none() | st.integers(-(864 * 10**13), 864 * 10**13),
)


def with_safe_paths(files: list[FileEntry]) -> tuple[FileEntry, ...]:
    paths = safe_paths(file.path for file in files)
    return tuple(replace(file, path=path) for file, path in zip(files, paths, strict=True))


@given(st.lists(FILES, min_size=1, max_size=5).map(with_safe_paths), st.integers(0, 2**40))
def test_each_implementation_opens_the_manifest_that_the_other_sealed(
    js_format: JsFormat, files: tuple[FileEntry, ...], pad: int
) -> None:
    manifest = Manifest(files, pad)
    payload_bytes = payload_length(manifest.size)
    to_browser = seal_manifest(KEYS, ENVELOPE, manifest)
    place = {"secret": SECRET, "envelopeText": ENVELOPE}
    opened = js_format.call("openManifest", **place, sealed=to_browser, payloadBytes=payload_bytes)
    assert opened == manifest.members()
    to_python = js_format.call("sealManifest", **place, manifest=manifest.members())
    assert open_manifest(KEYS, ENVELOPE, to_python, payload_bytes) == manifest


def test_two_seals_of_one_manifest_share_no_nonce() -> None:
    manifest = Manifest((FileEntry("a", 1),))
    nonces = {seal_manifest(KEYS, ENVELOPE, manifest)[32:44] for _ in range(20)}
    assert len(nonces) == 20


@pytest.mark.parametrize(
    "manifest",
    [
        Manifest(()),
        Manifest((FileEntry("../a", 1),)),
        Manifest((FileEntry("a", 1), FileEntry("a", 1))),
        Manifest((FileEntry("a", -1), FileEntry("b", 1))),
        Manifest((FileEntry("a", 1, modified=10**16),)),
        Manifest((FileEntry("a", 1),), kind="text"),
        Manifest(tuple(FileEntry(str(number), 1) for number in range(20_001))),
        Manifest(tuple(FileEntry(f"{'x' * 250}/{'y' * 200}/{n}", 1) for n in range(20_000))),
    ],
    ids=[
        "no file",
        "climbing",
        "twice",
        "negative",
        "far future",
        "no text",
        "too many",
        "too long",
    ],
)
def test_a_writer_refuses_what_no_reader_would_take(manifest: Manifest) -> None:
    with pytest.raises(DamagedError):
        seal_manifest(KEYS, ENVELOPE, manifest)


def test_twenty_thousand_files_fit() -> None:
    manifest = Manifest(tuple(FileEntry(str(number), 1) for number in range(20_000)))
    sealed = seal_manifest(KEYS, ENVELOPE, manifest)
    assert open_manifest(KEYS, ENVELOPE, sealed, payload_length(20_000)) == manifest


def test_a_manifest_longer_than_8_mebibytes_is_damaged_before_it_is_decrypted() -> None:
    sealed = KEYS.commitment + bytes(12 + 8 * 2**20 + 4096 + 16)
    with pytest.raises(DamagedError, match="length"):
        open_manifest(KEYS, ENVELOPE, sealed, 57)


def test_a_passphrase_changes_every_key_but_the_link_proof() -> None:
    protected = derive_keys(SECRET, read_envelope(PROTECTED), "Alice's")
    same = {name for name, key in vars(protected).items() if key == vars(KEYS)[name]}
    assert same == {"link_proof"}


@pytest.mark.parametrize(("envelope", "passphrase"), [(PROTECTED, ""), (ENVELOPE, "Alice's")])
def test_a_passphrase_that_is_missing_or_not_wanted_is_never_ignored(
    envelope: str, passphrase: str
) -> None:
    with pytest.raises(WrongKeyError):
        derive_keys(SECRET, read_envelope(envelope), passphrase)


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        derive_keys(SECRET[:31], read_envelope(ENVELOPE))


def test_keys_do_not_show_in_logs() -> None:
    assert KEYS.content.hex() not in repr(KEYS)
    assert repr(KEYS.content) not in repr(KEYS)
