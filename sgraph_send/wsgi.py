import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sgraph_send.settings")

from sgraph_send.http.public_scheme import as_visitors_came
from sgraph_send.telemetry import tracing

tracing.start()  # it changes the list of middleware, which the application reads
django_application = get_wsgi_application()

application = as_visitors_came(django_application)
