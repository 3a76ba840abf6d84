"""The audit log as operators read it; nobody writes it here."""

from django.contrib import admin
from django.http import HttpRequest

from adminpanel import audit
from adminpanel.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """Read-only for everybody, superusers included."""

    list_display = ("number", "at", "operator", "action", "target", "details")
    list_filter = ("action", "at")
    search_fields = ("operator__exact", "target")
    search_help_text = "An operator's name, or part of what was acted on"
    ordering = ("-number",)
    show_full_result_count = False
    actions = None
    fields = ("number", "at", "operator", "action", "target", "details", "head")
    readonly_fields = fields

    @admin.display(description="Head, for verify_audit_log --expect-head")
    def head(self, entry: AuditEntry) -> str:
        return audit.head_of(entry)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
