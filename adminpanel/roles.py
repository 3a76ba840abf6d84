"""The three roles of operators, as groups whose permissions every start restores."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet, TextChoices

_APPS = ("transfers", "adminpanel", "auth")


class Role(TextChoices):
    VIEWER = "viewer"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


_GRANTED = {
    Role.VIEWER: Q(codename__startswith="view_"),
    Role.MODERATOR: Q(codename__startswith="view_")
    | Q(codename__in=["change_abusereport", "delete_transfer"]),
    Role.ADMINISTRATOR: Q(),
}
# Nobody may write the audit log.
_DENIED_TO_ALL = Q(codename__endswith="_auditentry") & ~Q(codename__startswith="view_")


def permissions_of(role: Role) -> QuerySet[Permission]:
    """The permissions of a role: `delete_transfer` ends transfers, `change_transfer` extends
    them."""
    known = Permission.objects.filter(content_type__app_label__in=_APPS)
    return known.filter(_GRANTED[role]).exclude(_DENIED_TO_ALL)


def create_roles() -> list[str]:
    """Create the groups or restore their permissions; returns the names of those that changed."""
    changed = []
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.value)
        wanted = set(permissions_of(role))
        if set(group.permissions.all()) != wanted:
            group.permissions.set(wanted)
            changed.append(role.value)
    return changed


def give_role(operator: User, role: Role) -> None:
    """Make this the operator's only role."""
    operator.groups.remove(*Group.objects.filter(name__in=Role.values))
    operator.groups.add(Group.objects.get(name=role.value))
