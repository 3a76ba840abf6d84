"""Transfers as operators see them: sizes, times, counts, states. There is no name to show."""

from django.contrib import admin
from django.http import HttpRequest

from adminpanel import access_tokens, audit_log, reports, waitlist  # noqa: F401  (they register their pages)
from transfers.models import Transfer


@admin.register(Transfer)
class TransferAdmin(admin.ModelAdmin):
    """Read-only; found by id, filtered by state."""

    list_display = (
        "id",
        "state",
        "reason",
        "kind",
        "payload_bytes",
        "download_count",
        "max_downloads",
        "created_at",
        "expires_at",
        "store",
    )
    list_filter = ("state", "reason", "kind", "store", "created_at")
    search_fields = ("=id",)
    ordering = ("-created_at",)
    show_full_result_count = False
    exclude = ("link_proof_hash", "proof_hash", "owner_token_hash", "multipart_id", "envelope")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Transfer | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Transfer | None = None) -> bool:
        return False
