"""The pages of access tokens: issued, limited and revoked here; a token's text is shown once."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from adminpanel.amount_fields import ParsedField, RateField
from transfers.access import access_tokens
from transfers.access.access_tokens import TokenState
from transfers.amounts import (
    bytes_text,
    exact_bytes_text,
    exact_seconds_text,
    parse_bytes,
    parse_seconds,
)
from transfers.models import AccessToken

SIZE_HELP = "As in 500 MiB or 10 GiB, or a number of bytes. Empty: no limit of its own."


class AccessTokenForm(forms.ModelForm):
    """Name and limits; amounts as people write them."""

    max_transfers = forms.IntegerField(
        label="Transfers",
        required=False,
        min_value=1,
        max_value=access_tokens.TRANSFERS_MAX,
        help_text="How many transfers it may begin in all. Empty: no limit.",
    )
    max_total_bytes = ParsedField(
        parse_bytes, exact_bytes_text, label="All transfers together", help_text=SIZE_HELP
    )
    max_transfer_bytes = ParsedField(
        parse_bytes, exact_bytes_text, label="Each transfer", help_text=SIZE_HELP
    )
    max_expiry_seconds = ParsedField(
        parse_seconds,
        exact_seconds_text,
        label="Longest life of a transfer",
        help_text="As in 12h or 7d, or a number of seconds. Empty: as this site allows.",
    )
    rate = RateField(
        label="Rate",
        help_text="Transfers that it may begin in a time, as in 30/h or 5/10m. Empty: no own rate.",
    )

    class Meta:
        model = AccessToken
        fields = (
            "name",
            "max_transfers",
            "max_total_bytes",
            "max_transfer_bytes",
            "max_expiry_seconds",
            "rate",
            "expires_at",
        )
        labels = {"expires_at": "The token itself is valid until"}
        help_texts = {
            "name": "Who or what it is for.",
            "expires_at": "UTC. Empty: until it is revoked. Uploads under way stop then, too.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "expires_at" not in self.fields:
            return
        # Django writes "Date:" and "Time:" beside the two fields, but not as their labels.
        for part, name in zip(
            self.fields["expires_at"].widget.widgets, ("date", "time"), strict=True
        ):
            part.attrs["aria-label"] = f"Valid until, {name}"


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return TokenState.choices

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AccessToken]
    ) -> QuerySet[AccessToken]:
        state = self.value()
        if state is None or state not in TokenState.values:
            return queryset
        found = access_tokens.in_state(TokenState(state), timezone.now())
        return queryset.filter(pk__in=found.values("pk"))


@admin.register(AccessToken)
class AccessTokenAdmin(admin.ModelAdmin):
    """A token that was used is revoked rather than deleted."""

    form = AccessTokenForm
    list_display = ("name", "prefix", "state", "transfers", "bytes", "last_used_at", "issued_by")
    list_filter = (StateFilter, "created_at")
    list_select_related = ("issued_by",)
    search_fields = ("name", "=prefix")
    actions = ("revoke",)
    usage = ("prefix", "state", "transfers", "bytes", "issued_by", "created_at", "last_used_at")

    def get_fieldsets(self, request: HttpRequest, obj: AccessToken | None = None) -> list[Any]:
        limits = (None, {"fields": self.form.Meta.fields})
        return [limits, ("Usage", {"fields": self.usage})] if obj else [limits]

    def get_readonly_fields(
        self, request: HttpRequest, obj: AccessToken | None = None
    ) -> tuple[str, ...]:
        return self.usage if obj else ()

    @admin.display(description="State")
    def state(self, token: AccessToken) -> str:
        state = access_tokens.state_of(token, timezone.now())
        if state == TokenState.REVOKED and not token.revoked_at:
            return f"{state.label}: {token.issued_by} may not issue tokens any more"
        return state.label

    @admin.display(description="Transfers", ordering="transfer_count")
    def transfers(self, token: AccessToken) -> str:
        return _of(f"{token.transfer_count}", token.max_transfers, str)

    @admin.display(description="Bytes", ordering="total_bytes")
    def bytes(self, token: AccessToken) -> str:
        return _of(bytes_text(token.total_bytes), token.max_total_bytes, bytes_text)

    def save_model(
        self, request: HttpRequest, obj: AccessToken, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            # Uploads update the usage meanwhile: columns that were not edited are not written.
            if form.changed_data:
                obj.save(update_fields=form.changed_data)
            return
        obj.issued_by_id = request.user.pk
        # `response_add` shows it, within the same request.
        obj.issued_text = access_tokens.give_secret(obj)  # type: ignore[attr-defined]
        obj.save(force_insert=True)

    def response_add(
        self, request: HttpRequest, obj: AccessToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The only page that shows the token, in the response itself: messages are stored."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Access token for {obj.name}",
            "text": obj.issued_text,  # type: ignore[attr-defined]
        }
        return TemplateResponse(
            request,
            "adminpanel/access_token_issued.html",
            context,
            headers={"Cache-Control": "no-store"},
        )

    def has_delete_permission(self, request: HttpRequest, obj: AccessToken | None = None) -> bool:
        is_used = obj is not None and obj.last_used_at is not None
        return not is_used and super().has_delete_permission(request, obj)

    @admin.action(description="Revoke: stop at the next request, for good", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessToken]) -> None:
        with transaction.atomic():
            chosen = list(queryset.select_for_update().filter(revoked_at=None))
            count = access_tokens.revoke(queryset)
            for token in chosen:
                self.log_change(request, token, "Revoked.")
        self.message_user(request, f"Revoked: {count}. Their uploads stop too.", messages.SUCCESS)


def _of(used: str, limit: int | None, render: Callable[[int], str]) -> str:
    return used if limit is None else f"{used} of {render(limit)}"
