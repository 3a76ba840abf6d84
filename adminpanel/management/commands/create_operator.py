import sys
from argparse import ArgumentParser
from getpass import getpass

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from adminpanel import audit, roles
from adminpanel.first_start import require_tables
from adminpanel.roles import Role


class Command(BaseCommand):
    help = (
        "Make an account for /admin/. The password is asked for, or read as one line from standard "
        "input where that is no terminal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what to sign in with")
        parser.add_argument("--role", choices=Role.values, required=True)

    def handle(self, *args: object, name: str, role: str, **options: object) -> None:
        require_tables()
        operators = get_user_model()
        operator = operators(username=name, is_staff=True)
        try:
            operator.clean_fields(exclude=["password"])
            if operators.objects.filter(username=name).exists():
                raise CommandError("There is an operator of this name already.")
            password = _password()
            validate_password(password, operator)
        except ValidationError as exc:
            raise CommandError(" ".join(exc.messages)) from None
        operator.set_password(password)
        roles.create_roles()
        with transaction.atomic():
            operator.save()
            roles.give_role(operator, Role(role))
            audit.record(None, "operator_created", f"user {name}", role=role)
        self.stdout.write(f"{name} may sign in at /admin/ as {role}.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass()
    if password != getpass("Password, again: "):
        raise CommandError("The two passwords differ.")
    return password
