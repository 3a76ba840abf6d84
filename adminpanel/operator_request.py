"""Requests of operators, who are always signed in."""

from django.contrib.auth.models import User
from django.http import HttpRequest


class OperatorRequest(HttpRequest):
    """What Django admin passes to actions of the panel; for annotations only."""

    user: User
