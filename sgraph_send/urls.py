"""Root routing; the role decides which of the two services this process is."""

from django.conf import settings
from django.urls import include, path

from sgraph_send.api import api, show_openapi_document
from sgraph_send.telemetry.metrics_endpoint import show_metrics
from sgraph_send.telemetry.status_page import status_page

urlpatterns = []
if settings.ROLE != "user":
    from django.contrib import admin

    from adminpanel import sign_in

    urlpatterns += [path("admin/login/", sign_in.login), path("admin/", admin.site.urls)]
if settings.ROLE != "admin":
    urlpatterns += [
        path("", include("transfers.pages")),
        path("status", status_page),
        path("", include("transfers.api.local_parts")),
    ]
urlpatterns += [
    path("metrics", show_metrics),
    path("api/openapi.json", show_openapi_document),
    path("", api.urls),
]

handler400 = "sgraph_send.http.error_pages.bad_request"
handler403 = "sgraph_send.http.error_pages.permission_denied"
handler404 = "sgraph_send.http.error_pages.not_found"
handler500 = "sgraph_send.http.error_pages.server_error"
