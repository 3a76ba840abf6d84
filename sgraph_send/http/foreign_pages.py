"""Calls that pages of other sites make through the browsers of their visitors.

CORS keeps such a page from reading our answers and from sending our headers. A POST of plain text
it may send to anybody: it would begin uploads and file reports, each from its visitor's address.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from sgraph_send.http.refusals import API_PREFIXES

READING = {"GET", "HEAD", "OPTIONS"}
OUR_OWN = {"same-origin", "none"}


def is_of_a_foreign_page(request: HttpRequest) -> bool:
    """Whether a page of an origin that is neither ours nor configured wants something done.

    What comes from no page says nothing of one, and proves itself by secrets as ever.
    """
    if request.method in READING or not request.path.startswith(API_PREFIXES):
        return False
    origin = request.headers.get("Origin")
    if origin in settings.CORS_ALLOWED_ORIGINS:
        return False
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in OUR_OWN
    return origin is not None and _host_of(origin) != request.get_host()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
