from django.apps import AppConfig


class SGraphSendConfig(AppConfig):
    name = "sgraph_send"
    verbose_name = "SGraph Send"

    def ready(self) -> None:
        from sgraph_send import checks, error_reports  # noqa: F401  registers the system checks

        error_reports.start()
