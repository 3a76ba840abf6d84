"""The OpenAPI document: made once, not sent again to whoever has it, and complete."""

import json

import pytest
from ninja.openapi.schema import OpenAPISchema

from sgraph_send import api
from tests.actors import get

PATH = "/api/openapi.json"


def test_the_document_is_made_once_and_sent_again_to_nobody_who_has_it(monkeypatch):
    first = get(PATH)
    # From here on a second making of the document would fail.
    monkeypatch.setattr(OpenAPISchema, "__init__", None)

    same = get(PATH)
    unchanged = get(PATH, **{"if-none-match": f"W/{first['ETag']}"})

    assert json.loads(first.content)["openapi"].startswith("3.")
    assert same.content == first.content
    assert api.openapi_document() is api.openapi_document()
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == same["ETag"]
    assert same["Cache-Control"] == unchanged["Cache-Control"] == "no-cache"


def test_everything_in_the_document_is_described():
    document = json.loads(api.openapi_document())
    calls = {
        f"{method} {path}": call
        for path, methods in document["paths"].items()
        for method, call in methods.items()
    }
    described = {name: call.get("description") for name, call in calls.items()}
    for name, call in calls.items():
        for given in call.get("parameters", []):
            described[f"{name}: {given['name']}"] = given.get("description")
        for status, answer in call["responses"].items():
            described[f"{name}: {status}"] = answer.get("description")
    for name, schema in document["components"]["schemas"].items():
        described[name] = schema.get("description")
        for member, form in schema.get("properties", {}).items():
            described[f"{name}.{member}"] = form.get("description")

    assert len(described) > 300
    assert [name for name, text in described.items() if not text] == []


@pytest.mark.parametrize(
    ("ending", "unit"), [("_bytes", "bytes"), ("_seconds", "seconds"), ("_at", "UTC")]
)
def test_members_with_a_unit_name_it_in_their_description(ending: str, unit: str):
    schemas = json.loads(api.openapi_document())["components"]["schemas"]
    members = {
        f"{name}.{member}": form["description"]
        for name, schema in schemas.items()
        for member, form in schema.get("properties", {}).items()
        if member.endswith(ending)
    }
    assert members
    assert [name for name, text in members.items() if unit not in text] == []
