"""JSON calls to a running site."""

import json
import urllib.request

from harness.live_site import LiveSite


def call(site: LiveSite, method: str, path: str, body: object = None, **headers: str):
    request = urllib.request.Request(
        site.url + path,
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)
