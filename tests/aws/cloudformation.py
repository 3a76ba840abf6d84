"""The CloudFormation template as plain data with the functions' long names (`Fn::GetAtt`)."""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

TEMPLATE = Path(__file__).parents[2] / "deploy" / "aws" / "template.yaml"


def load() -> dict[str, Any]:
    """The template, the caller's own to change."""
    return deepcopy(_parsed())


@cache
def _parsed() -> dict[str, Any]:
    # Without cfn-lint's own types, which remember lines and columns.
    return json.loads(json.dumps(cfn_yaml.load(str(TEMPLATE))))


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type, by name."""
    found = load()["Resources"].items()
    return {name: made.get("Properties", {}) for name, made in found if made["Type"] == kind}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Owner and statement of every policy in a type of resource."""
    for name, properties in of_type(kind).items():
        documents = [each["PolicyDocument"] for each in properties.get("Policies", ())]
        if "PolicyDocument" in properties:
            documents.append(properties["PolicyDocument"])
        for document in documents:
            if "Fn::Sub" in document:
                document = json.loads(document["Fn::Sub"])
            yield from ((name, statement) for statement in document["Statement"])


def without(template: Any, place: str) -> Any:
    """A copy of the template from which what stands at `A.B.0` is taken out.

    Raises:
        KeyError, IndexError: when nothing stands there.
    """
    first, _, rest = place.partition(".")
    copy = template.copy()
    key = int(first) if isinstance(template, list) else first
    if rest:
        copy[key] = without(template[key], rest)
    else:
        del copy[key]
    return copy
