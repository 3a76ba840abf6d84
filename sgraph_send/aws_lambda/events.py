"""Lambda events that stand for HTTP requests, and which of their claims about the caller are
trusted.

A function URL is open to the internet. Only CloudFront knows the origin secret; in an event that
holds it, the headers that CloudFront sets are trusted and no others: Lambda keeps only the leftmost
entry of X-Forwarded-For, which the caller may have written (docs/decisions/0091).
"""

import json
from typing import Any

from transfers.errors import Forbidden, TransferError
from transfers.tokens import same_text

SECRET_HEADER = "x-sgraph-origin-secret"  # noqa: S105  its name
VIEWER_HEADER = "x-sgraph-viewer-address"
UNTRUSTED_HEADERS = {
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
}
_NOT_FORWARDED = UNTRUSTED_HEADERS | {SECRET_HEADER, VIEWER_HEADER, "host"}


def from_viewer(event: dict[str, Any], origin_secret: str, host: str) -> dict[str, Any]:
    """The same event with the viewer's address as the caller's, and our own host name.

    Takes a function URL's (payload format 2.0) and CloudFront's own (Lambda@Edge, `Records[0].cf`).
    Raises Forbidden `not_through_cloudfront` for an event that lacks the secret or is neither.
    """
    if is_cloudfronts(event):
        return _from_cloudfront(event, origin_secret, host)
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    _require_secret(headers.get(SECRET_HEADER, ""), origin_secret)
    context = event["requestContext"]
    viewer = headers.get(VIEWER_HEADER, "")
    return {
        **event,
        "headers": {**_kept(headers), "host": host},
        "requestContext": {**context, "http": {**context["http"], "sourceIp": viewer}},
    }


def is_cloudfronts(event: dict[str, Any]) -> bool:
    """Whether the event is CloudFront's own rather than that of a function URL."""
    records = event.get("Records") or [{}]
    return "cf" in records[0]


def refusal(event: dict[str, Any], error: TransferError) -> dict[str, Any]:
    """An error in the form of a response to this kind of event."""
    body = json.dumps(error.body())
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    if is_cloudfronts(event):
        listed = {name: [{"key": name, "value": value}] for name, value in headers.items()}
        return {"status": error.status, "headers": listed, "body": body}
    return {"statusCode": error.status, "headers": headers, "body": body, "isBase64Encoded": False}


def _from_cloudfront(event: dict[str, Any], origin_secret: str, host: str) -> dict[str, Any]:
    """Headers that the origin's settings add are kept apart from those of the viewer."""
    record = event["Records"][0]["cf"]
    request = record["request"]
    added = request.get("origin", {}).get("custom", {}).get("customHeaders", {})
    _require_secret(added.get(SECRET_HEADER, [{}])[0].get("value", ""), origin_secret)
    headers = {name: _joined(name, values) for name, values in _kept(request["headers"]).items()}
    headers["host"] = [{"key": "Host", "value": host}]
    return {"Records": [{"cf": {**record, "request": {**request, "headers": headers}}}]}


def _joined(name: str, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All values of a header as one: the adapter reads the first (RFC 9110 5.3, RFC 6265 5.4)."""
    separator = "; " if name == "cookie" else ", "
    return [{"key": name, "value": separator.join(each["value"] for each in values)}]


def _kept(headers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if name not in _NOT_FORWARDED}


def _require_secret(given: str, origin_secret: str) -> None:
    if not origin_secret or not same_text(given, origin_secret):
        raise Forbidden(
            "not_through_cloudfront", "This address is not for callers. Use the site's own."
        )
