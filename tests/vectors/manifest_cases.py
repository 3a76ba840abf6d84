"""Vectors of the sealed manifest."""

import json
from typing import Any

from sgraph_send.client.encoding import encode_b64u
from sgraph_send.client.format import (
    TransferKeys,
    derive_keys,
    payload_length,
    read_envelope,
    write_envelope,
)
from sgraph_send.client.manifest import pad_manifest, seal_manifest_plaintext
from sgraph_send.client.manifest_rules import FileEntry, Manifest
from tests.vectors.case import DAMAGED, OK, WRONG_KEY, Cases, case, drawn

SECRET = drawn("secret", 32)
SALT = drawn("kdf salt", 16)
NONCE = drawn("manifest nonce", 12)
ENVELOPE = write_envelope(SALT, with_passphrase=False)
PASSPHRASE = "a passphrase"
FILE = FileEntry("a.txt", 5, "text/plain", 1_600_000_000_000)
PLAIN = Manifest((FILE,))
TEXT = Manifest((FileEntry("message.txt", 5, "text/plain;charset=utf-8"),), kind="text")


def manifest_cases() -> Cases:
    """Good manifests, wrong keys, damaged bytes and bad contents."""
    yield from _good_cases()
    yield from _key_cases()
    yield from _damaged_cases()
    for scenario, json_text in _bad_json().items():
        yield case("manifest", scenario, DAMAGED, _given(json_text))
    yield from _bad_bytes_cases()
    for wrong in (payload_length(5) - 1, payload_length(5) + 1, 5):
        given = _given(_text_of(PLAIN.members()), payload_bytes=wrong)
        yield case("manifest", f"payload of {wrong} bytes", DAMAGED, given)


def _keys(passphrase: str = "") -> TransferKeys:
    envelope = write_envelope(SALT, with_passphrase=bool(passphrase))
    return derive_keys(SECRET, read_envelope(envelope), passphrase)


def _text_of(members: Any) -> str:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _given(
    json_text: str, payload_bytes: int = payload_length(5), passphrase: str = ""
) -> dict[str, Any]:
    envelope = write_envelope(SALT, with_passphrase=bool(passphrase))
    plaintext = pad_manifest(json_text.encode())
    sealed = seal_manifest_plaintext(_keys(passphrase), envelope, plaintext, NONCE)
    return _sealed(sealed, payload_bytes, envelope, passphrase) | {"json": json_text}


def _sealed(
    sealed: bytes,
    payload_bytes: int = payload_length(5),
    envelope: str = ENVELOPE,
    passphrase: str = "",
) -> dict[str, Any]:
    return {
        "secret": SECRET.hex(),
        "passphrase": passphrase,
        "envelope": envelope,
        "payload_bytes": payload_bytes,
        "sealed": encode_b64u(sealed),
    }


def _good_cases() -> Cases:
    good = {
        "one file": PLAIN,
        "several files": Manifest(
            (FILE, FileEntry("b/ü 日本.bin", 2**25), FileEntry("b/empty", 0))
        ),
        "nothing but an empty file": Manifest((FileEntry("empty", 0),)),
        "padded": Manifest((FILE,), pad=2**24),
        "text": TEXT,
        "padded text": Manifest(TEXT.files, pad=3, kind="text"),
        "modified before 1970": Manifest((FileEntry("old", 1, "", -8_640_000_000_000_000),)),
        "parts of 32 mib": Manifest((FileEntry("big", 2**37 + 1),)),
    }
    for scenario, manifest in good.items():
        given = _given(_text_of(manifest.members()), payload_length(manifest.size))
        yield case("manifest", scenario, OK, given, manifest.members())
    given = _given(_text_of(PLAIN.members()), passphrase=PASSPHRASE)
    yield case("manifest", "with passphrase", OK, given, PLAIN.members())
    text = _text_of(PLAIN.members())
    unknown = '"later":[1.5,{"x":null}],"__proto__":{"v":2},"rate":1e400,'
    spelled = {
        "unknown members": text.replace('"kind"', unknown + '"kind"'),
        "white space and escapes": text.replace('"path":"a.txt"', '"path" :\n\t"\\u0061.txt"'),
    }
    for scenario, json_text in spelled.items():
        yield case("manifest", scenario, OK, _given(json_text), PLAIN.members())


