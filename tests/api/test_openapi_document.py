"""The OpenAPI document: made once, and not sent again to whoever has it."""

import json

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
