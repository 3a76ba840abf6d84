"""What the web server itself writes about requests that never reach Django."""

import json
import socket
import urllib.request
from contextlib import closing

from harness.waiting import wait_until


def test_an_invalid_request_is_logged_without_address_and_path(start_site):
    site = start_site()
    host, port = site.url.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)), timeout=30)) as connection:
        connection.sendall(b"GET /d/privateprivateprivate NOT/HTTP\r\n\r\n")
        connection.recv(1000)

    line = wait_until(
        lambda: next((line for line in site.log.splitlines() if "Invalid request" in line), None),
        "a line about it",
    )
    assert json.loads(line)["message"] == "Invalid request"
    assert "privateprivate" not in site.log
    assert '"127.0.0.1' not in site.log


def test_who_asks_for_heads_alone_leaves_no_warning(start_site):
    site = start_site()
    for path in ("/", "/info/health"):
        asked = urllib.request.Request(site.url + path, method="HEAD")
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert int(answer.headers["Content-Length"]) > 10
            assert answer.read() == b""

    wait_until(lambda: site.log.count('"method": "HEAD"') == 2, "a line for each")
    assert '"level": "warning"' not in site.log


def test_a_failure_outside_django_is_logged_by_its_type_alone(caplog):
    from gunicorn.config import Config

    from sgraph_send.server.gunicorn_log import ServerLog

    log = ServerLog(Config())
    log.error_log.propagate = True
    try:
        raise OSError("/transfers/local/secretid?signature=secret")
    except OSError:
        log.exception("Error handling request %s %s", "GET", "/d/secretid")

    assert [record.getMessage() for record in caplog.records] == [
        "Error handling request (OSError)"
    ]
