"""The runtime's side of a function: `runtime_loop.py MODULE` imports the handler once, then answers
each line of standard input. Knows no package of ours, so that it runs on a machine without any.
"""

import importlib
import json
import sys

ANSWER = "\x1e"  # begins the line of an answer, among whatever else a function writes


def serve(module: str) -> None:
    handler = importlib.import_module(module).handler
    for line in sys.stdin:
        try:
            answer = handler(json.loads(line), None)
        except Exception as exc:
            answer = {"errorType": type(exc).__name__, "errorMessage": str(exc)}
        sys.stdout.write(f"{ANSWER}{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
