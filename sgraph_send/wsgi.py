import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sgraph_send.settings")

django_application = get_wsgi_application()

from sgraph_send.public_scheme import as_visitors_came  # noqa: E402  settings come first

application = as_visitors_came(django_application)
