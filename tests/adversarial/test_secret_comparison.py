"""How secrets are compared, by reading the source: in constant time, in one place."""

import ast
import re
from pathlib import Path

import pytest

from tests.module_graph import ROOT

COMPARING = "transfers/tokens.py"
# What is compared there is public, or compared on the machine of whoever has the secret.
NO_SECRETS = {
    "adminpanel/audit.py": "a chain of hashes that its reader checks",
    "sgraph_send/client/manifest.py": "runs in the hands of the recipient",
    "sgraph_send/management/commands/fetch_vendor.py": "hashes of published packages",
}
SECRET = re.compile(
    r"(^|_)(tokens?|proofs?|hash|hashes|secrets?|signature|digest|passphrase)(_|$)", re.I
)
# Nothing of these is secret: what is public, what a file or a counter is called, what is counted.
HARMLESS = re.compile(
    r"(_id|_bytes|_name|_kind|_count|_until|_failures|_sha256|_path|_model)$", re.I
)
SERVER = [
    path
    for package in ("transfers", "sgraph_send", "adminpanel")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]


def names_in(node: ast.expr) -> set[str]:
    """What a compared value is called: names, attributes and members that it is read from."""
    found = set()
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "len":
        return found
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.Attribute):
            found.add(inner.attr)
        elif isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Constant):
            found.add(str(inner.slice.value))
    return found


def is_empty_or_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, "", b"")


def is_lookup_of_type(node: ast.expr) -> bool:
    """A comparison of kinds, such as `kind == Kind.TOKEN`: constants in capitals."""
    return isinstance(node, ast.Attribute) and ast.unparse(node.value)[:1].isupper()


def careless_comparisons(source: str) -> list[str]:
    """Each `==` and `!=` of something that is named like a secret, and each own use of
    compare_digest."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            is_equality = any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
            if not is_equality or any(is_empty_or_none(s) or is_lookup_of_type(s) for s in sides):
                continue
            names = {name for side in sides for name in names_in(side)}
            if any(SECRET.search(name) and not HARMLESS.search(name) for name in names):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        elif isinstance(node, ast.Attribute) and node.attr == "compare_digest":
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    "path", [p for p in SERVER if relative(p) not in {COMPARING, *NO_SECRETS}], ids=relative
)
def test_secrets_are_compared_by_one_function_only(path: Path):
    assert careless_comparisons(path.read_text()) == []


def test_that_function_takes_the_same_time_for_every_wrong_secret():
    source = (ROOT / COMPARING).read_text()
    compared = [text for text in careless_comparisons(source) if "compare_digest" in text]
    assert len(compared) == 1
    assert careless_comparisons(source) == compared


@pytest.mark.parametrize(
    "source",
    [
        "if token == given: pass",
        "ok = transfer.owner_token_hash != hash_secret(text)",
        "ok = body['link_proof'] == row.link_proof",
        "ok = request.headers['x'] == settings.ACCESS_TOKEN",
        "ok = hmac.compare_digest(a, b)",
        "ok = signature == expected",
    ],
)
def test_the_reader_sees_a_careless_comparison(source: str):
    assert careless_comparisons(source)


@pytest.mark.parametrize(
    "source",
    ["if token == '': pass", "ok = kind == Kind.TOKEN", "ok = transfer.access_token_id == 5"],
)
def test_the_reader_lets_the_others_pass(source: str):
    assert not careless_comparisons(source)
