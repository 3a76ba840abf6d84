"""Google Tink opens what we seal, and we open what Tink seals, in both of our implementations."""

import os
from typing import Any

import pytest
import tink

from sgraph_send.client.format import (
    derive_keys,
    open_part,
    read_envelope,
    seal_part,
    write_envelope,
)
from tests.format import tink_judge
from tests.format.js_format import JsFormat

SALT = bytes(range(16))
CONTENT_KEY = derive_keys(
    bytes(range(32)), read_envelope(write_envelope(SALT, with_passphrase=False))
).content
FIRST_SEGMENT_BYTES = 262_144 - 40 - 16
LENGTHS = [
    0,
    1,
    FIRST_SEGMENT_BYTES - 1,
    FIRST_SEGMENT_BYTES,
    FIRST_SEGMENT_BYTES + 1,
    FIRST_SEGMENT_BYTES + 262_128,
    2**20 + 1,
]


class PythonFormat:
    """Our Python implementation, called as the browser's is."""

    def call(self, name: str, *, contentKey: bytes, index: int, count: int, **data: bytes) -> bytes:
        function = {"sealPart": seal_part, "openPart": open_part}[name]
        return function(contentKey, index, count, *data.values())


@pytest.fixture(params=["python", "browser"])
def ours(request: pytest.FixtureRequest, js_format: JsFormat) -> Any:
    return js_format if request.param == "browser" else PythonFormat()


@pytest.mark.parametrize("length", LENGTHS)
def test_tink_opens_what_we_sealed(ours: Any, length: int) -> None:
    plaintext = os.urandom(length)
    sealed = ours.call("sealPart", contentKey=CONTENT_KEY, index=1, count=3, plaintext=plaintext)
    assert tink_judge.open_part(CONTENT_KEY, 1, 3, sealed) == plaintext


@pytest.mark.parametrize("length", LENGTHS)
def test_we_open_what_tink_sealed(ours: Any, length: int) -> None:
    plaintext = os.urandom(length)
    sealed = tink_judge.seal_part(CONTENT_KEY, 1, 3, plaintext)
    assert (
        ours.call("openPart", contentKey=CONTENT_KEY, index=1, count=3, sealed=sealed) == plaintext
    )


def test_tink_opens_a_whole_part_of_16_mebibytes(ours: Any) -> None:
    plaintext = os.urandom(2**24)
    sealed = ours.call("sealPart", contentKey=CONTENT_KEY, index=0, count=1, plaintext=plaintext)
    assert tink_judge.open_part(CONTENT_KEY, 0, 1, sealed) == plaintext


@pytest.mark.parametrize(("index", "count"), [(0, 3), (2, 3), (1, 2), (1, 4)])
def test_tink_refuses_our_part_in_another_place(ours: Any, index: int, count: int) -> None:
    sealed = ours.call("sealPart", contentKey=CONTENT_KEY, index=1, count=3, plaintext=b"part")
    with pytest.raises(tink.TinkError):
        tink_judge.open_part(CONTENT_KEY, index, count, sealed)


def test_tink_refuses_our_part_cut_at_a_segment_border(ours: Any) -> None:
    plaintext = os.urandom(FIRST_SEGMENT_BYTES + 1)
    sealed = ours.call("sealPart", contentKey=CONTENT_KEY, index=0, count=1, plaintext=plaintext)
    with pytest.raises(tink.TinkError):
        tink_judge.open_part(CONTENT_KEY, 0, 1, sealed[:262_144])
