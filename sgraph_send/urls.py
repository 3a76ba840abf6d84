"""Root routing; the role decides which of the two services this process is."""

from django.conf import settings
from django.urls import include, path

from sgraph_send.api import api

urlpatterns = []
if settings.ROLE != "user":
    from django.contrib import admin

    urlpatterns += [path("admin/", admin.site.urls)]
if settings.ROLE != "admin":
    urlpatterns += [
        path("", include("transfers.pages")),
        path("", include("transfers.api.local_parts")),
    ]
urlpatterns += [path("", api.urls)]
