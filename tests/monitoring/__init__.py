"""Alerts, dashboard and runbooks, on the real Prometheus, Alertmanager and blackbox exporter."""
