"""What the shipped proxies are told beyond what tests show of them when they run: limits of time
and size (to see them would take minutes), and nothing written down."""

import re

import pytest
import yaml
from django.conf import settings

from harness.live_site import ROOT
from sgraph_send.doctor.network_path import PART_BYTES
from transfers.api.streams import SENDING_PATIENCE
from transfers.limits import MANIFEST_BODY_MAX_BYTES

DEPLOY = ROOT / "deploy"
CADDYFILES = ("proxies/Caddyfile", "compose/Caddyfile")
GUNICORN_KEEPALIVE_SECONDS = 75
MIB = 2**20


def numbers(place: str, pattern: str) -> list[int]:
    """The numbers that `pattern` finds in a file of deploy/, in the order of the file."""
    found = re.findall(pattern, (DEPLOY / place).read_text(), re.M)
    assert found, (place, pattern)
    return [int(each) for each in found]


def traefik(name: str) -> dict:
    return yaml.safe_load((DEPLOY / "proxies" / name).read_text())


@pytest.mark.parametrize(
    ("place", "pattern"),
    [
        ("proxies/nginx.conf", r"^ +client_max_body_size (\d+)m;"),
        *((place, r"^\t+max_size (\d+)MiB") for place in CADDYFILES),
    ],
)
def test_the_largest_bodies_fit(place: str, pattern: str):
    limits = [size * MIB for size in numbers(place, pattern)]
    assert max(limits) >= max(settings.MAX_RAW_BYTES, PART_BYTES)
    assert min(limits) > MANIFEST_BODY_MAX_BYTES


def test_traefik_limits_the_bodies_of_calls():
    told = traefik("traefik-sgraph_send.yml")["http"]["middlewares"]["sgraph-send-whole"]
    assert told["buffering"]["maxRequestBodyBytes"] > MANIFEST_BODY_MAX_BYTES


def test_ciphertext_may_come_and_go_slower_than_the_site_allows():
    silence = settings.BODY_SILENCE_SECONDS
    reading = numbers("proxies/nginx.conf", r"^ +client_body_timeout (\d+)s;")
    assert max(reading) > silence
    for name in ("send_timeout", "proxy_send_timeout", "proxy_read_timeout"):
        allowed = max(numbers("proxies/nginx.conf", rf"^ +{name} (\d+)s;"))
        assert allowed > SENDING_PATIENCE * silence
    for place in CADDYFILES:
        assert numbers(place, r"read_body_idle (\d+)s")[0] > silence
        assert numbers(place, r"write_idle (\d+)s")[0] > SENDING_PATIENCE * silence
    timeouts = traefik("traefik.yml")["entryPoints"]["tls"]["transport"]["respondingTimeouts"]
    assert timeouts == {"readTimeout": "3600s", "writeTimeout": "0s", "idleTimeout": "75s"}


def test_a_head_must_come_within_seconds():
    assert numbers("proxies/nginx.conf", r"^ +client_header_timeout (\d+)s;") == [15]
    for place in CADDYFILES:
        assert numbers(place, r"read_header (\d+)s") == [15]


def test_no_idle_connection_to_the_site_takes_a_thread_or_is_closed_under_a_call():
    """nginx connects for a call alone; Caddy and Traefik would keep spare connections."""
    [kept_seconds] = numbers("proxies/nginx.conf", r"^ +keepalive_timeout (\d+)s;")
    assert kept_seconds < GUNICORN_KEEPALIVE_SECONDS
    for place in CADDYFILES:
        assert (DEPLOY / place).read_text().count("\t\tkeepalive off\n") == 1
    transport = traefik("traefik-sgraph_send.yml")["http"]["serversTransports"]["sgraph-send"]
    assert transport == {"maxIdleConnsPerHost": -1}


def test_nobody_writes_visits_and_plain_http_leads_to_tls():
    nginx = (DEPLOY / "proxies/nginx.conf").read_text()
    assert nginx.count("access_log off;") == nginx.count("\nserver {") == 2
    assert "return 301 https://send.example$request_uri;" in nginx
    whole = traefik("traefik.yml")
    assert "accessLog" not in whole
    assert whole["entryPoints"]["tls"]["forwardedHeaders"] == {"insecure": False}
    assert whole["entryPoints"]["plain"]["http"]["redirections"]["entryPoint"]["scheme"] == "https"
    for place in CADDYFILES:
        lines = [line.strip() for line in (DEPLOY / place).read_text().splitlines()]
        assert "exclude http.log.error http.handlers.reverse_proxy" in lines
        assert lines.count("log {") == 1
