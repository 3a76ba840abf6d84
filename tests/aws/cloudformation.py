"""The CloudFormation template as plain data: `!Ref X` is {"Ref": "X"}, and so on."""

from pathlib import Path

import yaml

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy/aws/template.yaml"


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
    return yaml.load(TEMPLATE.read_text(), _Loader)  # noqa: S506  a SafeLoader


def without(template: dict, path: str) -> dict:
    """A copy of the template from which `A.B.0` is taken out.

    Raises:
        KeyError, IndexError: when there is nothing at this place.
    """
    first, _, rest = path.partition(".")
    copy = template.copy()
    key = int(first) if isinstance(template, list) else first
    if rest:
        copy[key] = without(template[key], rest)
    else:
        del copy[key]
    return copy
