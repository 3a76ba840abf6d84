"""The page of the audit log."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from adminpanel import audit
from adminpanel.audit_text import ACTIONS, action_text, details_text
from adminpanel.models import AuditEntry
from adminpanel.read_only import ReadOnlyAdmin


class ActionFilter(admin.SimpleListFilter):
    title = "what was done"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return sorted(ACTIONS.items(), key=lambda action: action[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(action=self.value()) if self.value() in ACTIONS else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "operator", "did", "target", "more", "number")
    list_filter = (ActionFilter, "at")
    search_fields = ("operator__exact", "target")
    search_help_text = "An operator's name, or part of what was acted on"
    ordering = ("-number",)
    show_full_result_count = False
    actions = None
    fields = ("number", "at", "operator", "did", "target", "more", "action", "details", "head")
    readonly_fields = fields

    @admin.display(description="Did", ordering="action")
    def did(self, entry: AuditEntry) -> str:
        return action_text(entry.action)

    @admin.display(description="More")
    def more(self, entry: AuditEntry) -> str:
        return details_text(entry.details)

    @admin.display(description="Head, for verify_audit_log --expect-head")
    def head(self, entry: AuditEntry) -> str:
        return audit.head_of(entry)
