"""What Lambda's runtime does with a function, and how long each step takes.

Run as a file, without our packages: `lambda_process.py MODULE`; then a document on each line of
standard input. Answers with lines of JSON: `{"init_ms"}`, then `{"ms", "status"}` for each.
"""

import importlib
import json
import sys
import time


def main(module: str) -> None:
    began = time.perf_counter()
    handler = importlib.import_module(module).handler
    _say({"init_ms": (time.perf_counter() - began) * 1000})
    for line in sys.stdin:
        document = json.loads(line)
        began = time.perf_counter()
        answer = handler(document, None)
        _say({"ms": (time.perf_counter() - began) * 1000, "status": answer["statusCode"]})


def _say(measured: dict) -> None:
    sys.stdout.write(f"{json.dumps(measured)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
