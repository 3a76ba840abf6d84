"""Who imports whom, read from the source of the server and of the pages' scripts."""

import ast
import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JS_ROOT = ROOT / "static" / "js"
PYTHON_PACKAGES = ("sgraph_send", "transfers", "adminpanel")

_JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", re.DOTALL)
_JS_STATIC = re.compile(
    r"""^\s*(?:import|export)\b(?:[^"';]*?\bfrom)?\s*["']([^"']+)["'](;?)""", re.MULTILINE
)
_JS_DYNAMIC = re.compile(r"""\bimport\(\s*([^)]*?)\s*\)(;?)""")

Graph = dict[str, set[str]]


def python_files() -> list[Path]:
    return [
        path
        for package in PYTHON_PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def python_graph() -> Graph:
    """Dotted module name → everything it imports, anywhere in the file."""
    return {_dotted(path): _python_imports(path) for path in python_files()}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _python_imports(path: Path) -> set[str]:
    found: set[str] = set()
    package = _dotted(path) if path.name == "__init__.py" else _dotted(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            found.update(_submodule_or_base(base, alias.name) for alias in node.names)
    return found


def _submodule_or_base(base: str, name: str) -> str:
    place = ROOT / Path(*base.split("."))
    is_module = (place / f"{name}.py").is_file() or (place / name / "__init__.py").is_file()
    return f"{base}.{name}" if is_module else base


def js_files() -> list[Path]:
    return sorted(JS_ROOT.rglob("*.js"))


def js_code(path: Path) -> str:
    """The text without comments; lines keep their number."""
    return _JS_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text())


def js_comments(path: Path) -> list[str]:
    return [found[0] for found in _JS_COMMENT.finditer(path.read_text())]


def js_static_imports(path: Path) -> list[tuple[str, bool]]:
    """(specifier, statement ends with a semicolon) of `import` and `export … from`."""
    return [(found[1], bool(found[2])) for found in _JS_STATIC.finditer(js_code(path))]


def js_dynamic_imports(path: Path) -> list[tuple[str, bool]]:
    """(argument as written, statement ends with a semicolon) of `import(…)`."""
    return [(found[1], bool(found[2])) for found in _JS_DYNAMIC.finditer(js_code(path))]


def js_graph(*, dynamic: bool) -> Graph:
    """Path below `static/` → paths below `static/` that it imports."""
    graph: Graph = {}
    for path in js_files():
        specifiers = [specifier for specifier, _ in js_static_imports(path)]
        if dynamic:
            specifiers += [text.strip("\"'") for text, _ in js_dynamic_imports(path)]
        graph[below_static(path)] = {_resolved(path, specifier) for specifier in specifiers}
    return graph


def below_static(path: Path) -> str:
    return path.relative_to(ROOT / "static").as_posix()


def _resolved(path: Path, specifier: str) -> str:
    return below_static(Path(os.path.normpath(path.parent / specifier)))


def reachable(graph: Graph, start: str) -> set[str]:
    """Everything that `start` imports, directly or not, without itself."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in graph.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found - {start}


def cycles(graph: Graph) -> list[str]:
    """The modules that can reach themselves."""
    return sorted(
        name
        for name, imported in graph.items()
        if any(name == other or name in reachable(graph, other) for other in imported)
    )
