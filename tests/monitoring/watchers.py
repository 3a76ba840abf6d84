"""Prometheus, Alertmanager and the blackbox exporter on loopback, with the shipped files.

Changed are addresses, places of secrets and every time span, so that a test need not wait minutes.
"""

import json
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import yaml

from harness.certificate import Certificate
from harness.live_site import LiveSite
from harness.ports import free_port
from harness.process import ChildProcess
from tests.monitoring import shipped
from tests.monitoring.installation import program


class Watchers:
    """All three for one site; alerts go to the webhook at `webhook_url`, in Slack's form."""

    def __init__(self, folder: Path, webhook_url: str) -> None:
        self._folder = folder
        self._webhook_url = webhook_url
        self._ports = {
            name: free_port() for name in ("prometheus", "alertmanager", "gossip", "blackbox")
        }
        self._children: list[ChildProcess] = []

    def start(
        self, site: LiveSite, metrics_token: str, public_url: str, authority: Certificate
    ) -> None:
        """`public_url` is the site as visitors reach it, by the certificate of `authority`."""
        self._write("secrets/token", metrics_token)
        self._write("secrets/webhook", self._webhook_url)
        self._write("secrets/smtp", "made-up-for-tests")
        self._write("rules/sgraph_send.yml", self._impatient_rules())
        self._write("blackbox.yml", self._blackbox(authority))
        self._write("alertmanager.yml", self._alertmanager())
        self._write("prometheus.yml", self._prometheus(site, public_url))
        self._run(
            "blackbox",
            "prometheus-blackbox-exporter",
            "--config.file=blackbox.yml",
            f"--web.listen-address=127.0.0.1:{self._ports['blackbox']}",
        )
        self._run(
            "alertmanager",
            "prometheus-alertmanager",
            "--config.file=alertmanager.yml",
            "--storage.path=alertmanager",
            f"--web.listen-address=127.0.0.1:{self._ports['alertmanager']}",
            "--cluster.listen-address=",
        )
        self._run(
            "prometheus",
            "prometheus",
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=prometheus",
            "--rules.alert.resend-delay=1s",
            f"--web.listen-address=127.0.0.1:{self._ports['prometheus']}",
        )

    def stop(self) -> None:
        for child in self._children:
            child.kill()

    def ask(self, expression: str) -> list[dict]:
        """Series that an expression yields now: each with `metric`, its labels, and `value`."""
        return self._get("prometheus", f"/api/v1/query?{urlencode({'query': expression})}")["data"][
            "result"
        ]

    def alerts(self) -> list[dict]:
        """What Alertmanager holds: each with `labels`, `annotations` and `status`."""
        return self._get("alertmanager", "/api/v2/alerts")

    def raise_alert(self, **labels: str) -> None:
        """Tell Alertmanager of an alert, as Prometheus would."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._ports['alertmanager']}/api/v2/alerts",
            json.dumps([{"labels": labels, "annotations": {"summary": "Made up"}}]).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def _get(self, name: str, path: str) -> object:
        url = f"http://127.0.0.1:{self._ports[name]}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)

    def _run(self, name: str, command: str, *options: str) -> None:
        child = ChildProcess(
            [program(command), *options], log_path=self._folder / f"{name}.log", cwd=self._folder
        )
        self._children.append(child)
        ready = {"blackbox": "/-/healthy"}.get(name, "/-/ready")
        url = f"http://127.0.0.1:{self._ports[name]}{ready}"
        child.wait_ready(lambda: urllib.request.urlopen(url, timeout=5).status == 200)

    def _write(self, name: str, content: str | dict) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))

    def _impatient_rules(self) -> dict:
        groups = yaml.safe_load(shipped.RULES.read_text())
        for group in groups["groups"]:
            for rule in group["rules"]:
                # Longer than the first scrape takes, on a busy machine too: until then nobody knows
                # of the site.
                rule["for"] = "20s" if rule["alert"] == "SGraphSendDown" else "10s"
                rule["expr"] = rule["expr"].replace("[5m]", "[30s]")
        return groups

    def _blackbox(self, authority: Certificate) -> dict:
        config = shipped.configuration("blackbox.yml")
        for module in config["modules"].values():
            module["http"]["tls_config"] = {"ca_file": str(authority.certificate)}
        return config

    def _alertmanager(self) -> dict:
        config = shipped.configuration("alertmanager.yml")
        config["global"] |= {
            "smtp_smarthost": "127.0.0.1:9",
            "smtp_auth_password_file": str(self._folder / "secrets" / "smtp"),
            "slack_api_url_file": str(self._folder / "secrets" / "webhook"),
        }
        for route in (config["route"], *config["route"]["routes"]):
            route |= {"group_wait": "1s", "group_interval": "1s"}
        return config

    def _prometheus(self, site: LiveSite, public_url: str) -> dict:
        config = shipped.configuration("prometheus.yml")
        config["global"] |= {"scrape_interval": "1s", "evaluation_interval": "1s"}
        (alertmanager,) = config["alerting"]["alertmanagers"]
        alertmanager["static_configs"] = [{"targets": [f"127.0.0.1:{self._ports['alertmanager']}"]}]
        itself, public = config["scrape_configs"]
        itself["authorization"]["credentials_file"] = str(self._folder / "secrets" / "token")
        itself["static_configs"] = [{"targets": [site.url.removeprefix("http://")]}]
        # The probe of the store may take two seconds; a scrape that gave up would tell of a site
        # that is down.
        itself |= {"scrape_interval": "5s", "scrape_timeout": "5s"}
        public["scrape_interval"] = "5s"
        public["static_configs"] = [{"targets": [f"{public_url}/info/health"]}]
        public["relabel_configs"][-1]["replacement"] = f"127.0.0.1:{self._ports['blackbox']}"
        return config
