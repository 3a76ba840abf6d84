"""The scan of all log lines finds what was planted."""

import json

import pytest

from tests.browser.log_scan import problems


def line(**changes: object) -> str:
    from transfers.transparency.outside_database import LOG_LINE

    good = {**dict.fromkeys(LOG_LINE, ""), "message": "request", "request_id": "0" * 32}
    return json.dumps({**good, **changes})


def test_good_lines_pass():
    start = "SGraph Send is ready on http://127.0.0.1:8000 (stop with Ctrl-C)\n"
    route = line(route="transfers/local/<str:transfer_id>/<str:upload_id>/parts/<int:index>")
    assert list(problems(f"{start}{line()}\n{route}\n", ["a" * 22])) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"path": "x"},
        {"route": "/d/somewhere"},
        {"address": "203.0.113.7"},
        {"route": f"d/{'Ab1_' * 5}xy"},
        {"access_token": "k" * 43},
        {"message": "failed", "cause": "http://bucket/key"},
        {"route": "x?signature=1"},
        {"request_id": "a" * 22},
    ],
)
def test_what_was_planted_is_found(planted: dict[str, str]):
    assert list(problems(line(**planted), ["a" * 22]))


def test_a_line_that_is_not_json_is_found():
    assert list(problems("Traceback (most recent call last):"))
