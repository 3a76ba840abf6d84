"""`python -m bench.scale.plans`, with a site's environment: how PostgreSQL finds the rows of
every statement of a transfer's life, and how often the store is called.

The real client's calls go through Django in this process, so that statements can be listened to.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping

import django
import psycopg

from sgraph_send.client.client import Client
from sgraph_send.client.connection import Connection, Response

LARGE_ROWS = 5000
_READ_WHOLE = re.compile(r"Seq Scan on (\w+)")
_VERBS = ("SELECT", "UPDATE", "INSERT", "DELETE")
_LIVE_ROWS = "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples > %s"


class Listener:
    """Statements, and calls of S3, by the step that they happened in."""

    def __init__(self) -> None:
        self.step = "start"
        self.statements: dict[tuple[str, str], object] = {}
        self.store_calls: dict[str, Counter[str]] = {}

    def listen(self) -> None:
        from botocore.client import BaseClient

        execute, call = psycopg.Cursor.execute, BaseClient._make_api_call
        listener = self

        def heard_execute(cursor, query, params=None, **options):
            text = query if isinstance(query, str) else query.as_string(cursor)
            if text.startswith(_VERBS):
                listener.statements.setdefault((listener.step, text), params)
            return execute(cursor, query, params, **options)

        def heard_call(client, operation, arguments):
            listener.store_calls.setdefault(listener.step, Counter())[operation] += 1
            return call(client, operation, arguments)

        psycopg.Cursor.execute = heard_execute
        BaseClient._make_api_call = heard_call


class WithinProcess(Connection):
    """The site's own paths are answered here, what lies elsewhere by whoever is there."""

    def __init__(self, origin: str, listener: Listener) -> None:
        super().__init__(origin)
        from django.test import Client as Caller

        self._caller, self._listener = Caller(SERVER_NAME="localhost"), listener

    def request(
        self,
        step: str,
        method: str,
        address: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **options: object,
    ) -> Response:
        self._listener.step = step
        if not address.startswith("/"):
            return super().request(step, method, address, data, headers, **options)
        answer = self._caller.generic(
            method, address, data or b"", "application/json", headers=headers, secure=True
        )
        if answer.status_code >= 300:
            raise RuntimeError(f"{step}: {answer.status_code} {answer.content!r}")
        return Response(answer.status_code, answer.headers, answer.content)


def main() -> None:
    django.setup()
    from django.conf import settings

    from transfers.maintenance import cleanup

    listener = Listener()
    listener.listen()
    connection = WithinProcess(settings.PUBLIC_ORIGINS[0], listener)
    client = Client(connection)
    sent = client.send([("a.txt", b"a" * 1000)], max_downloads=2)
    client.receive(sent.transfer_id, sent.secret)
    owner = Client._owner(client, sent)
    path = f"/transfers/manage/{sent.transfer_id}"
    connection.json("manage", "GET", path, **owner)
    connection.json("change", "PATCH", path, {"max_downloads": 3}, **owner)
    connection.json("revoke", "POST", f"{path}/revoke", **owner)
    client.delete(sent.transfer_id, sent.owner_token)
    listener.step = "cleanup"
    cleanup.run()
    found = {
        "plans": _explained(listener.statements, settings.DATABASE_URL),
        "store_calls": listener.store_calls,
    }
    sys.stdout.write(json.dumps(found) + "\n")


def _explained(statements: Mapping[tuple[str, str], object], url: str) -> list[dict]:
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        large = dict(connection.execute(_LIVE_ROWS, [LARGE_ROWS]).fetchall())
        return [
            _one(connection.execute, step, sql, params, large)
            for (step, sql), params in statements.items()
        ]


def _one(execute: Callable, step: str, sql: str, params: object, large: dict) -> dict:
    plan = [row[0] for row in execute(f"EXPLAIN {sql}", params)]
    whole = [name for line in plan for name in _READ_WHOLE.findall(line) if name in large]
    return {"step": step, "sql": sql, "plan": plan, "reads_whole_tables": whole}


if __name__ == "__main__":
    main()
