"""What people do at a site, and what came of it as JSON; runs where the site is installed.

python visitor.py ORIGIN ACCESS_TOKEN OPERATOR PASSWORD
"""

import json
import os
import re
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from sgraph_send.client.client import Client
from sgraph_send.client.connection import CallFailed, Connection

PAYLOAD_BYTES = 12 * 2**20


def transfer(origin: str, token: str) -> dict[str, object]:
    """Without the token first; then sent, received, compared and deleted."""
    files = [("a folder/random.bin", os.urandom(PAYLOAD_BYTES)), ("note.txt", b"hello")]
    connection = Connection(origin)
    try:
        Client(connection).send(files)
    except CallFailed as refusal:
        refused = refusal.code
    else:
        refused = ""
    client = Client(connection, access_token=token)
    sent = client.send(files)
    received = client.receive(sent.transfer_id, sent.secret).files
    kept = client.send([("kept.bin", os.urandom(1000))])
    return {
        "without_token": refused,
        "same_bytes": received == files,
        "after_deletion": client.delete(sent.transfer_id, sent.owner_token),
        "kept": kept.transfer_id,
    }


def sign_in(origin: str, name: str, password: str) -> str:
    """The heading of the page that an operator sees then."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = f"{origin}/admin/login/?next=/admin/"
    with opener.open(page, timeout=30) as answer:
        form = answer.read().decode()
    typed = {
        "csrfmiddlewaretoken": re.search(r'csrfmiddlewaretoken" value="([^"]+)"', form)[1],
        "username": name,
        "password": password,
        "next": "/admin/",
    }
    posted = urllib.request.Request(page, urllib.parse.urlencode(typed).encode())
    posted.add_header("Referer", page)
    with opener.open(posted, timeout=30) as answer:
        return re.search(r"<title>\s*(.*?)\s*</title>", answer.read().decode(), re.DOTALL)[1]


if __name__ == "__main__":
    origin, token, *operator = sys.argv[1:]
    told = transfer(origin, token)
    if operator:
        told["signed_in"] = sign_in(origin, *operator)
    sys.stdout.write(json.dumps(told) + "\n")
