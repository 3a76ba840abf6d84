"""Calls that schemathesis makes up from a site's OpenAPI document, and what each answer must be."""

import json
import random
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from harness.live_site import LiveSite
from tests.adversarial.stock import KINDS, Stock

EVERYTHING_OFF = {"SGRAPH_SEND__RATES": "off"}
UNCHANGING = {"sign_parts", "list_parts", "manifest", "lease", "report"}
USUAL_KINDS = {
    "sign_parts": ("pending", "uploaded"),
    "list_parts": ("pending", "uploaded"),
    "abort": ("pending", "uploaded"),
    "complete": ("pending", "uploaded", "raw_uploaded"),
    "upload_raw": ("raw_pending", "raw_uploaded"),
    "download_raw": ("raw_completed",),
    "finish": ("leased",),
}
# Of members that the schema leaves out at will, what a call can't do without.
NEEDED = {"change": {"expires_in_seconds"}}
POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


@dataclass(frozen=True)
class Situation:
    """Whose transfer it is, and what of the call is right; the rest stays as it was made up."""

    kind: str
    owner: str = "right"
    access: str = "none"
    is_body_right: bool = True


class WrongAnswer(AssertionError):
    """An answer that the document does not allow."""


def strict_document(site: LiveSite) -> dict:
    """The site's document, with every undocumented member of an answer forbidden."""
    with urllib.request.urlopen(f"{site.url}/api/openapi.json", timeout=30) as answer:
        document = json.load(answer)
    for component in document["components"]["schemas"].values():
        if "properties" in component:
            component["additionalProperties"] = False
    # Of `create` the longer answer contains the shorter one.
    document["components"]["schemas"]["Created"].pop("additionalProperties")
    return document


def run(site: LiveSite, cases_per_call: int) -> tuple[Counter, list[str]]:
    """Calls every operation about `cases_per_call` times, half of them against its schema.

    Returns how often each operation answered with each status, and what was wrong.
    """
    load_all_checks()
    schema = schemathesis.openapi.from_dict(strict_document(site))
    schema.config.update(base_url=site.url)
    stock, answers, wrong = Stock(site), Counter(), []
    with requests.Session() as session:
        for operation in _operations(schema):
            for mode in (POSITIVE, NEGATIVE):
                caller = _Caller(operation, mode, stock, session, answers)
                try:
                    caller.call_often(cases_per_call // 2)
                except Unsatisfiable:
                    continue  # nothing of this call can be wrong
                except (Exception, FailureGroup) as exc:
                    wrong.append(f"{operation.label} ({mode.value}): {exc}")
    return answers, wrong


def _operations(schema: schemathesis.BaseSchema) -> Iterator[schemathesis.APIOperation]:
    for found in schema.get_all_operations():
        yield found.ok()


def _situations(operation_id: str) -> Iterator[Situation]:
    """First those in which the call should succeed, then every state, then anything."""
    usual = USUAL_KINDS.get(operation_id, ("completed", "leased"))
    yield from (Situation(kind) for kind in (*usual * 3, *KINDS))
    yield from (Situation(kind, is_body_right=False) for kind in usual * 2)
    while True:
        yield Situation(
            kind=random.choice(["made up", *usual, *KINDS]),
            owner=random.choice(["right", "right", "made up", "none"]),
            access=random.choice(["none", "none", "none", "made up"]),
            is_body_right=random.choice([True, False]),
        )


class _Caller:
    """One operation, called with what fits or with what does not fit its schema."""

    def __init__(self, operation, mode, stock: Stock, session, answers: Counter) -> None:
        self.operation, self.mode = operation, mode
        self.stock, self.session, self.answers = stock, session, answers
        self.operation_id = operation.definition.raw["operationId"]
        self.situations = _situations(self.operation_id)
        self.checks = [
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
            checks.response_headers_conformance,
        ]

    def call_often(self, cases: int) -> None:
        """Raises the first failure as it is: another run with the same bytes meets other rows."""

        @settings(
            max_examples=cases,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=self.operation.as_strategy(generation_mode=self.mode))
        def call(case: schemathesis.Case) -> None:
            self._call(case, next(self.situations))

        call()

    def _call(self, case: schemathesis.Case, situation: Situation) -> None:
        if situation.kind != "made up" and "transfer_id" in case.path_parameters:
            self._dress(case, situation)
        if situation.access == "none":
            case.headers.pop("x-sgraph-access-token", None)
        response = case.call(session=self.session)
        self.answers[self.operation.label, response.status_code] += 1
        case.validate_response(response, checks=self.checks)
        _require_decent(response)
        is_changing = case.method not in ("GET", "HEAD") and response.status_code < 300
        if is_changing and self.operation_id not in UNCHANGING:
            self.stock.spend(situation.kind)

    def _dress(self, case: schemathesis.Case, situation: Situation) -> None:
        """Put a real transfer's id and secrets into the call."""
        stocked = self.stock.get(situation.kind)
        sender = stocked.sender
        case.path_parameters["transfer_id"] = sender.transfer_id
        if situation.owner == "right":
            case.headers["x-sgraph-owner-token"] = sender.owner_token
        elif situation.owner == "none":
            case.headers.pop("x-sgraph-owner-token", None)
        if not situation.is_body_right:
            return
        if "x-sgraph-lease-token" in case.headers:
            case.headers["x-sgraph-lease-token"] = stocked.lease_token
        right = {
            "link_proof": sender.link_proof,
            "proof": sender.proof,
            "lease_token": stocked.lease_token,
            "manifest": stocked.manifest,
            "parts": [0],
            "expires_in_seconds": 3600,
            "max_downloads": 5,
        }
        if isinstance(case.body, dict):
            named = case.body.keys() | NEEDED.get(self.operation_id, set())
            case.body |= {name: value for name, value in right.items() if name in named}


def _require_decent(response) -> None:
    """What holds of every refusal, documented or not."""
    status, text = response.status_code, response.content.decode(errors="replace")
    if status >= 500:
        raise WrongAnswer(f"{status}: {text[:500]}")
    if status < 400 or response.request.method == "HEAD":
        return
    refusal = json.loads(text)
    if not refusal["detail"].endswith(".") or not refusal["code"] or "Traceback" in text:
        raise WrongAnswer(f"{status}: {text[:500]}")
    if status == 429 and not response.headers.get("retry-after"):
        raise WrongAnswer("429 without Retry-After")
