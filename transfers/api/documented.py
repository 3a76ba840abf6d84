"""Headers and plain bodies that the views read themselves, for the OpenAPI document."""

from transfers.api.schemas.uploads import CompleteRequest

_SECRET = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
_OWNER = "Owner token that the transfer was begun with, base64url of 32 bytes."
_LEASE = "Lease token of a download that is under way, base64url of 32 bytes."
_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_MANIFEST = {"application/json": {"schema": CompleteRequest.model_json_schema()}}


def _header(name: str, sentence: str, *, required: bool = False) -> dict[str, object]:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": sentence,
        "schema": _SECRET,
    }


OWNER_TOKEN = {"parameters": [_header("x-sgraph-owner-token", _OWNER, required=True)]}
LEASE_TOKEN = {"parameters": [_header("x-sgraph-lease-token", _LEASE)]}
STORED_BYTES = {"responses": {200: {"description": "The stored bytes", "content": _BINARY}}}
RAW_BODY = {"requestBody": {"required": True, "content": _BINARY}}
MANIFEST_BODY = {
    "parameters": [_header("x-sgraph-owner-token", f"{_OWNER} For sealed transfers alone.")],
    "requestBody": {"required": False, "content": _MANIFEST},
}
