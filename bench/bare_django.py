"""One Django view that answers the bytes of $BENCH_BODY_FILE: what Django costs by itself."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

BODY = Path(os.environ["BENCH_BODY_FILE"]).read_bytes()


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, content_type="application/json")


urlpatterns = [re_path("", answer)]
settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of-a-benchmark", MIDDLEWARE=[]
)
application = get_wsgi_application()
