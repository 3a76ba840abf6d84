"""Vectors of manifest paths: each is checked as the whole list of a manifest."""

import unicodedata

from tests.vectors.case import DAMAGED, OK, Cases, case

_REFUSED_EDGES = [0x00, 0x0A, 0x1F, 0x7F, 0x9F, 0x61C, 0x200E, 0x200F, 0x2028, 0x202A, 0x202E]
_REFUSED_EDGES += [0x2066, 0x2069, 0xFEFF]
_ALLOWED_NEIGHBOURS = [
    0x20,
    0x7E,
    0xA0,
    0x61B,
    0x61D,
    0x200D,
    0x2010,
    0x2027,
    0x202F,
    0x2065,
    0x206A,
    0xFEFE,
]

_GOOD = {
    "one name": ["a.txt"],
    "folders": ["a/b/c.txt", "a/b/d.txt", "a/e.txt"],
    "not latin": ["Ünïcödé/日本語/😀.txt"],
    "segment of 255 bytes": ["x" * 255],
    "path of 1024 bytes": ["/".join(["x" * 204] * 4 + ["y" * 204])],
    "dots inside names": [".hidden", "...", "a..b", "a."],
    "the same but for case": ["a", "A"],
    "a name that begins like another": ["a", "a.b/c", "ab", "a b"],
    "left to the sink": ["con", "nul.txt", "a:b", "name ", "<b>.html"],
    "neighbours of refused characters": ["".join(map(chr, _ALLOWED_NEIGHBOURS))],
}

_BAD = {
    "empty": [""],
    "absolute": ["/etc/passwd"],
    "final slash": ["a/"],
    "empty segment": ["a//b"],
    "dot": ["."],
    "dot segment": ["a/./b"],
    "dot dot": [".."],
    "dot dot at the start": ["../a"],
    "dot dot inside": ["a/../../b"],
    "dot dot at the end": ["a/.."],
    "backslash": ["a\\b"],
    "dot dot with backslash": ["..\\a"],
    "unpaired surrogate": ["a\ud800b"],
    "surrogates in the wrong order": ["\ude00\ud83d"],
    "not nfc": [unicodedata.normalize("NFD", "ä")],
    "not nfc by a single character": ["\u212b"],
    "segment of 256 bytes": ["x" * 256],
    "segment of 256 bytes in 128 letters": ["é" * 128],
    "path of 1025 bytes": ["/".join(["x" * 204] * 4 + ["y" * 205])],
    "twice": ["a", "b", "a"],
    "a file and its folder": ["a", "a/b"],
    "a folder and then its file": ["a/b/c", "a/b"],
    "a file and its folder apart": ["a", "a-b", "a.b", "a/b"],
}


def path_cases() -> Cases:
    """Every class of path that a reader takes or refuses."""
    for scenario, paths in _GOOD.items():
        yield case("paths", scenario, OK, {"paths": paths}, {})
    for scenario, paths in _BAD.items():
        yield case("paths", scenario, DAMAGED, {"paths": paths})
    for code_point in _REFUSED_EDGES:
        given = {"paths": [f"a{chr(code_point)}b"]}
        yield case("paths", f"refused character U+{code_point:04X}", DAMAGED, given)
