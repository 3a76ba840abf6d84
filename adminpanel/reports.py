"""The queue of reports: look, then take down or dismiss."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from transfers import abuse
from transfers.models import AbuseReport, BlockedPayload, Transfer


class TakeDownForm(forms.Form):
    notice = forms.CharField(
        max_length=300,
        required=False,
        label="Sentence for later visitors",
        help_text="Shown instead of “taken down by the operator of this site”. Public.",
    )
    block = forms.BooleanField(
        required=False,
        label="Refuse the same bytes in future",
        help_text="Stops copies of this very ciphertext, not the same files encrypted anew.",
    )


@admin.register(AbuseReport)
class AbuseReportAdmin(admin.ModelAdmin):
    """Open reports first; reporters' words are shown as text, keys only to those who may act."""

    list_display = ("created_at", "reason", "state", "transfer_id", "key_disclosed", "contact")
    list_filter = ("state", "reason", "created_at")
    search_fields = ("=transfer_id",)
    ordering = ("-state", "created_at")
    actions = ("take_down", "dismiss")

    @admin.display(boolean=True, description="Key disclosed")
    def key_disclosed(self, report: AbuseReport) -> bool:
        return bool(report.disclosed_key)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AbuseReport | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: AbuseReport | None = None):
        return self.get_fields(request, obj)

    def get_fields(self, request: HttpRequest, obj: AbuseReport | None = None) -> list[str]:
        hidden = {"id"} if self.has_change_permission(request) else {"id", "disclosed_key"}
        return [field.name for field in AbuseReport._meta.fields if field.name not in hidden]

    def change_view(self, request: HttpRequest, object_id: str, form_url="", extra_context=None):
        nothing_to_save = {"show_save": False, "show_save_and_continue": False}
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **nothing_to_save}
        )

    @admin.action(description="Take the transfers down …", permissions=["change"])
    def take_down(self, request: HttpRequest, reports: QuerySet) -> HttpResponse | None:
        ids = sorted(set(reports.values_list("transfer_id", flat=True)))
        form = TakeDownForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Take down",
                "form": form,
                "transfer_ids": ids,
                "selected": reports,
                "opts": self.model._meta,
            }
            return TemplateResponse(request, "admin/take_down.html", context)
        found = Transfer.objects.filter(pk__in=ids)
        for transfer in found:
            abuse.take_down(transfer, request.user, **form.cleaned_data)
        gone = abuse.dismiss(reports.exclude(transfer_id__in=found), request.user)
        self.message_user(request, f"Taken down: {len(found)}. Already forgotten: {gone}.")
        return None

    @admin.action(description="Dismiss", permissions=["change"])
    def dismiss(self, request: HttpRequest, reports: QuerySet) -> None:
        count = abuse.dismiss(reports, request.user)
        self.message_user(request, f"Dismissed: {count}.", messages.SUCCESS)


@admin.register(BlockedPayload)
class BlockedPayloadAdmin(admin.ModelAdmin):
    """What is refused; deleting a row lets the payload in again."""

    list_display = ("__str__", "payload_bytes", "transfer_id", "created_at", "blocked_by")
    search_fields = ("=transfer_id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: BlockedPayload | None = None
    ) -> bool:
        return False
