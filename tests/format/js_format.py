"""The browser's implementation of the format, called from Python through one running Node."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any, Self

from harness import node

_SCRIPT = Path(__file__).with_suffix(".js")


class JsFormatError(Exception):
    """The script raised; the message is the error's code."""


class JsFormat:
    """A Node process that answers calls; bytes are bytes in arguments and results."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            node.command(_SCRIPT), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.communicate(timeout=60)

    def call(self, name: str, **arguments: Any) -> Any:
        """The result of one of the calls in js_format.js; JsFormatError when it raises."""
        line = json.dumps({"call": name, "input": arguments}, default=_as_json)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline(), object_hook=_from_json)
        if "error" in answer:
            raise JsFormatError(answer["error"])
        return answer["result"]


def _as_json(value: Any) -> dict[str, str]:
    return {"$bytes": base64.b64encode(value).decode("ascii")}


def _from_json(members: dict[str, Any]) -> Any:
    return base64.b64decode(members["$bytes"]) if members.keys() == {"$bytes"} else members
