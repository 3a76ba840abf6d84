"""The pages of the waitlist (list, export, invite) and of visits by day."""

import csv

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from adminpanel.operator_request import OperatorRequest
from adminpanel.read_only import ReadOnlyAdmin
from transfers.access import waitlist
from transfers.access.access_tokens import ISSUE_PERMISSION
from transfers.models import PageVisits, WaitlistEntry

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@admin.register(WaitlistEntry)
class WaitlistAdmin(admin.ModelAdmin):
    """In the order of asking. Inviting shows each new token once."""

    list_display = ("email", "words", "created_at", "invited_at", "access_token")
    list_filter = (("invited_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("access_token",)
    search_fields = ("email",)
    actions = ("invite", "export")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WaitlistEntry | None = None) -> bool:
        return False

    def has_invite_permission(self, request: OperatorRequest) -> bool:
        return request.user.has_perm(ISSUE_PERMISSION)

    @admin.action(description="Invite: issue an access token for each", permissions=["invite"])
    def invite(
        self, request: OperatorRequest, entries: QuerySet[WaitlistEntry]
    ) -> HttpResponse | None:
        invited = []
        for entry in entries.filter(invited_at=None):
            with transaction.atomic():
                issued = waitlist.invite(entry, request.user)
                if issued:
                    self.log_addition(request, issued[0], "Invited from the waitlist.")
            if issued:
                invited.append({"email": entry.email, "text": issued[1]})
        if not invited:
            self.message_user(request, "Everyone chosen was invited before.", messages.WARNING)
            return None
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(
            request,
            "adminpanel/waitlist_invited.html",
            {**context, "title": "Invited", "invited": invited},
            headers={"Cache-Control": "no-store"},
        )

    @admin.action(description="Export as CSV", permissions=["view"])
    def export(self, request: HttpRequest, entries: QuerySet[WaitlistEntry]) -> HttpResponse:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="waitlist.csv"'
        rows = csv.writer(response)
        rows.writerow(["email", "words", "created_at", "invited_at"])
        for entry in entries:
            rows.writerow(
                [
                    _formula_free(entry.email),
                    _formula_free(entry.words),
                    entry.created_at,
                    entry.invited_at or "",
                ]
            )
        return response


@admin.register(PageVisits)
class PageVisitsAdmin(ReadOnlyAdmin):
    """Counted without cookies, identifiers or third parties."""

    list_display = ("day", "page", "referring_site", "count")
    list_filter = ("page", "day")
    date_hierarchy = "day"


def _formula_free(text: str) -> str:
    """With an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
