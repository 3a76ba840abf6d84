"""Lambda as a test needs it: a fresh process that imports one handler and is handed documents."""

import base64
import importlib
import json
import subprocess
import sys
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from tests.services.live_site import ROOT, inherited_environment

DOCUMENTS = Path(__file__).parent
ANSWER = "\x1e"  # begins the line of an answer, among whatever else a function writes


class HandlerFailed(Exception):
    """A handler raised; the text is `type: message`, as Lambda reports it."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


class Function:
    """One function instance; `output` is what it wrote to its log so far."""

    def __init__(self, module: str, environment: dict[str, str], log_path: Path) -> None:
        self.log_path, self.output = log_path, ""
        with log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.aws.runtime", module],
                cwd=ROOT,
                env={**inherited_environment(), **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def invoke(self, document: dict) -> dict:
        """The answer as Lambda would get it; raises HandlerFailed."""
        self._process.stdin.write(f"{json.dumps(document)}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith(ANSWER):
                answer = json.loads(line.removeprefix(ANSWER))
                if "errorType" in answer:
                    raise HandlerFailed(f"{answer['errorType']}: {answer['errorMessage']}")
                return answer
            self.output += line
        raise HandlerFailed(self.log_path.read_text())

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        secret: str = "shown-by-cloudfront",  # noqa: S107
        **headers: str,
    ) -> Answer:
        """A request through CloudFront and the function's URL; `body` bytes, or JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        document = function_url(method, path, body, named)
        document["headers"]["x-sgraph-origin-secret"] = secret
        answer = self.invoke(document)
        text = answer.get("body") or ""
        content = base64.b64decode(text) if answer["isBase64Encoded"] else text.encode()
        return Answer(answer["statusCode"], answer["headers"], content)

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def function_url(
    method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> dict:
    """What a function URL hands over (payload format 2.0), as it looks behind CloudFront."""
    document = deepcopy(json.loads((DOCUMENTS / "function_url.json").read_text()))
    path, _, query = path.partition("?")
    document |= {"rawPath": path, "rawQueryString": query}
    document["requestContext"]["http"] |= {"path": path, "method": method}
    document["headers"] |= headers or {}
    if isinstance(body, bytes):
        document["headers"] |= {"content-type": "application/octet-stream"}
        document |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        document["headers"] |= {"content-type": "application/json"}
        document["body"] = json.dumps(body)
    if body is not None:
        length = len(body) if isinstance(body, bytes) else len(document["body"])
        document["headers"]["content-length"] = str(length)
    return document


def cloudfront(path: str = "/info/health") -> dict:
    """CloudFront's own document of a request on its way to the origin."""
    document = json.loads((DOCUMENTS / "cloudfront.json").read_text())
    document["Records"][0]["cf"]["request"]["uri"] = path
    return document


def serve(module: str) -> None:
    """The runtime's side: import the handler once, then answer each line of standard input."""
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
