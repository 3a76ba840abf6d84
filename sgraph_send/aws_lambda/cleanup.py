"""Lambda handler of cleanup and of operators' tasks."""

from collections.abc import Callable
from typing import Any

import django

from sgraph_send.aws_lambda.service import prepare


def _ready() -> Callable[[dict[str, Any], object], dict[str, Any]]:
    prepare("all")
    django.setup()
    from sgraph_send.aws_lambda.tasks import run

    return run


handler = _ready()
