"""The pages of abuse reports, which are taken down or dismissed, and of blocked payloads."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from adminpanel import audit, confirmation
from adminpanel.audit_details import target_of
from adminpanel.operator_request import OperatorRequest
from adminpanel.take_down import SENTENCE, TITLE, TakeDownForm, take_down
from transfers.lifecycle import abuse
from transfers.models import AbuseReport, BlockedPayload, Transfer


@admin.register(AbuseReport)
class AbuseReportAdmin(admin.ModelAdmin):
    """Open reports first. Disclosed keys are shown only to operators who may act on reports.

    Whoever saw a key can open the transfer from then on, so it becomes an entry of the audit log.
    """

    change_form_template = "adminpanel/transfer.html"
    list_display = ("created_at", "reason", "state", "transfer_id", "key_disclosed", "contact")
    list_filter = ("state", "reason", "created_at")
    search_fields = ("=transfer_id",)
    ordering = ("-state", "created_at")
    actions = ("take_down", "dismiss")

    @admin.display(boolean=True, description="Key disclosed")
    def key_disclosed(self, report: AbuseReport) -> bool:
        return bool(report.disclosed_key)

    @admin.display(description="Transfer")
    def transfer_page(self, report: AbuseReport) -> str:
        if not Transfer.objects.filter(pk=report.transfer_id).exists():
            return f"{report.transfer_id}, forgotten already"
        address = reverse("admin:transfers_transfer_change", args=[report.transfer_id])
        return format_html('<a href="{}">{}</a>', address, report.transfer_id)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AbuseReport | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: AbuseReport | None = None) -> Any:
        return self.get_fields(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]  # Django deprecated the call without a request
        """Filtering by a hidden column would reveal its value, letter by letter."""
        shown = {"id", "transfer_id", *self.get_fields(request)}
        return lookup.split("__")[0] in shown and super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: AbuseReport | None = None) -> Any:
        hidden = {"id", "transfer_id", "address_hash"}
        if not self.has_change_permission(request):
            hidden.add("disclosed_key")
        columns = [field.name for field in AbuseReport._meta.fields if field.name not in hidden]
        return ["transfer_page", *columns]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        more: dict[str, Any] = {"show_save": False, "show_save_and_continue": False, "acts": []}
        report = self.get_object(request, object_id)
        if report and self.has_change_permission(request, report):
            if report.state == AbuseReport.State.OPEN:
                more["acts"] = confirmation.actions_of(self, request)
            if report.disclosed_key:
                audit.record(
                    request.user, "key_seen", target_of(report), transfer=report.transfer_id
                )
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.action(description="Take the transfers down …", permissions=["change"])
    def take_down(
        self, request: OperatorRequest, reports: QuerySet[AbuseReport]
    ) -> HttpResponse | None:
        ids = sorted(set(reports.values_list("transfer_id", flat=True)))
        form = confirmation.bound(TakeDownForm, request)
        if not form.is_valid():
            return confirmation.page(
                self,
                request,
                reports,
                title=TITLE,
                sentence=SENTENCE,
                form=form,
                transfer_ids=ids,
            )
        found = Transfer.objects.filter(pk__in=ids)
        forgotten = reports.exclude(transfer_id__in=found.values("pk"))
        gone = self._dismiss(request, forgotten)
        count = take_down(found, request.user, **form.cleaned_data)
        self.message_user(request, f"Taken down: {count}. Already forgotten: {gone}.")
        return None

    @admin.action(description="Dismiss", permissions=["change"])
    def dismiss(self, request: OperatorRequest, reports: QuerySet[AbuseReport]) -> None:
        count = self._dismiss(request, reports)
        self.message_user(request, f"Dismissed: {count}.", messages.SUCCESS)

    def _dismiss(self, request: OperatorRequest, reports: QuerySet[AbuseReport]) -> int:
        with transaction.atomic():
            for report in reports.filter(state=AbuseReport.State.OPEN):
                audit.record(
                    request.user, "dismissed", target_of(report), transfer=report.transfer_id
                )
            return abuse.dismiss(reports, request.user)


@admin.register(BlockedPayload)
class BlockedPayloadAdmin(admin.ModelAdmin):
    """Payloads that are refused; deleting a row allows the payload again."""

    list_display = ("__str__", "payload_bytes", "transfer_id", "created_at", "blocked_by")
    search_fields = ("=transfer_id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: BlockedPayload | None = None
    ) -> bool:
        return False
