"""Operators by their roles, signed in."""

from django.contrib.auth.models import User
from django.test import Client

from adminpanel import roles
from adminpanel.roles import Role


def signed_in(role: Role) -> Client:
    """A new operator of this role, named like it."""
    roles.create_roles()
    operator = User.objects.create_user(role.value, is_staff=True)
    roles.give_role(operator, role)
    client = Client()
    client.force_login(operator)
    return client
