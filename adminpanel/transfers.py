"""The pages of transfers and their events: sizes, times, counts, states; names are encrypted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from adminpanel import audit, confirmation
from adminpanel.amount_fields import ParsedField
from adminpanel.operator_request import OperatorRequest
from adminpanel.read_only import ReadOnlyAdmin
from adminpanel.take_down import SENTENCE, TITLE, TakeDownForm, take_down
from transfers import errors
from transfers.amounts import bytes_text, exact_seconds_text, parse_seconds
from transfers.lifecycle import terms
from transfers.models import Transfer, TransferEvent

READ_ONLY_EVENTS = "admin:transfers_transferevent_changelist"


class ExpireForm(forms.Form):
    """Nothing to fill in."""


class ExtendForm(forms.Form):
    span = ParsedField(
        parse_seconds,
        exact_seconds_text,
        label="For how long from now",
        help_text="As in 12h or 7d; as long after completion as this site allows, at most.",
    )

    def clean_span(self) -> int:
        seconds: int | None = self.cleaned_data["span"]
        if seconds is None:
            raise forms.ValidationError("Say for how long.")
        return seconds


class TransferRowsAdmin(ReadOnlyAdmin):
    """Tables that may be large and have columns that nobody may see."""

    show_full_result_count = False
    # Counting each filter would read all transfers.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]  # Django deprecated the call without a request
        """Filtering by a hidden column would reveal its value, letter by letter."""
        shown = lookup.split("__")[0] in self.get_fields(request)
        return shown and super().lookup_allowed(lookup, value, request)


@admin.register(Transfer)
class TransferAdmin(TransferRowsAdmin):
    """Found by id, filtered by state; ended or extended after a confirmation.

    Fields are listed, so that a new column is hidden until it is added here.
    """

    change_form_template = "adminpanel/transfer.html"
    list_display = (
        "id",
        "state",
        "why",
        "kind",
        "size",
        "downloads",
        "created_at",
        "expires_at",
    )
    list_filter = ("state", "reason", "kind", "created_at")
    search_fields = ("id__exact",)
    search_help_text = "The whole id of a transfer: what follows /d/ in its link"
    ordering = ("-created_at",)
    actions = ("take_down", "expire_now", "extend")
    fields = (
        *("id", "kind", "state", "reason", "size", "payload_bytes", "part_bytes"),
        *("downloads", "proof_failures", "proofs_refused_until", "access_token", "notice"),
        *("created_at", "touched_at", "completed_at", "expires_at", "closed_at", "deleted_at"),
        *("found_absent", "store", "bucket", "events"),
    )
    readonly_fields = fields

    @admin.display(description="Size", ordering="payload_bytes")
    def size(self, transfer: Transfer) -> str:
        return "–" if transfer.payload_bytes is None else bytes_text(transfer.payload_bytes)

    @admin.display(description="Reason", ordering="reason")
    def why(self, transfer: Transfer) -> str:
        return transfer.get_reason_display() if transfer.reason else "–"

    @admin.display(description="Downloads", ordering="download_count")
    def downloads(self, transfer: Transfer) -> str:
        limit = transfer.max_downloads
        return f"{transfer.download_count} of {'any' if limit is None else limit}"

    @admin.display(description="Events")
    def events(self, transfer: Transfer) -> str:
        address = f"{reverse(READ_ONLY_EVENTS)}?q={transfer.pk}"
        return format_html('<a href="{}">What happened to it</a>', address)

    def has_end_permission(self, request: OperatorRequest) -> bool:
        return request.user.has_perm("transfers.delete_transfer")

    def has_extend_permission(self, request: OperatorRequest) -> bool:
        return request.user.has_perm("transfers.change_transfer")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "acts": confirmation.actions_of(self, request)}
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description="Take down …", permissions=["end"])
    def take_down(
        self, request: OperatorRequest, queryset: QuerySet[Transfer]
    ) -> HttpResponse | None:
        form = confirmation.bound(TakeDownForm, request)
        if not form.is_valid():
            return self._confirm(request, queryset, TITLE, SENTENCE, form)
        count = take_down(queryset, request.user, **form.cleaned_data)
        self.message_user(request, f"Taken down: {count}.", messages.SUCCESS)
        return None

    @admin.action(description="Expire now …", permissions=["end"])
    def expire_now(
        self, request: OperatorRequest, queryset: QuerySet[Transfer]
    ) -> HttpResponse | None:
        form = confirmation.bound(ExpireForm, request)
        if not form.is_valid():
            sentence = (
                "No further download of these transfers may start. Those that run may finish; then "
                "cleanup deletes the bytes. This cannot be undone."
            )
            return self._confirm(request, queryset, "Expire now", sentence, form)
        count = 0
        for transfer in queryset:
            with transaction.atomic():
                if terms.expire_now(transfer):
                    audit.record(request.user, "expired", f"transfer {transfer.pk}")
                    count += 1
        left = len(queryset) - count
        self.message_user(request, f"Expired: {count}. Not in use anyway: {left}.")
        return None

    @admin.action(description="Extend …", permissions=["extend"])
    def extend(self, request: OperatorRequest, queryset: QuerySet[Transfer]) -> HttpResponse | None:
        form = confirmation.bound(ExtendForm, request)
        if not form.is_valid():
            sentence = "These transfers stay for another while, counted from now."
            return self._confirm(request, queryset, "Extend", sentence, form)
        seconds = form.cleaned_data["span"]
        for transfer in queryset:
            target = f"transfer {transfer.pk}"
            try:
                with transaction.atomic():
                    terms.change_expiry_and_limit(transfer, {"expires_in_seconds": seconds})
                    audit.record(request.user, "extended", target, seconds=seconds)
            except errors.TransferError as exc:
                self.message_user(request, f"{transfer.pk}: {exc.detail}", messages.ERROR)
            else:
                self.message_user(request, f"{transfer.pk} was extended.", messages.SUCCESS)
        return None

    def _confirm(
        self,
        request: HttpRequest,
        queryset: QuerySet[Transfer],
        title: str,
        sentence: str,
        form: forms.Form,
    ) -> HttpResponse:
        ids = list(queryset.values_list("pk", flat=True))
        return confirmation.page(
            self, request, queryset, title=title, sentence=sentence, form=form, transfer_ids=ids
        )


@admin.register(TransferEvent)
class TransferEventAdmin(TransferRowsAdmin):
    """Hashes of addresses are left out: they are for the senders alone."""

    list_display = ("at", "kind", "transfer_id")
    list_filter = ("kind", "at")
    search_fields = ("transfer__id__exact",)
    search_help_text = "The whole id of a transfer"
    ordering = ("-id",)
    actions = None
    fields = ("at", "kind", "transfer")
    readonly_fields = fields
