"""Sessions, forgery protection, sign-in and messages where they are used: below /admin/.

Subclasses, because the admin's system checks look for these classes.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

ADMIN_PREFIX = "/admin/"


class _BelowAdmin(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(ADMIN_PREFIX):
            return super().__call__(request)
        return self.get_response(request)


class AdminSessions(_BelowAdmin, SessionMiddleware):
    pass


class AdminForgeryProtection(_BelowAdmin, CsrfViewMiddleware):
    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        if request.path_info.startswith(ADMIN_PREFIX):
            return super().process_view(request, callback, args, kwargs)
        return None


class AdminSignIn(_BelowAdmin, AuthenticationMiddleware):
    pass


class AdminMessages(_BelowAdmin, MessageMiddleware):
    pass
