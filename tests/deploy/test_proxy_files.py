"""What the shipped proxies are told beyond what a transfer through them shows
(tests/deploy/test_proxies.py): patience, and nothing written down."""

import re

import pytest
import yaml
from django.conf import settings

from tests.services.live_site import ROOT

PROXIES = ROOT / "deploy" / "proxies"
# docs/proxies.md
DOWNLOAD_SILENCES = 4


@pytest.fixture(scope="module")
def nginx() -> str:
    return (PROXIES / "nginx.conf").read_text()


def seconds(nginx: str, name: str) -> int:
    return int(re.search(rf"^ +{name} (\d+)s;$", nginx, re.M)[1])


def test_nginx_waits_longer_than_the_site(nginx: str):
    silence = settings.BODY_SILENCE_SECONDS
    assert seconds(nginx, "client_body_timeout") > silence
    for name in ("send_timeout", "proxy_send_timeout", "proxy_read_timeout"):
        assert seconds(nginx, name) > DOWNLOAD_SILENCES * silence


def test_nginx_keeps_no_ciphertext_writes_no_visits_and_leads_to_tls(nginx: str):
    plain, tls = nginx.split("listen 443 ssl")[0], nginx.split("listen [::]:443 ssl")[1]
    assert "return 301 https://send.example$request_uri;" in plain
    for server in (plain, tls):
        assert server.count("access_log off;") == 1
    ciphertext = tls.split("location ~ ^/transfers/(local|upload|download)/ {")[1]
    assert {"proxy_request_buffering off;", "proxy_buffering off;"} <= set(
        map(str.strip, ciphertext.splitlines())
    )


def test_traefik_waits_for_slow_parts_and_writes_no_visits():
    told = yaml.safe_load((PROXIES / "traefik.yml").read_text())
    timeouts = told["entryPoints"]["tls"]["transport"]["respondingTimeouts"]
    assert (timeouts["readTimeout"], timeouts["writeTimeout"]) == ("0s", "0s")
    assert told["entryPoints"]["tls"]["forwardedHeaders"] == {"insecure": False}
    assert told["entryPoints"]["plain"]["http"]["redirections"]["entryPoint"]["scheme"] == "https"
    assert "accessLog" not in told
    dynamic = (PROXIES / "traefik-sgraph_send.yml").read_text()
    assert "middlewares" not in yaml.safe_load(dynamic)["http"]


@pytest.mark.parametrize("place", ["proxies/Caddyfile", "compose/Caddyfile"])
def test_caddy_writes_neither_visits_nor_failed_requests(place: str):
    lines = [line.strip() for line in (ROOT / "deploy" / place).read_text().splitlines()]
    assert "exclude http.log.error http.handlers.reverse_proxy" in lines
    assert lines.count("log {") == 1
