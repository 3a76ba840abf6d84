"""docs/format.md says what both implementations do: constants, tables and examples."""

import importlib
import json
import re

import pytest

from harness import node
from sgraph_send.client import envelope, manifest_rules, sizes
from tests.module_graph import ROOT

TEXT = (ROOT / "docs" / "format.md").read_text()
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def table(heading: str) -> list[list[str]]:
    """The cells of the rows below the table heading that starts with `heading`."""
    lines = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


CONSTANTS = table("name")


@pytest.mark.parametrize(("name", "value", "module", "script"), CONSTANTS)
def test_a_named_constant_is_that_of_both_implementations(
    name: str, value: str, module: str, script: str
) -> None:
    assert getattr(importlib.import_module(f"sgraph_send.client.{module}"), name) == number(value)
    source = ROOT / "static" / "js" / "crypto" / f"{script}.js"
    show = f'import {{ {name} }} from "{source.as_uri()}"; process.stdout.write(String({name}));'
    result = node.run("--input-type=module", "--eval", show, timeout=60)
    assert result.stdout == str(number(value)), result.stderr


def test_the_document_names_enough_constants_to_be_worth_reading() -> None:
    assert len(CONSTANTS) >= 15


@pytest.mark.parametrize(("plain", "segments", "sealed"), table("plaintext bytes"))
def test_lengths_in_the_document_are_computed_so(plain: str, segments: str, sealed: str) -> None:
    assert sizes.segment_count(number(plain)) == number(segments)
    assert sizes.sealed_part_length(number(plain)) == number(sealed)


@pytest.mark.parametrize(("total", "padded"), table("L"))
def test_padding_in_the_document_is_computed_so(total: str, padded: str) -> None:
    assert number(total) + sizes.padme_padding(number(total)) == number(padded)


def test_the_envelope_in_the_document_is_what_writers_write() -> None:
    text = json.dumps(EXAMPLES[0], separators=(",", ":"))
    assert text in TEXT
    assert envelope.write_envelope(bytes(range(16)), with_passphrase=True) == text


def test_the_manifest_in_the_document_is_a_good_one() -> None:
    checked = manifest_rules.check_manifest(EXAMPLES[1], sizes.payload_length(5))
    assert checked.members() == EXAMPLES[1]


def test_cost_ranges_in_the_document_are_the_refused_ones() -> None:
    found = re.search(r"`m` outside (\d+)…(\d+), `t` outside (\d+)…(\d+), `p` other than 1", TEXT)
    low, high, fewest, most = map(int, found.groups())
    assert {"m": (low, high), "t": (fewest, most), "p": (1, 1)} == envelope.COST_RANGES
