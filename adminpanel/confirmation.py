"""The second look before an action that cannot be taken back."""

from collections.abc import Iterable

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

CONFIRMED = "confirmed"


def bound(form_class: type[forms.Form], request: HttpRequest) -> forms.Form:
    """The form, filled once the page below was answered."""
    return form_class(request.POST if CONFIRMED in request.POST else None)


def page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    selected: QuerySet,
    *,
    title: str,
    sentence: str,
    form: forms.Form,
    transfer_ids: Iterable[str],
) -> TemplateResponse:
    """What will happen, to which transfers, and a form that sends the same action once more."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "sentence": sentence,
        "form": form,
        "transfer_ids": transfer_ids,
        "selected": selected,
        "action": request.POST["action"],
        "confirmed": CONFIRMED,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "adminpanel/confirmation.html", context)
