"""Lambda handler of cleanup and of an operator's tasks."""

from collections.abc import Callable

import django

from sgraph_send.aws_lambda.service import prepare


def _ready() -> Callable[[dict, object], dict]:
    prepare("all")
    django.setup()
    from sgraph_send.aws_lambda.tasks import run

    return run


handler = _ready()
