from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AdminPanelConfig(AppConfig):
    name = "adminpanel"
    verbose_name = "Operators' panel"
    default = True


class OperatorsAdminConfig(AdminConfig):
    """Django admin with our site: installed where the panel is served."""

    default_site = "adminpanel.site.OperatorsSite"
    default = False
