from django.apps import AppConfig


class SGraphSendConfig(AppConfig):
    name = "sgraph_send"
    verbose_name = "SGraph Send"

    def ready(self) -> None:
        from sgraph_send import checks  # noqa: F401  registers the system checks
        from sgraph_send.telemetry import error_reports

        error_reports.start()
