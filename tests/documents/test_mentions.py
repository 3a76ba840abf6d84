"""What documents mention is there: commands, options, targets, settings, files, figures."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from deploy.docs_site import settings_page
from tests.monitoring import shipped

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    ROOT / "deploy" / "monitoring" / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
SOURCES = [
    path
    for folder in (
        "sgraph_send",
        "transfers",
        "adminpanel",
        "static/js",
        "deploy",
        "tests",
    )
    for suffix in ("py", "js", "toml", "yml", "yaml", "css")
    for path in ROOT.glob(f"{folder}/**/*.{suffix}")
]
# A block, or a span that may be broken between two lines.
CODE = re.compile(r"^ *```.*?^ *```$|`[^`]+`|^    \S.*$", re.M | re.S)
COMMAND = re.compile(r"(?:manage\.py|sgraph-send|-m sgraph_send) ([a-z_]+)(?![\w.=/-])([^\n|`]*)")
TARGET = re.compile(r"(?:^`?|&& )make ([a-z][a-z-]+)", re.M)
FOLDERS = "adminpanel|deploy|docs|sgraph_send|static|templates|tests|transfers"
FILE = re.compile(rf"(?<![\w/.:-])(?:{FOLDERS})/[\w.*/-]*[\w*/](?:::\w+)?")
OF_CALLS = re.compile(r"transfers/(?:\*|upload|download|local|create|info|manage)\b")


def mentions(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Document and match, wherever the pattern stands in code of a document."""
    for document in DOCUMENTS:
        name = document.relative_to(ROOT).as_posix()
        for code in CODE.finditer(document.read_text()):
            for found in pattern.finditer(code[0]):
                yield name, found


def options_of(command: str) -> set[str]:
    loaded = load_command_class(get_commands()[command], command)
    return set(loaded.create_parser("manage.py", command)._option_string_actions)


def test_every_command_exists_and_knows_the_options_shown_with_it():
    seen, wrong = set(), []
    for document, found in mentions(COMMAND):
        command, rest = found.groups()
        if command not in get_commands():
            wrong.append(f"{document}: {command}")
            continue
        seen.add(command)
        shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", rest.split("&&")[0]))
        wrong += [f"{document}: {command} {each}" for each in shown - options_of(command)]
    assert wrong == []
    assert len(seen) > 20


def test_every_target_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    asked = {(name, found[1]) for name, found in mentions(TARGET)}
    assert len(asked) > 10
    assert [each for each in sorted(asked) if each[1] not in targets] == []


def test_every_module_that_is_run_is_there():
    module = re.compile(r"python -m ((?:deploy|sgraph_send|tests)(?:\.\w+)*)")
    run = {(document, found[1]) for document, found in mentions(module)}
    assert len(run) > 4
    paths = {each: ROOT / each[1].replace(".", "/") for each in run}
    missing = [
        each
        for each, path in sorted(paths.items())
        if not path.with_suffix(".py").is_file() and not (path / "__main__.py").is_file()
    ]
    assert missing == []


def test_every_setting_is_one():
    words = settings_page.sentences()
    known = {name for section in words.values() for name in section}
    known |= {f"{name}_FILE" for name in known}
    named = {
        (document.name, found[0])
        for document in DOCUMENTS
        for found in re.finditer(r"SGRAPH_SEND__[A-Z0-9_]+(?![A-Z0-9_…*])", document.read_text())
    }
    assert len(named) > 50
    assert [each for each in sorted(named) if each[1] not in known] == []


