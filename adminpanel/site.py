"""The admin site: it begins with the dashboard, and records every change."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from adminpanel import audit, dashboard
from adminpanel.audited import audited

# Models in the order of the index; others come after these.
_MODEL_ORDER = (
    "Transfer",
    "TransferEvent",
    "AbuseReport",
    "BlockedPayload",
    "AccessToken",
    "WaitlistEntry",
    "PageVisits",
)


class OperatorsSite(admin.AdminSite):
    site_header = "SGraph Send"
    site_title = "SGraph Send"
    index_title = "Operators"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        super().register(model_or_iterable, audited(admin_class or admin.ModelAdmin), **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Transfers first, accounts last."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["models"].sort(key=_model_order)
        return sorted(found, key=_app_order)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**dashboard.context_of(request), **(extra_context or {})})

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        operator = request.user
        response = super().logout(request, extra_context)
        if request.method == "POST" and operator.is_authenticated:
            audit.record(operator, "signed_out")
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            audit.record(request.user, "password_changed")
        return response


def _app_order(app: dict[str, Any]) -> tuple[bool, bool]:
    return app["app_label"] == "auth", app["app_label"] != "transfers"


def _model_order(model: dict[str, Any]) -> int:
    name = model["object_name"]
    return _MODEL_ORDER.index(name) if name in _MODEL_ORDER else len(_MODEL_ORDER)
