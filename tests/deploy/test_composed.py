"""The services of deploy/compose.yaml started together, with their real configuration files."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.services.composed import VISITOR, VISITOR_ADDRESS, Composed
from tests.services.waiting import wait_until

pytestmark = pytest.mark.long
HOST = "send.localhost"
SITE = f"https://{HOST}"
PASSWORD = "a long one, made up for tests"
ADMIN_MARK = "csrfmiddlewaretoken"


@pytest.fixture(scope="module")
def composed(
    tmp_path_factory: pytest.TempPathFactory, collected_static: None
) -> Iterator[Composed]:
    from django.conf import settings

    composed = Composed(tmp_path_factory.mktemp("composed") / "all", HOST, settings.STATIC_ROOT)
    try:
        composed.start()
        wait_until(composed.authority.exists, "Caddy's authority")
        wait_until(
            lambda: status(composed, VISITOR, f"{SITE}/info/ready") == 200,
            "a ready site",
            timeout_s=90,
        )
        yield composed
    finally:
        composed.stop()


def get(composed: Composed, who: str, url: str, *options: str) -> str:
    """curl looks for *.localhost on its own machine only; a visitor's calls go to Caddy's."""
    way = ["--connect-to", "::caddy:"] if who == VISITOR else []
    return composed.run(who, "curl", "-s", "--max-time", "20", *way, *options, url)


def status(composed: Composed, who: str, url: str) -> int:
    try:
        return int(get(composed, who, url, "-o", "/dev/null", "-w", "%{http_code}"))
    except AssertionError:  # no answer at all
        return 0


def test_a_transfer_and_an_operator_come_through_caddys_tls(composed: Composed):
    manage = composed.stand_in("admin").entrypoint
    made = composed.run(
        "admin", *manage, "create_operator", "anna", "--role", "administrator", typed=PASSWORD
    )
    assert "may sign in" in made
    visitor = [manage[0], "-m", "tests.deploy.visitor", SITE, composed.settings["ACCESS_TOKEN"]]

    told = json.loads(composed.run(VISITOR, *visitor, "anna", PASSWORD))

    assert (told["without_token"], told["same_bytes"]) == ("access_token_required", True)
    assert told["after_deletion"] == "deleted"
    assert "Log in" not in told["signed_in"], told


def test_the_panel_is_where_it_is_meant_to_be_and_nowhere_else(composed: Composed):
    assert ADMIN_MARK in get(composed, VISITOR, f"{SITE}/admin/login/")
    for web in ("web-1", "web-2"):
        assert status(composed, "caddy", f"http://{web}:8000/info/health") == 200
        assert status(composed, "caddy", f"http://{web}:8000/admin/login/") in (400, 404)
    store = f"https://store.{HOST}"
    assert status(composed, VISITOR, f"{store}/sgraph-send/") == 403
    assert ADMIN_MARK not in get(composed, VISITOR, f"{store}/admin/login/")


def test_visitors_are_known_by_their_own_address_and_read_no_metrics(composed: Composed):
    token = f"Authorization: Bearer {composed.settings['METRICS_TOKEN']}"
    made_up = "X-Forwarded-For: 203.0.113.5"
    told = json.loads(get(composed, VISITOR, f"{SITE}/info/status", "-H", token, "-H", made_up))
    assert told["caller"]["address"] == VISITOR_ADDRESS
    assert (told["caller"]["peer_is_trusted"], told["caller"]["scheme"]) == (True, "https")
    assert status(composed, VISITOR, f"{SITE}/metrics") == 404


def test_nothing_else_is_reached_from_outside(composed: Composed):
    assert status(composed, VISITOR, f"http://{HOST}/info/health") == 0
    for port in (80, 2019, 3000, 8000, 8333, 9090):
        assert status(composed, VISITOR, f"http://caddy:{port}/") == 0


def test_prometheus_sees_all_its_targets_up(composed: Composed):
    def series(expression: str) -> dict[str, str]:
        url = f"http://127.0.0.1:9090/api/v1/query?query={quote(expression)}"
        found = json.loads(get(composed, "prometheus", url))["data"]["result"]
        return {one["metric"]["instance"]: one["value"][1] for one in found}

    targets = {"web-1:8000", "web-2:8000", "admin:8000", f"{SITE}/info/health"}
    wait_until(lambda: set(series("up == 1")) == targets, "all targets up", timeout_s=120)
    assert series("probe_success") == {f"{SITE}/info/health": "1"}
    assert set(series("sgraph_send_store_up").values()) == {"1"}

    alertmanagers = json.loads(
        get(composed, "prometheus", "http://127.0.0.1:9090/api/v1/alertmanagers")
    )
    known = [one["url"] for one in alertmanagers["data"]["activeAlertmanagers"]]
    assert known == ["http://alertmanager:9093/api/v2/alerts"]
    assert status(composed, "prometheus", "http://alertmanager:9093/-/ready") == 200


def test_cleanup_runs_in_the_service_that_is_for_it(composed: Composed):
    lag = "sgraph_send_cleanup_last_success_timestamp_seconds"
    token = f"Authorization: Bearer {composed.settings['METRICS_TOKEN']}"
    wait_until(
        lambda: lag in get(composed, "caddy", "http://web-1:8000/metrics", "-H", token),
        "a pass of cleanup",
        timeout_s=90,
    )