def _key_cases() -> Cases:
    given = _given(_text_of(PLAIN.members()))
    another = given | {"secret": drawn("another secret", 32).hex()}
    yield case("manifest", "another secret", WRONG_KEY, another)
    protected = _given(_text_of(PLAIN.members()), passphrase=PASSPHRASE)
    yield case(
        "manifest", "another passphrase", WRONG_KEY, protected | {"passphrase": "A passphrase"}
    )
    envelope = write_envelope(drawn("salt 2", 16), with_passphrase=False)
    yield case("manifest", "swapped between transfers", WRONG_KEY, given | {"envelope": envelope})
    sealed = _plain_sealed()
    yield case(
        "manifest", "bit flipped in the commitment", WRONG_KEY, _sealed(_flipped(sealed, 31))
    )


def _plain_sealed() -> bytes:
    plaintext = pad_manifest(_text_of(PLAIN.members()).encode())
    return seal_manifest_plaintext(_keys(), ENVELOPE, plaintext, NONCE)


def _flipped(sealed: bytes, offset: int) -> bytes:
    return sealed[:offset] + bytes([sealed[offset] ^ 0x80]) + sealed[offset + 1 :]


def _damaged_cases() -> Cases:
    sealed = _plain_sealed()
    flips = {"nonce": 32, "ciphertext": 44, "spaces": 4000, "tag": len(sealed) - 1}
    for place, offset in flips.items():
        given = _sealed(_flipped(sealed, offset))
        yield case("manifest", f"bit flipped in the {place}", DAMAGED, given)
    for length in (0, 31, 32, 44, 60, len(sealed) - 1):
        given = _sealed(sealed[:length])
        yield case("manifest", f"truncated to {length} bytes", DAMAGED, given)
    yield case("manifest", "a byte appended", DAMAGED, _sealed(sealed + b"\0"))
    reworded = ENVELOPE.replace(":", ": ", 1)
    yield case(
        "manifest", "envelope in another spelling", DAMAGED, _sealed(sealed, envelope=reworded)
    )


def _bad_bytes_cases() -> Cases:
    json_bytes = _text_of(PLAIN.members()).encode()
    contents = {
        "bad manifest without its spaces": json_bytes,
        "bad manifest with a byte order mark": pad_manifest(b"\xef\xbb\xbf" + json_bytes),
        "bad manifest not utf 8": pad_manifest(json_bytes.replace(b"a.txt", b"\xff.txt")),
        "bad manifest with a surrogate in utf 8": pad_manifest(
            json_bytes.replace(b"a.txt", b"\xed\xa0\x80.txt")
        ),
        "bad manifest of zero bytes": bytes(4096),
        "bad manifest of spaces": b" " * 4096,
        "bad manifest followed by zero bytes": json_bytes + bytes(4096 - len(json_bytes)),
    }
    for scenario, plaintext in contents.items():
        sealed = seal_manifest_plaintext(_keys(), ENVELOPE, plaintext, NONCE)
        yield case("manifest", scenario, DAMAGED, _sealed(sealed))


