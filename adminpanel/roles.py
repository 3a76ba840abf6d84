"""What operators may do, as three groups that every start sets right."""

from django.contrib.auth.models import AbstractUser, Group, Permission
from django.db.models import Q, QuerySet, TextChoices

_APPS = ("transfers", "adminpanel", "auth")


class Role(TextChoices):
    VIEWER = "viewer"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


_MAY = {
    Role.VIEWER: Q(codename__startswith="view_"),
    Role.MODERATOR: Q(codename__startswith="view_")
    | Q(codename__in=["change_abusereport", "delete_transfer"]),
    Role.ADMINISTRATOR: Q(),
}
# The log of what operators did is nobody's to write.
_NOBODY_MAY = Q(codename__endswith="_auditentry") & ~Q(codename__startswith="view_")


def permissions_of(role: Role) -> QuerySet:
    """The rights of a role: `delete_transfer` ends transfers, `change_transfer` extends them."""
    known = Permission.objects.filter(content_type__app_label__in=_APPS)
    return known.filter(_MAY[role]).exclude(_NOBODY_MAY)


def create_roles() -> list[str]:
    """Make the three groups, or give them back the rights they should have; which changed."""
    changed = []
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.value)
        wanted = set(permissions_of(role))
        if set(group.permissions.all()) != wanted:
            group.permissions.set(wanted)
            changed.append(role.value)
    return changed


def give_role(operator: AbstractUser, role: Role) -> None:
    """This role and no other of the three."""
    operator.groups.remove(*Group.objects.filter(name__in=Role.values))
    operator.groups.add(Group.objects.get(name=role.value))
