"""Lambda as a test needs it: a fresh process that imports one handler and is handed documents."""

import base64
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from harness.function_url import ORIGIN_SECRET, function_url
from harness.live_site import ROOT
from tests.aws.machines import Checkout, ZipMachine
from tests.aws.runtime_loop import ANSWER

DOCUMENTS = Path(__file__).parent


class HandlerFailed(Exception):
    """A handler raised; the text is `type: message`, as Lambda reports it."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    set_cookies: Sequence[str] = ()

    def json(self) -> dict:
        return json.loads(self.body)


class Function:
    """One function instance; `output` is what it wrote to its log so far."""

    def __init__(
        self, machine: Checkout | ZipMachine, module: str, settings: dict[str, str], log_path: Path
    ) -> None:
        self.log_path, self.output = log_path, ""
        command, environment = machine.process(module, settings)
        with log_path.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
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
        secret: str | None = ORIGIN_SECRET,
        cookies: Sequence[str] = (),
        **headers: str,
    ) -> Answer:
        """A request through CloudFront and the function's URL; `body` bytes, or JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        document = function_url(method, path, body, named)
        document["headers"]["x-sgraph-origin-secret"] = secret
        if secret is None:
            del document["headers"]["x-sgraph-origin-secret"]
        if cookies:
            document["cookies"] = list(cookies)
        answer = self.invoke(document)
        content = _content(answer, answer["isBase64Encoded"])
        set_cookies = answer.get("cookies", [])
        return Answer(answer["statusCode"], answer["headers"], content, set_cookies)

    def call_at_the_edge(
        self, method: str, path: str, body: bytes = b"", cookies: Sequence[str] = (), **headers: str
    ) -> Answer:
        """The same by CloudFront's own document; each cookie is a header line of its own."""
        document = cloudfront(path)
        request = document["Records"][0]["cf"]["request"]
        request |= {"method": method}
        named = {name.replace("_", "-"): [value] for name, value in headers.items()}
        if cookies:
            named["cookie"] = list(cookies)
        if body:
            data = base64.b64encode(body).decode()
            request["body"] = {"data": data, "encoding": "base64", "inputTruncated": False}
            named["content-length"] = [str(len(body))]
        request["headers"] |= {
            name: [{"key": name, "value": value} for value in values]
            for name, values in named.items()
        }
        answer = self.invoke(document)
        lines = {
            name: [each["value"] for each in values] for name, values in answer["headers"].items()
        }
        set_cookies = lines.pop("set-cookie", [])
        single = {name: ", ".join(values) for name, values in lines.items()}
        content = _content(answer, answer["bodyEncoding"] == "base64")
        return Answer(answer["status"], single, content, set_cookies)

    def ended(self) -> bool:
        """Whether the process ended by itself, as a function does that cannot start."""
        self._process.stdin.close()
        self._process.stdout.close()
        return self._process.wait(120) != 0

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


class Browser:
    """Keeps cookies, and sends forms as a page of its origin would.

    `call`: `Function.call` or `Function.call_at_the_edge`.
    """

    def __init__(self, call: Callable[..., Answer], origin: str) -> None:
        self._call, self._origin = call, origin
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._kept(self._call("GET", path, cookies=self._lines()))

    def submit(self, path: str, page: Answer, **fields: str) -> Answer:
        """The form of `page` with its token against forgery."""
        token = page.body.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        headers = {"content_type": "application/x-www-form-urlencoded", "origin": self._origin}
        return self._kept(self._call("POST", path, body, cookies=self._lines(), **headers))

    def _lines(self) -> list[str]:
        return [f"{name}={value}" for name, value in self.cookies.items()]

    def _kept(self, answer: Answer) -> Answer:
        for line in answer.set_cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def _content(answer: dict, is_base64: bool) -> bytes:
    text = answer.get("body") or ""
    return base64.b64decode(text) if is_base64 else text.encode()


def cloudfront(path: str = "/info/health") -> dict:
    """CloudFront's own document of a request on its way to the origin."""
    document = json.loads((DOCUMENTS / "cloudfront.json").read_text())
    document["Records"][0]["cf"]["request"]["uri"] = path
    return document
