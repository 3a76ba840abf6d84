"""The house rules of docs/architecture.md, held by reading the source."""

import ast
import re
from pathlib import Path

import pytest

from tests import module_graph
from tests.module_graph import ROOT, below_static

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
HOUSE_WORDS = {
    "outage": "circuit breaker",
    "lagging": "write-behind",
    "figures": "statistics",
    "instruments": "metrics",
    "mend": "fix",
    "told": "rendered",
    "telling": "description",
    "words": "text",
    "places": "slots",
    "looks": "checks",
    "watcher": "uptime",
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# From the bottom up: a package may import those before it and itself.
STOREYS = ["transfers", "adminpanel", "sgraph_send"]
PACKAGES_OF_TRANSFERS = [
    "models",
    "transparency",
    "statistics",
    "stores",
    "access",
    "lifecycle",
    "maintenance",
    "api",
    "management",
]
TRANSFERS_ENTRIES_MAX = 22
JS_SHARED_FILES = {"errors.js", "concurrency.js", "binary_search.js"}
JS_MAY_IMPORT = {
    "pages": {"pages", "ui", "upload", "download", "worker", "transport", "crypto"},
    "ui": {"ui"},
    "upload": {"upload", "worker", "transport", "crypto"},
    "download": {"download", "worker", "transport", "crypto"},
    "worker": {"worker", "transport", "crypto", "vendor"},
    "transport": {"transport", "crypto"},
    "crypto": {"crypto", "vendor"},
}


def sources() -> list[Path]:
    ours = [*module_graph.python_files(), *module_graph.js_files()]
    tests = [path for name in ("tests", "harness", "bench") for path in (ROOT / name).rglob("*")]
    return ours + sorted(path for path in tests if path.suffix in {".py", ".js", ".mjs"})


def package_edges(folder: str) -> set[tuple[str, str]]:
    """Which packages of a folder import which others; single files of the folder are left out."""
    packages = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    return {
        (importer, imported)
        for module, imports in module_graph.python_graph().items()
        for name in imports
        if module.startswith(f"{folder}.") and name.startswith(f"{folder}.")
        for importer, imported in [(module.split(".")[1], name.split(".")[1])]
        if importer != imported and {importer, imported} <= packages
    }


def test_the_graph_reader_sees_the_imports_it_judges():
    assert "transfers.limits" in module_graph.python_graph()["transfers.models.transfer"]
    assert "js/errors.js" in module_graph.js_graph(dynamic=False)["js/crypto/bytes.js"]


def test_a_storey_imports_itself_and_those_below_only():
    upwards = [
        f"{module} imports {imported}"
        for module, imports in module_graph.python_graph().items()
        for imported in imports
        if imported.split(".")[0] in STOREYS[STOREYS.index(module.split(".")[0]) + 1 :]
    ]
    assert not upwards


def test_no_storey_names_one_above_it_in_a_string():
    """A dotted path in a string, as `import_string` takes it, is an import as well."""
    upwards = [
        f"{path.relative_to(ROOT)}: {node.value}"
        for path in module_graph.python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for above in STOREYS[STOREYS.index(path.relative_to(ROOT).parts[0]) + 1 :]
        if re.fullmatch(rf"{above}(\.\w+)*", node.value)
    ]
    assert not upwards


def test_packages_of_transfers_import_downwards_only():
    edges = package_edges("transfers")
    assert {name for edge in edges for name in edge} <= set(PACKAGES_OF_TRANSFERS)
    rank = PACKAGES_OF_TRANSFERS.index
    assert not {f"{one} imports {other}" for one, other in edges if rank(other) > rank(one)}


def test_packages_of_the_project_do_not_import_each_other_in_a_circle():
    graph: module_graph.Graph = {}
    for importer, imported in package_edges("sgraph_send"):
        graph.setdefault(importer, set()).add(imported)
    assert module_graph.cycles(graph) == []


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("deploy", {"bench", "harness", "tests"}),
        ("harness", {"bench", "deploy", "tests"}),
        ("bench", {"deploy", "tests"}),
        ("tests", {"bench"}),  # of `deploy` they import the programs that they test
    ],
)
def test_what_stands_beside_the_product_imports_one_way(folder: str, forbidden: set[str]):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        for name in imported_names(node)
        if name.split(".")[0] in forbidden
    ]
    assert not wrong


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_transfers_shows_few_entries():
    files = (ROOT / "transfers").rglob("*.py")
    entries = {path.relative_to(ROOT / "transfers").parts[0] for path in files}
    assert len(entries) <= TRANSFERS_ENTRIES_MAX


@pytest.mark.parametrize(
    ("importer", "forbidden"),
    [
        ("transfers.stores", ("transfers.models", "django.db")),
        ("transfers.models", ("transfers.stores",)),
        ("sgraph_send.client", ("django", "transfers", "adminpanel")),
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
        if js_layer(imported) not in JS_MAY_IMPORT.get(js_layer(module), set()) | JS_SHARED_FILES
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


def test_names_use_the_terms_of_the_field():
    """By the parts of a name: `told_value` has `told`."""
    found = [
        f"{path.relative_to(ROOT)}: {name}, say {HOUSE_WORDS[part]}"
        for path in module_graph.python_files()
        for name in [path.stem, *defined_names(path)]
        for part in re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower().split("_")
        if part in HOUSE_WORDS
    ]
    assert not found


def defined_names(path: Path) -> list[str]:
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    tree = ast.walk(ast.parse(path.read_text()))
    return [node.name for node in tree if isinstance(node, definitions)]


def test_secrets_are_compared_in_constant_time():
    """Hashes of secrets are no operand of `==`; `compare_digest` stands in one place."""
    server = [path for path in module_graph.python_files() if "client" not in path.parts]
    careless = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}"
        for path in server
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        for operand in (node.left, *node.comparators)
        if re.search(r"(token|proof)_hash$|signature$", ast.unparse(operand))
    ]
    assert not careless
    using = [path for path in server if "compare_digest" in path.read_text()]
    assert [path.relative_to(ROOT).as_posix() for path in using] == ["transfers/tokens.py"]
