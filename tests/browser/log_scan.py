"""What the sites wrote: every line JSON, and none with more than an operator may know."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

# `serve` tells these to whoever started it, on standard output.
START = re.compile(
    r"SGraph Send is ready on |Ciphertext goes to: |Bucket \S+, see manage.py"
    r"|System check identified |WARNINGS:|\?: \(\w+\.W\d+\) |\s*HINT: "
)
FORBIDDEN = {
    "an address": re.compile(r"(?<![\w.])\d{1,3}(\.\d{1,3}){3}(?![\w.])|::1"),
    "a URL": re.compile(r"\w+://"),
    "a path with an id": re.compile(r"(?:^|[\s\"'])/(?:d|manage|transfers)/"),
    "a query": re.compile(r"[?&]\w+=|signature=|X-Amz-", re.IGNORECASE),
    "an id or a secret": re.compile(
        r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]{22}|[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])"
    ),
}


def problems(log: str, ids: Iterable[str] = ()) -> Iterator[str]:
    """Sentences about lines that are not as they should be; `ids` are those of real transfers."""
    from transfers.transparency.outside_database import LOG_LINE

    known = [each for each in ids if each]
    for text in log.splitlines():
        if not text or START.match(text):
            continue
        try:
            line = json.loads(text)
        except ValueError:
            yield f"not JSON: {text}"
            continue
        if line.get("message") == "request" and line.keys() != LOG_LINE.keys():
            yield f"other members than those told of: {text}"
        words = json.dumps({name: each for name, each in line.items() if name != "request_id"})
        yield from (f"{name}: {text}" for name, form in FORBIDDEN.items() if form.search(words))
        yield from (f"the id of a transfer: {text}" for each in known if each in text)


def ids_in(data_folder: Path) -> list[str]:
    """The ids of all transfers in a site's SQLite database; none where it has another database."""
    database = data_folder / "db.sqlite3"
    if not database.exists():
        return []
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return [row[0] for row in connection.execute("SELECT id FROM transfers_transfer")]
    finally:
        connection.close()
