"""Django's error handlers: a page for people, the one error shape for callers of the API."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sgraph_send.refusals import API_PREFIXES, of_status, refused
from transfers.pages import rendered


def _handler(status: int) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if request.path.startswith(API_PREFIXES):
            return refused(of_status(status, request.id))
        return HttpResponse(rendered(f"{status}.html"), status=status)

    return answer


bad_request = _handler(400)
permission_denied = _handler(403)
not_found = _handler(404)
server_error = _handler(500)
