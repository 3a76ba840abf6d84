"""Every change made through Django admin becomes an entry of the audit log."""

from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from adminpanel import audit
from adminpanel.audit_details import target_of, values_of


class Audited(ModelAdmin):
    """Put before a ModelAdmin by our site, for every model that is registered."""

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> object:
        audit.record(request.user, "added", target_of(obj), **values_of(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> object:
        details = {**_told_by(message), **values_of(obj)}
        audit.record(request.user, "changed", target_of(obj), **details)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> object:
        for row in queryset:
            audit.record(request.user, "deleted", target_of(row))
        return super().log_deletions(request, queryset)


def audited(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """The same class, whose changes are recorded."""
    if issubclass(admin_class, Audited):
        return admin_class
    return type(
        admin_class.__name__, (Audited, admin_class), {"__module__": admin_class.__module__}
    )


def _told_by(message: object) -> dict[str, object]:
    """Fields out of Django's structured message, or the sentence that we gave instead of one."""
    if isinstance(message, str):
        return {"note": message} if message else {}
    fields = [name for part in message for name in part.get("changed", {}).get("fields", [])]
    return {"fields": fields} if fields else {}
