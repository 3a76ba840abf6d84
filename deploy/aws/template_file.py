"""The CloudFormation template as plain data (`!Ref X` is {"Ref": "X"}), and what it comes to."""

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path

import yaml

TEMPLATE = Path(__file__).with_name("template.yaml")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}


class _Loader(yaml.SafeLoader):
    """SafeLoader, and the short forms of CloudFormation's functions."""


def _function(loader: _Loader, name: str, node: yaml.Node) -> dict:
    match node:
        case yaml.ScalarNode():
            return {name: loader.construct_scalar(node)}
        case yaml.SequenceNode():
            return {name: loader.construct_sequence(node, deep=True)}
        case _:
            return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _function)


def load() -> dict:
    """The template, the caller's own to change."""
    return deepcopy(_parsed())


@cache
def _parsed() -> dict:
    return yaml.load(TEMPLATE.read_text(), _Loader)  # noqa: S506  a SafeLoader


class Stack:
    """The template with values for its parameters; raises ValueError for names that it has not."""

    def __init__(self, template: dict, parameters: Mapping[str, str]) -> None:
        declared = template["Parameters"]
        if unknown := sorted(set(parameters) - set(declared)):
            raise ValueError(f"The template has no parameter {', '.join(unknown)}.")
        defaults = {
            name: about["Default"] for name, about in declared.items() if "Default" in about
        }
        self.parameters = {name: str(value) for name, value in (defaults | parameters).items()}
        self._mappings = template["Mappings"]
        self._conditions = template["Conditions"]
        self.resources = {
            name: found
            for name, found in template["Resources"].items()
            if "Condition" not in found or self.holds(found["Condition"])
        }

    def of_type(self, kind: str) -> list[dict]:
        """The properties of all resources of a type that this stack makes."""
        found = self.resources.values()
        return [each.get("Properties", {}) for each in found if each["Type"] == kind]

    def holds(self, condition: str) -> bool:
        return self.value(self._conditions[condition])

    def value(self, node: object) -> object:
        """What conditions, mappings and parameters make of `node`; what else it names stays."""
        match node:
            case {"Ref": name} if name in self.parameters:
                return self.parameters[name]
            case {"Condition": name}:
                return self.holds(name)
            case {"FindInMap": [mapping, key, entry]}:
                return self._mappings[mapping][self.value(key)][entry]
            case {"If": [condition, yes, no]}:
                return self.value(yes if self.holds(condition) else no)
            case {"Equals": [left, right]}:
                return self.value(left) == self.value(right)
            case {"Not": [inner]}:
                return not self.value(inner)
            case {"And": parts}:
                return all(map(self.value, parts))
            case {"Join": [_, {"Ref": name}]}:
                return self.parameters[name].replace(",", "")
            case [*parts]:
                values = map(self.value, parts)
                return [each for each in values if each != {"Ref": "AWS::NoValue"}]
            case _:
                return node


def minutes_between(schedule: str) -> int:
    """Minutes from one run to the next of `rate(…)`; raises ValueError for other schedules."""
    if not (found := _RATE.fullmatch(schedule)):
        raise ValueError(f"{schedule} is no rate, as in rate(5 minutes).")
    return int(found[1]) * _MINUTES[found[2]]
