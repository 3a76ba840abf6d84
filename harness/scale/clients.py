"""`python -m harness.scale.clients`: one process of clients, told by a line on standard input.

It writes a line for each transfer that it is done with, and at the end what it saw, as JSON.
Contents follow from the number of a transfer, so that any process can compare them.
"""

import contextlib
import json
import queue
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable

from harness.scale.patient import Connections, Record
from sgraph_send.client.client import Client, SentTransfer
from sgraph_send.client.connection import CallFailed
from sgraph_send.client.encoding import decode_b64u, encode_b64u

SIZES_BYTES = (0, 40_000)
LEASE_STEP = "start the download"
ASKERS_TOO_MANY = 3
MEETING_SECONDS = 30


def files_of(number: int) -> list[tuple[str, bytes]]:
    chance = random.Random(number)
    return [(f"{number}.bin", chance.randbytes(chance.randint(*SIZES_BYTES)))]


def kind_of(number: int) -> str:
    """Six of ten are kept, two have a limit that is fought for, two are deleted by their sender."""
    return ("kept", "kept", "kept", "limited", "deleted")[number % 5]


class Crew:
    """Threads that work off transfers; `lost`, `overrun` and the like are counted in `verdict`."""

    def __init__(self, url: str, authority: str) -> None:
        self.record = Record()
        self.connections = Connections(url, authority, self.record)
        self.verdict: Counter[str] = Counter()
        self.sent: list[dict] = []
        self.said: list[str] = []

    def work(self, jobs: list, do: Callable[[object], None], threads: int) -> None:
        waiting: queue.SimpleQueue = queue.SimpleQueue()
        for job in jobs:
            waiting.put(job)

        def until_done() -> None:
            with contextlib.suppress(queue.Empty):
                while True:
                    self._attempt(do, waiting.get_nowait())

        crew = [threading.Thread(target=until_done) for _ in range(threads)]
        for each in crew:
            each.start()
        for each in crew:
            each.join()

    def _attempt(self, do: Callable[[object], None], job: object) -> None:
        try:
            do(job)
        except Exception as exc:
            self.verdict["failed"] += 1
            self.said.append(f"{type(exc).__name__}: {exc}")
        sys.stdout.write("done\n")
        sys.stdout.flush()

    def one_life(self, number: int) -> None:
        """Send, and then what the number's kind asks for."""
        kind, files = kind_of(number), files_of(number)
        limit = 1 + number // 5 % 3 if kind == "limited" else None
        with self.connections.one() as connection:
            sent = Client(connection).send(files, max_downloads=limit)
        self.verdict["confirmed"] += 1
        if limit:
            self._fight_for(sent, files, limit)
        else:
            self._fetch(sent, files)
        if kind == "deleted":
            with self.connections.one() as connection:
                state = Client(connection).delete(sent.transfer_id, sent.owner_token)
            self.verdict[f"{state} by their senders"] += 1
        self.sent.append(
            {
                "number": number,
                "kind": kind,
                "transfer_id": sent.transfer_id,
                "secret": encode_b64u(sent.secret),
                "owner_token": encode_b64u(sent.owner_token),
            }
        )

    def look_again(self, entry: dict) -> None:
        """Once all is over: what was kept is there whole, what was used up or deleted is not."""
        secret, owner_token = decode_b64u(entry["secret"]), decode_b64u(entry["owner_token"])
        sent = SentTransfer(entry["transfer_id"], secret, owner_token)
        found = self._received(sent, files_of(entry["number"]))
        if entry["kind"] == "kept":
            self.verdict["whole afterwards" if found == "whole" else f"LOST: {found}"] += 1
        else:
            is_gone = found in ("404", "410")
            self.verdict["gone afterwards" if is_gone else f"NOT GONE: {found}"] += 1

    def _fetch(self, sent: SentTransfer, files: list) -> None:
        found = self._received(sent, files)
        self.verdict["whole at once" if found == "whole" else f"LOST: {found}"] += 1

    def _fight_for(self, sent: SentTransfer, files: list, limit: int) -> None:
        """More recipients than downloads, who all ask for a lease in the same moment."""
        meeting = threading.Barrier(limit + ASKERS_TOO_MANY, timeout=MEETING_SECONDS)
        found: list[str] = []

        def meet() -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait()

        def ask() -> None:
            found.append(self._received(sent, files, meet))

        askers = [threading.Thread(target=ask) for _ in range(meeting.parties)]
        for each in askers:
            each.start()
        for each in askers:
            each.join()
        won = found.count("whole")
        self.verdict["downloads within limits"] += min(won, limit)
        self.verdict["refused at the limit"] += found.count("410")
        if won > limit:
            self.verdict["OVERRUN"] += won - limit
        if won < limit or won + found.count("410") != len(found):
            self.verdict[f"SHORT OF THE LIMIT: {sorted(found)} of {limit}"] += 1

    def _received(self, sent: SentTransfer, files: list, before: Callable | None = None) -> str:
        """`whole`, `differs`, 404 or 410 of a transfer that is over, or what failed."""
        with self.connections.one() as connection:
            if before:
                connection.before[LEASE_STEP] = before
            try:
                received = Client(connection).receive(sent.transfer_id, sent.secret)
            except CallFailed as failure:
                return str(failure.status) if failure.status in (404, 410) else str(failure)
        return "whole" if received.files == files else "differs"


def main() -> None:
    told = json.loads(sys.stdin.readline())
    crew = Crew(told["url"], told["authority"])
    do = crew.one_life if told["phase"] == "live" else crew.look_again
    crew.work(told["jobs"], do, told["threads"])
    seen = {
        "verdict": crew.verdict,
        "said": crew.said,
        "sent": crew.sent,
        "milliseconds": crew.record.milliseconds,
        "failures": crew.record.failures,
        "given_up": crew.record.given_up,
    }
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main()
