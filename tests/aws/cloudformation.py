"""The CloudFormation template, its places, and what is left of it without one of them."""

from collections.abc import Iterator
from typing import Any

from deploy.aws.template_file import TEMPLATE, load
from tests.aws.rules import WORDING

__all__ = ["TEMPLATE", "at", "load", "places", "resources", "without"]
# Each is one value, except the branches of If.
INTRINSIC = ({"Ref"}, {"Sub"}, {"GetAtt"}, {"FindInMap"}, {"Select"})


def resources() -> dict[str, Any]:
    """The resources without wording, which may be any."""
    return _without_wording(load()["Resources"])


def at(node: Any, place: str) -> Any:
    """What stands at `A.B.0`; None where nothing does."""
    for step in place.split("."):
        try:
            node = node[int(step) if isinstance(node, list) else step]
        except (KeyError, IndexError):
            return None
    return node


def places(node: Any, begin: str) -> Iterator[str]:
    """Every place below `begin`, whole and in parts."""
    yield begin
    if isinstance(node, dict) and set(node) not in INTRINSIC:
        for key, inner in node.items():
            yield from places(inner, f"{begin}.{key}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from places(inner, f"{begin}.{number}")


def without(template: dict, place: str) -> dict:
    """A copy of the template from which `A.B.0` is taken out.

    Raises:
        KeyError, IndexError: when there is nothing at this place.
    """
    first, _, rest = place.partition(".")
    copy = template.copy()
    key = int(first) if isinstance(template, list) else first
    if rest:
        copy[key] = without(template[key], rest)
    else:
        del copy[key]
    return copy


def _without_wording(node: Any) -> Any:
    match node:
        case dict():
            kept = {key: inner for key, inner in node.items() if key not in WORDING}
            return {key: _without_wording(inner) for key, inner in kept.items()}
        case list():
            return [_without_wording(inner) for inner in node]
        case _:
            return node
