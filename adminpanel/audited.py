"""Every change made through Django admin becomes an entry of the audit log."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from adminpanel import audit
from adminpanel.audit_details import target_of, values_of


class Audited(ModelAdmin):
    """Mixin that OperatorsSite adds to the admin class of every registered model."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        audit.record(request.user, "added", target_of(obj), **values_of(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        details = {**_details_of(message), **values_of(obj)}
        audit.record(request.user, "changed", target_of(obj), **details)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for row in queryset:
            audit.record(request.user, "deleted", target_of(row))
        return super().log_deletions(request, queryset)


def audited(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """The same class with Audited before it."""
    if issubclass(admin_class, Audited):
        return admin_class
    return type(
        admin_class.__name__, (Audited, admin_class), {"__module__": admin_class.__module__}
    )


def _details_of(message: Any) -> dict[str, object]:
    """The changed fields of Django's structured message, or a message that is plain text."""
    if isinstance(message, str):
        return {"note": message} if message else {}
    fields = [name for part in message for name in part.get("changed", {}).get("fields", [])]
    return {"fields": fields} if fields else {}
