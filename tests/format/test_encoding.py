"""Strict JSON and base64url: one reading of every text, in both implementations."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sgraph_send.client.encoding import decode_b64u, encode_b64u, parse_strict_json
from sgraph_send.client.errors import DamagedError
from tests.format.js_format import JsFormat, JsFormatError

PUNCTUATION = st.sampled_from('{}[],:"\\ \t\n-+.0159eE\0\ufeff\u00a0')
WORDS = st.sampled_from(
    ['"a"', '"a":1', '"\\u0061":2', '"__proto__":', "1.0", "1e3", "null", "true", "NaN", "Infinity"]
)
EDGES = st.sampled_from(["9007199254740991", "-9007199254740992", "9007199254740992"])
TOKENS = PUNCTUATION | WORDS | EDGES
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=2), inner)
)
TEXTS = st.lists(TOKENS, max_size=12).map("".join) | VALUES.map(json.dumps)


def outcome(read: Any) -> Any:
    try:
        return _comparable(read())
    except (DamagedError, JsFormatError):
        return "damaged"


def _comparable(value: Any) -> Any:
    """NaN stands for numbers of other kinds; it leaves Node as null."""
    if isinstance(value, dict):
        return {name: _comparable(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


@given(TEXTS)
@example('{"a":1,"\\u0061":2}')
@example("-0")
@example("[" * 65 + "]" * 65)
@example("[" * 66 + "]" * 66)
@example("[" * 64 + "1" + "]" * 64)
@example("[" * 65 + "1" + "]" * 65)
@example("[" * 100_000)
@example("9" * 5000)
def test_both_implementations_read_the_same_json(js_format: JsFormat, text: str) -> None:
    ours = outcome(lambda: parse_strict_json(text))
    assert outcome(lambda: js_format.call("parseStrictJson", text=text)) == ours


@given(st.binary(max_size=80))
def test_b64u_round_trips(data: bytes) -> None:
    assert decode_b64u(encode_b64u(data), len(data)) == data


@given(st.text(st.sampled_from("AQgw_-+/= \n."), max_size=8))
def test_b64u_has_one_text_for_each_value(text: str) -> None:
    try:
        data = decode_b64u(text)
    except DamagedError:
        return
    assert encode_b64u(data) == text


@pytest.mark.parametrize("value", [None, 12, b"AAAA", ["AAAA"]])
def test_b64u_refuses_what_is_not_text(value: Any) -> None:
    with pytest.raises(DamagedError):
        decode_b64u(value)
