"""Documents that lie turn this red."""

import re
import tomllib
from pathlib import Path

import pytest

from sgraph_send import __version__

ROOT = Path(__file__).parents[1]
SERVER = [*ROOT.glob("sgraph_send/**/*.py"), *ROOT.glob("transfers/**/*.py")]


def text(path: str) -> str:
    return (ROOT / path).read_text()


def test_every_setting_is_documented_and_every_documented_one_is_read():
    readers = r"(?:choice|whole_number|origins|networks|rates|url|price|thresholds|env\.\w+)"
    read = set(re.findall(readers + r'\(\s*"([A-Z0-9_]+)"', text("sgraph_send/settings.py")))
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", text("docs/settings.md"), re.M))
    assert read == documented


def test_every_system_check_is_documented():
    checks = text("sgraph_send/checks.py") + text("transfers/checks.py")
    raised = set(re.findall(r'id="([a-z_]+\.[EW]\d{3})"', checks))
    assert raised == set(
        re.findall(r"^\| `([a-z_]+\.[EW]\d{3})` \|", text("docs/settings.md"), re.M)
    )


def test_every_call_of_the_api_is_documented():
    from sgraph_send.api import api

    served = {
        f"{method.upper()} {path}"
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if method != "head"
    }
    assert served == set(re.findall(r"^### `([A-Z]+ \S+)`$", text("docs/api.md"), re.M))


def test_every_error_code_is_documented_with_its_status():
    from transfers import errors

    status_of = {
        name: kind.status
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.TransferError)
    }
    raised = re.compile(r'\b([A-Z]\w+)\(\s*"([a-z_]+)",')
    found = {
        (status_of[kind], code)
        for path in SERVER
        for kind, code in raised.findall(path.read_text())
        if kind in status_of
    }
    # The one error whose status is that of the answer it stands for.
    found = {(400 if code == "bad_request" else status, code) for status, code in found}
    rows = re.findall(r"^\| (\d{3}) \| `([a-z_]+)` \|", text("docs/api.md"), re.M)
    documented = {(int(status), code) for status, code in rows}
    assert found - {(409, "sealed_transfer")} == documented
    drawn = errors.__doc__
    assert [code for _, code in documented if not re.search(rf"\b{code}\b", drawn)] == []


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads(text("pyproject.toml"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "sgraph_send/__init__.py"
    assert re.search(rf"^## {re.escape(__version__)}\b", text("CHANGELOG.md"), re.M)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "deploy/monitoring/README.md",
        "tests/vectors/README.md",
        *(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md")),
    ],
)
def test_links_between_documents_lead_somewhere(path: str):
    folder = (ROOT / path).parent
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text(path))
    for target in links + re.findall(r'\bsrc(?:set)?="([^":]+)"', text(path)):
        assert (folder / target).exists(), target


def test_the_map_of_the_readme_names_folders_that_exist():
    named = re.findall(r"^\| `([^`]+)` \|", text("README.md"), re.M)
    assert named
    for path in named:
        assert (ROOT / path).exists(), path


def test_every_dependency_gives_its_reason():
    for path in [ROOT / "requirements.txt", *sorted((ROOT / "requirements").glob("*.txt"))]:
        for line in path.read_text().splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.fullmatch(r"\S+==\S+\s+# .+", line), line


def named_tests() -> list[tuple[str, str]]:
    """File and name of each test that the threat model relies on."""
    return re.findall(r"`(tests/[^`:]+)::([^`]+)`", text("docs/threat-model.md"))


def exists(path: str, name: str) -> bool:
    if not (ROOT / path).is_file():
        return False
    declared = f"\ndef {name}(" if path.endswith(".py") else f'test("{name}"'
    return declared in text(path)


def test_every_test_that_the_threat_model_names_exists():
    assert len(named_tests()) > 50
    assert [f"{path}::{name}" for path, name in named_tests() if not exists(path, name)] == []


def test_every_known_failure_of_the_threat_model_has_a_test():
    tables = text("docs/threat-model.md").split("## What broke for others")[1]
    rows = re.findall(r"^\| (?!known|---)(.+) \| (.+) \|$", tables, re.M)
    assert len(rows) > 40
    assert [failure for failure, tests in rows if not re.search(r"`tests/[^`]+::", tests)] == []