def is_made_later(path: str) -> bool:
    """Files that git is told to ignore, because something makes them."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    return any(path == each or path.startswith(f"{each}/") for each in ignored) or (
        Path(path).name in ignored
    )


def test_every_file_is_there_and_has_the_test_named_with_it():
    lacking, count = [], 0
    for document, found in mentions(FILE):
        path, _, test = found[0].rstrip("/").partition("::")
        if OF_CALLS.match(path) or is_made_later(path):
            continue
        count += 1
        places = list(ROOT.glob(path))
        if not places or (test and test not in places[0].read_text()):
            lacking.append(f"{document}: {found[0]}")
    assert lacking == []
    assert count > 100


def test_every_document_that_the_source_names_is_there():
    named = {
        (path.relative_to(ROOT).as_posix(), target)
        for path in SOURCES
        for target in re.findall(
            r"\bdocs/(?:decisions/\d{4}|[\w/-]+\.md)", path.read_text(errors="replace")
        )
    }
    assert len(named) > 50
    missing = [
        (path, target)
        for path, target in sorted(named)
        if not list(ROOT.glob(f"{target}*" if target[-1].isdigit() else target))
    ]
    assert missing == []


def table(document: str, head: str) -> list[str]:
    """The first cells of the table whose head begins so, without their quotes."""
    text = (ROOT / document).read_text().split(f"| {head}", 1)[1]
    rows = re.match(r"[^\n]*\n\|[-| ]+\n((?:\|[^\n]*\n)+)", text)[1]
    return [
        name for row in rows.splitlines() for name in re.findall(r"`(.+?)`", row.split(" | ")[0])
    ]


def test_every_check_of_the_doctor_is_described():
    from sgraph_send.doctor.examination import CHECKS

    assert sorted(table("docs/operations.md", "check | what it does")) == sorted(CHECKS)


def test_every_member_of_a_line_of_the_log_is_described():
    from transfers.transparency.outside_database import LOG_LINE

    assert sorted(table("docs/operations.md", "member of a request")) == sorted(LOG_LINE)


def test_every_metric_is_described():
    from sgraph_send.telemetry.metrics_endpoint import GAUGES

    counted = (ROOT / "transfers/statistics/metrics.py").read_text()
    gauges = (ROOT / "sgraph_send/telemetry/metrics_endpoint.py").read_text()
    told = {f"{name}_total" for name in re.findall(r'_counter\(\s*"(\w+)"', counted)}
    told |= set(re.findall(r'_histogram\(\s*"(\w+)"', counted))
    told |= set(re.findall(r'_gauge\(\s*"(\w+)"', gauges)) | {name for name, _ in GAUGES.values()}
    told |= {"database_up", "store_up", "cache_up"}
    assert sorted(table("docs/operations.md", "name | labels")) == sorted(told)


def test_every_alert_is_one_of_the_rules():
    known = {rule["alert"] for rule in shipped.rules()}
    named = {found[0] for _, found in mentions(re.compile(r"\bSGraphSend[A-Z]\w+"))}
    assert len(named) > 3
    assert named <= known


def members_of(schema: dict, schemas: dict) -> set[str]:
    """Names of the members of an answer or a body, not of what they hold in turn."""
    if name := schema.get("$ref"):
        return members_of(schemas[name.rsplit("/", 1)[1]], schemas)
    inner = [members_of(each, schemas) for each in schema.get("anyOf", [])]
    return set(schema.get("properties", {})).union(*inner)


@pytest.fixture(scope="module")
def openapi() -> dict:
    from sgraph_send.api import api

    return api.get_openapi_schema()


def test_every_member_of_a_call_is_named_where_the_call_is_described(openapi: dict):
    schemas = openapi["components"]["schemas"]
    sections = re.split(r"^##+ ", (ROOT / "docs/api.md").read_text(), flags=re.M)
    lacking = []
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            heading = f"`{method.upper()} {path}`"
            text = next((each for each in sections if each.startswith(heading)), "")
            if method == "head" or "Answers as `GET` does" in text or "The same with" in text:
                continue
            contents = [
                answer.get("content", {})
                for status, answer in operation["responses"].items()
                if str(status).startswith("2")
            ]
            contents.append(operation.get("requestBody", {}).get("content", {}))
            forms = [
                form["schema"] for each in contents for form in each.values() if "schema" in form
            ]
            members = set().union(*(members_of(form, schemas) for form in forms))
            lacking += [f"{heading}: {m}" for m in members if not re.search(rf"\b{m}\b", text)]
    assert sorted(lacking) == []
