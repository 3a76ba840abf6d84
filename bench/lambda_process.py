"""What Lambda's runtime does with a function, and how long each step takes.

Run as a file, without our packages: `lambda_process.py MODULE`; then a document on each line of
standard input. Answers with lines of JSON: `{"ms", "cpu_ms"}` of the import, then of each call.
"""

import importlib
import json
import sys
import time


def main(module: str) -> None:
    began = _now()
    handler = importlib.import_module(module).handler
    _say(began)
    for line in sys.stdin:
        document = json.loads(line)
        began = _now()
        handler(document, None)
        _say(began)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _say(began: tuple[float, float]) -> None:
    wall, cpu = (1000 * (now - then) for now, then in zip(_now(), began, strict=True))
    sys.stdout.write(f"{json.dumps({'ms': wall, 'cpu_ms': cpu})}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