def _bad_json() -> dict[str, str]:
    text = _text_of(PLAIN.members())
    replaced = {
        "version 2": ('"v":1', '"v":2'),
        "version with a fraction": ('"v":1', '"v":1.0'),
        "unknown kind": ('"kind":"files"', '"kind":"folder"'),
        "kind missing": ('"kind":"files",', ""),
        "size with a fraction": ('"size":5,"part', '"size":5.0,"part'),
        "size with an exponent": ('"size":5,"part', '"size":5e0,"part'),
        "size as a string": ('"size":5,"part', '"size":"5","part'),
        "size missing": ('"size":5,"part', '"part'),
        "size negative": ('"size":5,"part', '"size":-5,"part'),
        "size too large": ('"size":5,"part', '"size":9007199254740992,"part'),
        "size nan": ('"size":5,"part', '"size":NaN,"part'),
        "sizes that do not add up": ('"size":5,"type', '"size":4,"type'),
        "padding that does not add up": ('"pad":0', '"pad":1'),
        "padding negative": ('"pad":0', '"pad":-1'),
        "padding missing": ('"pad":0,', ""),
        "file size negative": ('"size":5,"type', '"size":-5,"type'),
        "file size with a fraction": ('"size":5,"type', '"size":5.0,"type'),
        "file size missing": ('"size":5,"type', '"type'),
        "wrong part size": ('"part_size":16777216', '"part_size":33554432'),
        "part size too small": ('"part_size":16777216', '"part_size":5'),
        "wrong number of parts": ('"parts":1', '"parts":2'),
        "no parts": ('"parts":1', '"parts":0'),
        "parts true": ('"parts":1', '"parts":true'),
        "duplicate member": ('"parts":1', '"parts":1,"parts":1'),
        "duplicate member in a file": ('"path":"a.txt"', '"path":"b.txt","path":"a.txt"'),
        "duplicate unknown member": ('"parts":1', '"parts":1,"x":{"y":1,"y":1}'),
        "nan in an unknown member": ('"parts":1', '"parts":1,"x":NaN'),
        "infinity in an unknown member": ('"parts":1', '"parts":1,"x":-Infinity'),
        "trailing comma": ("}]}", "}],}"),
        "text after the json": ("}]}", "}]}{}"),
        "cut short": ("}]}", "}]"),
        "path missing": ('"path":"a.txt",', ""),
        "path a number": ('"path":"a.txt"', '"path":1'),
        "path with dot dot": ('"path":"a.txt"', '"path":"../a.txt"'),
        "path with an escaped surrogate": ('"path":"a.txt"', '"path":"\\ud800.txt"'),
        "path with an escaped nul": ('"path":"a.txt"', '"path":"a.txt\\u0000.exe"'),
        "type missing": (',"type":"text/plain"', ""),
        "type null": ('"type":"text/plain"', '"type":null'),
        "modified with a fraction": ('"modified":1600000000000', '"modified":1600000000000.5'),
        "modified null": ('"modified":1600000000000', '"modified":null'),
        "modified too large": ('"modified":1600000000000', '"modified":8640000000000001'),
        "modified too small": ('"modified":1600000000000', '"modified":-8640000000000001'),
    }
    for scenario, (old, _) in replaced.items():
        assert text.count(old) == 1, scenario
    cases = {scenario: text.replace(old, new) for scenario, (old, new) in replaced.items()}
    cases |= _bad_members()
    return {f"bad manifest {scenario}": json_text for scenario, json_text in cases.items()}


def _bad_members() -> dict[str, str]:
    plain, text = PLAIN.members(), TEXT.members()
    file = plain["files"][0]
    message = text["files"][0]
    halves = [file | {"path": "a", "size": 2**53 - 1}, file | {"path": "b", "size": 2**53 - 1}]
    changed = {
        "a list": [plain],
        "no files": plain | {"size": 0, "files": []},
        "files missing": {name: plain[name] for name in plain if name != "files"},
        "files an object": plain | {"files": {"0": file}},
        "file a string": plain | {"files": ["a.txt"]},
        "path twice": plain | {"files": [file, file | {"size": 0}]},
        "path inside another": plain | {"files": [file, file | {"path": "a.txt/b", "size": 0}]},
        "sum too large": plain | {"size": 2**54 - 2, "files": halves},
        "text of two files": text | {"files": [message, message | {"path": "b", "size": 0}]},
        "text by another name": text | {"files": [message | {"path": "message.html"}]},
        "text of another type": text | {"files": [message | {"type": "text/html"}]},
    }
    return {scenario: _text_of(members) for scenario, members in changed.items()}
