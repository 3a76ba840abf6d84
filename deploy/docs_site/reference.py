"""The API reference, made from the OpenAPI document that the site itself serves."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "patch", "delete")
_PRINT = """
import django, json
django.setup()
from sgraph_send.api import api
print(json.dumps(api.get_openapi_schema()))
"""
_REFUSAL = "[ErrorBody](#errorbody)"
_OF_EVERY_CALL = {"400", "408", "413", "500", "503"}
_HEAD = f"""# API reference

Made from the OpenAPI document that every site serves at `/api/openapi.json`
([this version's](openapi.json)). What the calls are for, and in which order: [API](api.md).

A refusal is an {_REFUSAL} with one of the [codes](api.md#codes). Every call may be refused with
{", ".join(f"`{status}`" for status in sorted(_OF_EVERY_CALL))}.
"""

Document = dict[str, Any]


def openapi() -> Document:
    """The document as a site with both roles and no settings of its own serves it."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-c", _PRINT],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "sgraph_send.settings",
                "SGRAPH_SEND__DATA_DIR": folder,
                "SGRAPH_SEND__STORE": "local",
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return json.loads(told)


def as_file(document: Document) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def page(document: Document) -> str:
    """Markdown: each call with its parameters, body and answers, then the objects they name."""
    calls = [
        _call(method, path, operation, takes_head=method == "get" and "head" in operations)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    ]
    schemas = document.get("components", {}).get("schemas", {})
    objects = [_object(name, schema) for name, schema in sorted(schemas.items())]
    return "\n".join([_HEAD, "## Calls\n", *calls, "## Objects\n", *objects])


def _call(method: str, path: str, operation: Document, *, takes_head: bool) -> str:
    lines = [f"### `{method.upper()} {path}`", "", operation.get("description", ""), ""]
    parameters = [
        (f"`{given['name']}`", given["in"], _type(given["schema"]), _cell(given))
        for given in operation.get("parameters", [])
    ]
    if operation.get("security"):
        meaning = "Where the site needs one."
        parameters.append(("`x-sgraph-access-token`", "header", "string", meaning))
    lines += _table(("parameter", "in", "form", "meaning"), parameters)
    if body := operation.get("requestBody"):
        forms = [f"`{kind}`: {_type(given['schema'])}" for kind, given in body["content"].items()]
        lines += [f"Body: {'; '.join(forms)}", ""]
    answers = {status: _content(answer) for status, answer in operation["responses"].items()}
    told = [(str(status), form) for status, form in answers.items() if form != _REFUSAL]
    lines += _table(("answer", "form"), told)
    refused = sorted(str(status) for status, form in answers.items() if form == _REFUSAL)
    own = [f"`{status}`" for status in refused if status not in _OF_EVERY_CALL]
    if own:
        lines += [f"Refused with {', '.join(own)}, and as every call.", ""]
    if takes_head:
        lines += ["HEAD answers the same without the body.", ""]
    return "\n".join(lines)


def _object(name: str, schema: Document) -> str:
    required = set(schema.get("required", []))
    rows = [
        (f"`{member}`", _type(form), "yes" if member in required else "no", _cell(form))
        for member, form in schema.get("properties", {}).items()
    ]
    lines = [f"### {name}", "", schema.get("description", ""), ""]
    if not rows:
        lines += [_type(schema), ""]
    return "\n".join(lines + _table(("member", "form", "required", "meaning"), rows))


def _content(answer: Document) -> str:
    return "; ".join(_type(given.get("schema", {})) for given in answer.get("content", {}).values())


def _type(schema: Document) -> str:
    """A form in a few words, with its limits."""
    if name := schema.get("$ref"):
        name = name.rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for together in ("anyOf", "oneOf", "allOf"):
        if together in schema:
            return " or ".join(map(_type, schema[together]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if members := schema.get("properties"):
        return f"object of {', '.join(f'`{name}`: {_type(of)}' for name, of in members.items())}"
    words = [str(schema.get("format") or schema.get("type") or "anything")]
    words += [
        f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "≥"),
            ("maximum", "≤"),
            ("minLength", "length ≥"),
            ("maxLength", "length ≤"),
        )
        if key in schema
    ]
    if pattern := schema.get("pattern"):
        words.append(f"`{pattern}`".replace("|", "\\|"))
    return " ".join(words)


def _cell(described: Document) -> str:
    return " ".join(described.get("description", "").split()).replace("|", "\\|")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Nothing at all when there are no rows, and no last column in which nothing stands."""
    kept = list(rows)
    if not kept:
        return []
    if not any(row[-1] for row in kept):
        heads, kept = heads[:-1], [row[:-1] for row in kept]
    lines = [f"| {' | '.join(row)} |" for row in kept]
    return [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *lines, ""]
