"""The operators' sign-in: counted by address, and for each name with waits that grow.

A browser that signed in before has a count of its own, known by a cookie, so that nobody can keep
an operator out by guessing at their name. Neither names nor addresses are kept, only HMACs.
"""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import admin
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import get_random_string, salted_hmac

from adminpanel import audit
from adminpanel.models import SignInAttempts
from transfers.access import guesses, throttles
from transfers.errors import TooManyRequests

KNOWN_BROWSER = "sgraph-send-known-browser"
KNOWN_FOR = timedelta(days=90)
FORGOTTEN_AFTER = timedelta(days=1)
NAME_LENGTH_MAX = 150
ATTEMPTS_MAX = 3


class RefusedSignIn(TemplateResponse):
    """Counted by its code, as refusals of the API are."""

    error_code = "too_many_requests"


def login(request: HttpRequest) -> HttpResponse:
    """Django's own form; an attempt is counted before its password is checked."""
    if request.method != "POST":
        return admin.site.login(request)
    name = request.POST.get("username", "")[:NAME_LENGTH_MAX].casefold()
    try:
        throttles.throttle(request, "admin_login")
        attempts = _take_attempt(_hashed(name, _known_browser_of(request, name)))
    except TooManyRequests as refusal:
        return _refused(request, refusal)
    response = admin.site.login(request)
    if response.status_code == 302 and request.user.is_authenticated:
        attempts.delete()
        _know(response, name)
        audit.record(request.user, "signed_in")
    return response


def _take_attempt(key: str) -> QuerySet:
    """The row that counts for `key`. Raises TooManyRequests while none may be compared."""
    now = timezone.now()
    SignInAttempts.objects.filter(touched_at__lt=now - FORGOTTEN_AFTER).delete()
    row = SignInAttempts.objects.filter(pk=key)
    refused_until: datetime | None = None
    for _ in range(ATTEMPTS_MAX):
        SignInAttempts.objects.get_or_create(key=key, defaults={"touched_at": now})
        if guesses.take_attempt(row, now, "failures", "refused_until", touched_at=now):
            return row
        found = row.values_list("refused_until", flat=True)
        if found:
            refused_until = found[0]
            break
        # Deleted meanwhile: somebody signed in with this name, and the count starts again.
    raise TooManyRequests(
        "too_many_requests",
        "There were too many tries with this name.",
        retry_after_seconds=guesses.seconds_until(refused_until, timezone.now()),
    )


def _refused(request: HttpRequest, refusal: TooManyRequests) -> HttpResponse:
    seconds = refusal.retry_after_seconds or 1
    waiting = f"{seconds} s" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    context = {**admin.site.each_context(request), "title": "Too many tries", "waiting": waiting}
    response = RefusedSignIn(request, "adminpanel/sign_in_refused.html", context, status=429)
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


def _know(response: HttpResponse, name: str) -> None:
    mark = signing.dumps([_hashed(name), get_random_string(22)], salt=KNOWN_BROWSER)
    response.set_cookie(
        KNOWN_BROWSER,
        mark,
        max_age=KNOWN_FOR,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _known_browser_of(request: HttpRequest, name: str) -> str:
    """The id of this browser if it signed in with this name before, else ""."""
    try:
        known_name, browser = signing.loads(
            request.COOKIES.get(KNOWN_BROWSER, ""), salt=KNOWN_BROWSER, max_age=KNOWN_FOR
        )
    except signing.BadSignature:
        return ""
    return browser if known_name == _hashed(name) else ""


def _hashed(*parts: str) -> str:
    return salted_hmac("adminpanel.sign_in", "\0".join(parts), algorithm="sha256").hexdigest()
