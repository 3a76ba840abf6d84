"""What the views read for themselves, for the OpenAPI document: headers and plain bodies."""

from transfers.api.schemas.uploads import CompleteRequest

_SECRET = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}


def _header(name: str, sentence: str, *, required: bool = False) -> dict[str, object]:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": sentence,
        "schema": _SECRET,
    }


OWNER_TOKEN = {
    "parameters": [
        _header(
            "x-sgraph-owner-token",
            "Owner token that the transfer was begun with, base64url of 32 bytes.",
            required=True,
        )
    ]
}
LEASE_TOKEN = {
    "parameters": [
        _header(
            "x-sgraph-lease-token",
            "Lease token of a download that is under way, base64url of 32 bytes.",
        )
    ]
}
STORED_BYTES = {
    "responses": {
        200: {
            "description": "The stored bytes",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}
RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
MANIFEST_BODY = {
    "parameters": [
        _header(
            "x-sgraph-owner-token",
            "Owner token that a sealed transfer was begun with, base64url of 32 bytes.",
        )
    ],
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": CompleteRequest.model_json_schema()}},
    },
}
