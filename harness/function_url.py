"""The documents that AWS Lambda hands to a handler behind a function URL."""

import base64
import json
from copy import deepcopy
from pathlib import Path

DOCUMENT = Path(__file__).with_suffix(".json")
ORIGIN_SECRET = "shown-by-cloudfront"


def function_url(
    method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> dict:
    """What a function URL hands over (payload format 2.0), as it looks behind CloudFront."""
    document = deepcopy(json.loads(DOCUMENT.read_text()))
    path, _, query = path.partition("?")
    document |= {"rawPath": path, "rawQueryString": query}
    document["requestContext"]["http"] |= {"path": path, "method": method}
    document["headers"] |= headers or {}
    if isinstance(body, bytes):
        document["headers"].setdefault("content-type", "application/octet-stream")
        document |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        document["headers"] |= {"content-type": "application/json"}
        document["body"] = json.dumps(body)
    if body is not None:
        length = len(body) if isinstance(body, bytes) else len(document["body"])
        document["headers"]["content-length"] = str(length)
    return document
