"""The pages. Each is rendered once per process and is the same for every visitor and every id."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_safe


@cache
def _rendered(template: str) -> bytes:
    return render_to_string(template).encode()


def _page(template: str, *, listed: bool):
    @require_safe
    def view(request: HttpRequest, **_from_path: str) -> HttpResponse:
        response = HttpResponse(_rendered(template))
        response["Cache-Control"] = "no-cache"
        if not listed:
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return view


urlpatterns = [
    path("", _page("transfers/send.html", listed=True)),
    path("d/<str:transfer_id>", _page("transfers/download.html", listed=False)),
    path("manage/<str:transfer_id>", _page("transfers/manage.html", listed=False)),
    path("how-it-works", _page("transfers/how_it_works.html", listed=True)),
    path("security", _page("transfers/security.html", listed=True)),
]
