"""Writes the test vectors of the encryption format: `python -m tests.vectors.generate`.

The result is the same on every machine and at every time, so a difference in version control is a
difference in the format or in what is tested.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.vectors.case import Vector
from tests.vectors.manifest_cases import manifest_cases
from tests.vectors.part_cases import long_part_cases, part_cases, schedule_cases
from tests.vectors.path_cases import path_cases
from tests.vectors.text_cases import b64u_cases, envelope_cases, key_cases, number_cases

FOLDER = Path(__file__).parent
_GENERATORS = (
    b64u_cases,
    envelope_cases,
    key_cases,
    number_cases,
    path_cases,
    schedule_cases,
    part_cases,
    long_part_cases,
    manifest_cases,
)


def generated() -> Iterator[tuple[str, str]]:
    """Every vector as the name and the text of its file."""
    for name, vector in chain.from_iterable(cases() for cases in _GENERATORS):
        yield name, json.dumps(vector, indent=2) + "\n"


def load() -> dict[str, Vector]:
    """The vectors in the repository by file name."""
    return {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


if __name__ == "__main__":
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, text in generated():
        path = FOLDER / name
        if path.exists():
            raise SystemExit(f"Two vectors are called {name}.")
        path.write_text(text)
