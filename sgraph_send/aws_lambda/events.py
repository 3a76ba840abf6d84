"""Event documents that stand for requests, and whose word in them counts.

A function URL is open to the internet. CloudFront alone knows the origin secret; once a document
shows it, what CloudFront says of the caller is believed and nothing else: Lambda keeps only the
leftmost entry of X-Forwarded-For, which is whatever the caller wrote (docs/decisions/0091).
"""

import json

from transfers.errors import Forbidden, TransferError
from transfers.tokens import same_text

SECRET_HEADER = "x-sgraph-origin-secret"  # noqa: S105  its name
VIEWER_HEADER = "x-sgraph-viewer-address"
WRITTEN_BY_ANYBODY = {
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
}
_NOT_FORWARDED = WRITTEN_BY_ANYBODY | {SECRET_HEADER, VIEWER_HEADER, "host"}


def from_viewer(event: dict, origin_secret: str, host: str) -> dict:
    """The same document with the viewer's address as the caller's and our own host name.

    Takes a function URL's (payload format 2.0) and CloudFront's own (Lambda@Edge, `Records[0].cf`).
    Raises Forbidden `not_through_cloudfront` for what lacks the secret or is neither.
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


def is_cloudfronts(event: dict) -> bool:
    """Whether this is a document of CloudFront's own rather than of a function URL."""
    records = event.get("Records") or [{}]
    return "cf" in records[0]


def refusal(event: dict, error: TransferError) -> dict:
    """An error as the answer that this kind of document gets."""
    body = json.dumps(error.body())
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    if is_cloudfronts(event):
        listed = {name: [{"key": name, "value": value}] for name, value in headers.items()}
        return {"status": error.status, "headers": listed, "body": body}
    return {"statusCode": error.status, "headers": headers, "body": body, "isBase64Encoded": False}


def _from_cloudfront(event: dict, origin_secret: str, host: str) -> dict:
    """What the origin's settings add stands apart here from what the viewer sent."""
    record = event["Records"][0]["cf"]
    request = record["request"]
    added = request.get("origin", {}).get("custom", {}).get("customHeaders", {})
    _require_secret(added.get(SECRET_HEADER, [{}])[0].get("value", ""), origin_secret)
    headers = {name: _joined(name, values) for name, values in _kept(request["headers"]).items()}
    headers["host"] = [{"key": "Host", "value": host}]
    return {"Records": [{"cf": {**record, "request": {**request, "headers": headers}}}]}


def _joined(name: str, values: list[dict]) -> list[dict]:
    """All values of a header as one, which is what the adapter takes (RFC 9110 5.3, 6265 5.4)."""
    separator = "; " if name == "cookie" else ", "
    return [{"key": name, "value": separator.join(each["value"] for each in values)}]


def _kept(headers: dict) -> dict:
    return {name: value for name, value in headers.items() if name not in _NOT_FORWARDED}


def _require_secret(given: str, origin_secret: str) -> None:
    if not origin_secret or not same_text(given, origin_secret):
        raise Forbidden(
            "not_through_cloudfront", "This address is not for callers. Use the site's own."
        )
