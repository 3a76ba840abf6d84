"""Django admin as this site serves it: dashboard first, and everything recorded."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from adminpanel import audit, dashboard
from adminpanel.audited import audited

# What operators come for, by model; what is not named here comes after it.
_SECTIONS = (
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
        model_or_iterable: type[Model] | list[type[Model]],
        admin_class: type[admin.ModelAdmin] | None = None,
        **options: object,
    ) -> None:
        super().register(model_or_iterable, audited(admin_class or admin.ModelAdmin), **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Transfers first, accounts last."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["models"].sort(key=_place)
        return sorted(found, key=_app_place)

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().index(request, {**dashboard.context_of(request), **(extra_context or {})})

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        operator = request.user
        response = super().logout(request, extra_context)
        if request.method == "POST" and operator.is_authenticated:
            audit.record(operator, "signed_out")
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            audit.record(request.user, "password_changed")
        return response


def _app_place(app: dict) -> tuple[bool, bool]:
    return app["app_label"] == "auth", app["app_label"] != "transfers"


def _place(model: dict) -> int:
    name = model["object_name"]
    return _SECTIONS.index(name) if name in _SECTIONS else len(_SECTIONS)
