"""Many callers at once: processes full of threads, all let go at one barrier.

`python -m harness.crowd` is one of the processes. It reads its calls, says that its threads
stand ready, waits for a line, and prints the statuses and codes that came back.
"""

import http.client
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from harness.live_site import ROOT

Answers = Counter[tuple[int, str]]
TIMEOUT_SECONDS = 120


def call_at_once(
    url: str, calls: Sequence[tuple[str, dict, dict[str, str]]], processes: int = 8
) -> Answers:
    """POST every call (path, JSON body, headers) of the site in parallel; how often each status and
    code came back, ("" where there is no code)."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "harness.crowd"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(processes)
    ]
    try:
        for number, child in enumerate(children):
            child.stdin.write(json.dumps([url, calls[number::processes]]) + "\n")
            child.stdin.flush()
        for child in children:
            assert child.stdout.readline() == "ready\n"
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        answers: Answers = Counter()
        for child in children:
            for status, code in json.loads(child.communicate(timeout=TIMEOUT_SECONDS)[0]):
                answers[status, code] += 1
        return answers
    finally:
        for child in children:
            child.kill()
            child.wait()


def _post(url: str, path: str, body: dict, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(
            "POST", path, json.dumps(body), {"Content-Type": "application/json", **headers}
        )
        response = connection.getresponse()
        return response.status, json.load(response).get("code", "")
    finally:
        connection.close()


def main() -> None:
    url, calls = json.loads(sys.stdin.readline())
    barrier = threading.Barrier(len(calls) + 1)
    answers: list[tuple[int, str]] = []

    def caller(path: str, body: dict, headers: dict[str, str]) -> None:
        barrier.wait()
        try:
            answers.append(_post(url, path, body, headers))
        except (OSError, http.client.HTTPException) as exc:
            answers.append((0, type(exc).__name__))

    threads = [threading.Thread(target=caller, args=call) for call in calls]
    for thread in threads:
        thread.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    barrier.wait()
    for thread in threads:
        thread.join()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
