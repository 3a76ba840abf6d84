"""The house rules of docs/architecture.md, held by reading the source."""

import ast
import re
from pathlib import Path

import pytest

from tests import module_graph
from tests.module_graph import ROOT, below_static

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# A module may import its own layer and those below it.
SERVER_LAYERS = [
    {
        "errors",
        "limits",
        "tokens",
        "deadlines",
        "database_pool",
        "preparation",
        "client_address",
        "amounts",
        "static_hashes",
        "instruments",
        "lagging_counts",
    },
    {"models", "stores", "transparency"},
    {
        "figures",
        "visits",
        "blocked_payloads",
        "address_hashes",
        "access_tokens",
        "token_use",
        "closing",
        "events",
        "tombstones",
        "guesses",
        "throttles",
        "counters",
        "outage",
    },
    {
        "lifecycle",
        "completion",
        "waitlist",
        "leases",
        "terms",
        "cleanup",
        "abuse",
        "checks",
        "gauges",
        "costs",
        "reconciliation",
        "backup",
    },
    {"api", "pages", "management"},
    {"urls", "apps", "admin"},
]
JS_MAY_IMPORT = {
    "pages": {"pages", "ui", "upload", "download", "worker", "transport", "crypto", "errors.js"},
    "ui": {"ui", "errors.js"},
    "upload": {"upload", "worker", "transport", "crypto", "errors.js"},
    "download": {"download", "worker", "transport", "crypto", "errors.js"},
    "worker": {"worker", "transport", "crypto", "errors.js", "vendor"},
    "transport": {"transport", "crypto", "errors.js"},
    "crypto": {"crypto", "errors.js", "vendor"},
    "errors.js": set(),
}


def sources() -> list[Path]:
    ours = [*module_graph.python_files(), *module_graph.js_files()]
    tests = (ROOT / "tests").rglob("*")
    return ours + sorted(path for path in tests if path.suffix in {".py", ".js", ".mjs"})


def layer_of(module: str) -> int:
    noun = module.split(".")[1] if "." in module else ""
    for rank, nouns in enumerate(SERVER_LAYERS):
        if noun in nouns:
            return rank
    raise AssertionError(f"{module} has no layer: give it one in SERVER_LAYERS")


def test_the_graph_reader_sees_the_imports_it_judges():
    assert "transfers.limits" in module_graph.python_graph()["transfers.models.transfer"]
    assert "js/errors.js" in module_graph.js_graph(dynamic=False)["js/crypto/bytes.js"]


def test_transfers_import_downwards_only():
    upwards = [
        f"{module} imports {imported}"
        for module, imports in module_graph.python_graph().items()
        for imported in imports
        if module.startswith("transfers.")
        and imported.startswith("transfers.")
        and layer_of(imported) > layer_of(module)
    ]
    assert not upwards


@pytest.mark.parametrize(
    ("importer", "forbidden"),
    [
        ("transfers", ("adminpanel",)),
        ("transfers.api", ("sgraph_send",)),
        ("transfers.lifecycle", ("sgraph_send", "transfers.completion")),
        ("transfers.completion", ("sgraph_send",)),
        ("transfers.stores", ("transfers.models", "transfers.lifecycle", "django.db")),
        ("transfers.models", ("transfers.stores",)),
        ("sgraph_send.cli", ("django", "transfers", "adminpanel")),
    ],
)
def test_nothing_imports_what_it_must_not_know(importer: str, forbidden: tuple[str, ...]):
    found = [
        f"{module} imports {imported}"
        for module, imports in module_graph.python_graph().items()
        for imported in imports
        if is_within(module, importer) and any(is_within(imported, name) for name in forbidden)
    ]
    assert not found


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_python_modules_do_not_import_each_other_in_a_circle():
    assert module_graph.cycles(module_graph.python_graph()) == []


def test_the_circle_finder_finds_a_circle():
    assert module_graph.cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c"]


def test_scripts_import_downwards_only():
    wrong = [
        f"{module} imports {imported}"
        for module, imports in module_graph.js_graph(dynamic=True).items()
        for imported in imports
        if js_layer(imported) not in JS_MAY_IMPORT[js_layer(module)]
    ]
    assert not wrong


def js_layer(path: str) -> str:
    parts = path.split("/")
    return parts[1] if parts[0] == "js" else parts[0]


def test_scripts_do_not_import_each_other_in_a_circle():
    assert module_graph.cycles(module_graph.js_graph(dynamic=True)) == []


def test_scripts_import_files_that_exist():
    graph = module_graph.js_graph(dynamic=True)
    imported = {name for names in graph.values() for name in names}
    assert [name for name in sorted(imported) if not (ROOT / "static" / name).is_file()] == []


def test_script_imports_can_be_rewritten_to_hashed_names():
    """The static file storage rewrites relative, literal specifiers of statements ending in `;`."""
    wrong = []
    for path in module_graph.js_files():
        for specifier, ends_with_semicolon in module_graph.js_static_imports(path):
            if not ends_with_semicolon or not specifier.startswith(("./", "../")):
                wrong.append(f"{below_static(path)}: {specifier}")
        for argument, ends_with_semicolon in module_graph.js_dynamic_imports(path):
            if not ends_with_semicolon or not re.fullmatch(r'"\.\.?/[^"]+"', argument):
                wrong.append(f"{below_static(path)}: import({argument})")
        statements = re.findall(r"^\s*(?:import|export)\s*\{[^}]*$", path.read_text(), re.MULTILINE)
        wrong += [f"{below_static(path)}: {text.strip()} …" for text in statements if "{" in text]
        for comment in module_graph.js_comments(path):
            if re.search(r"\bimport\b.*[\"']|sourceMappingURL", comment):
                wrong.append(f"{below_static(path)}: {comment.strip()}")
    assert not wrong


def templates_with_an_entry_point() -> list[Path]:
    return [
        path
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if re.search(r'<script[^>]*type="module"', path.read_text())
    ]


def with_includes(template: Path) -> str:
    return re.sub(
        r'{% include "([^"]+)"[^%]*%}',
        lambda found: (ROOT / "templates" / found[1]).read_text(),
        template.read_text(),
    )


def test_pages_preload_exactly_the_modules_of_their_entry_point():
    graph = module_graph.js_graph(dynamic=False)
    templates = templates_with_an_entry_point()
    assert templates
    for template in templates:
        text = with_includes(template)
        entry = re.search(
            r'<script[^>]*type="module"[^>]*src="{% static [\'"]([^\'"]+)[\'"] %}"', text
        )
        assert entry, f"{template.name} names its entry point with the static tag"
        preloaded = re.findall(
            r'<link rel="modulepreload" href="{% static [\'"]([^\'"]+)[\'"] %}"', text
        )
        assert sorted(set(preloaded) - {entry[1]}) == sorted(
            module_graph.reachable(graph, entry[1])
        ), template.name
        assert len(preloaded) == len(set(preloaded)), template.name


def test_files_fit_in_the_head():
    lines = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in sources()}
    assert not {path: count for path, count in lines.items() if count > FILE_LINES_MAX}


def test_functions_fit_on_a_screen():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert not long


def test_nothing_is_called_utils():
    named = {
        path.relative_to(ROOT)
        for path in sources()
        if FORBIDDEN_NAMES & {path.stem, *path.relative_to(ROOT).parts}
    }
    assert not named
