"""Actions on single rows, and the page that confirms one that can not be undone."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

CONFIRMED = "confirmed"


def actions_of(model_admin: admin.ModelAdmin, request: HttpRequest) -> list[tuple[str, str]]:
    """Name and description of each action that this operator may take."""
    return [action[1:] for action in model_admin.get_actions(request).values() if action]


def bound(form_class: type[forms.Form], request: HttpRequest) -> forms.Form:
    """The form, bound once the confirmation page was submitted."""
    return form_class(request.POST if CONFIRMED in request.POST else None)


def page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    selected: QuerySet[Any],
    *,
    title: str,
    sentence: str,
    form: forms.Form,
    transfer_ids: Iterable[str],
) -> TemplateResponse:
    """The page: what will happen to which transfers, and a form that submits the action again."""
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
