"""The CloudFormation template, and what is left of it when something is taken out."""

from deploy.aws.template_file import TEMPLATE, load

__all__ = ["TEMPLATE", "load", "without"]


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
