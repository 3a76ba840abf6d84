"""What can be told of the image and the compose file without building or starting them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.live_site import ROOT

DEPLOY = ROOT / "deploy"
PROGRAMS = Path(sys.executable).parent


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


SERVICES = sorted(compose()["services"])


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_hadolint_has_nothing_to_say():
    checked = run(PROGRAMS / "hadolint", DEPLOY / "Dockerfile")
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_an_image_keeps_its_health_check_whoever_builds_it(engine: str):
    """Podman's own format of images has none; the variable is Podman's, and nothing to Docker."""
    told = run("make", "--dry-run", "image", f"ENGINE={engine}", cwd=ROOT)
    build = f"{engine} build --file deploy/Dockerfile --tag sgraph-send ."
    # Below another make there are lines about folders, too.
    assert f"BUILDAH_FORMAT=docker {build}" in told.stdout.splitlines()


def test_the_compose_file_is_one():
    checked = run(
        *(PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"),
        DEPLOY / "compose.yaml",
    )
    assert checked.returncode == 0, checked.stdout


def test_nothing_but_443_is_open():
    ports = {name: service.get("ports") for name, service in compose()["services"].items()}
    assert {name: open_ for name, open_ in ports.items() if open_} == {"caddy": ["443:443"]}


def test_the_parts_of_the_service_are_all_there():
    services = compose()["services"]
    assert set(services) == {
        *("caddy", "web-1", "web-2", "admin", "cleanup", "postgres", "valkey", "seaweedfs"),
        *("prometheus", "alertmanager", "blackbox", "grafana"),
    }
    roles = {
        name: service["environment"]["SGRAPH_SEND__ROLE"]
        for name, service in services.items()
        if service["image"] == "sgraph-send"
    }
    assert roles == {"web-1": "user", "web-2": "user", "admin": "admin", "cleanup": "user"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_few_rights_an_end_to_what_it_takes_and_says_how_it_is(name: str):
    service = compose()["services"][name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    rights = {"caddy": ["NET_BIND_SERVICE"], "seaweedfs": ["CHOWN", "SETGID", "SETUID"]}
    assert service.get("cap_add") == rights.get(name)
    assert service["restart"] == "unless-stopped"
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert service["stop_grace_period"] == "60s"  # above 30 and 10; SeaweedFS was measured with 16
    if service["image"] == "sgraph-send":
        assert all("size=" in place for place in service["tmpfs"])
        assert ("healthcheck" in service) == (name == "cleanup")  # the image has one
    else:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-alpine)?$", service["image"])
        assert service["healthcheck"]["test"][0] == "CMD"


def test_what_must_outlive_a_container_lies_in_a_volume_of_its_own():
    kept = {
        volume.partition(":")[0]: f"{name}:{volume.partition(':')[2]}"
        for name, service in compose()["services"].items()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }
    assert kept == {
        "caddy": "caddy:/data",
        "postgres": "postgres:/var/lib/postgresql/data",
        "seaweedfs": "seaweedfs:/data",
        "prometheus": "prometheus:/prometheus",
        "alertmanager": "alertmanager:/alertmanager",
        "grafana": "grafana:/var/lib/grafana",
    }
    assert set(compose()["volumes"]) == set(kept)
    for name, service in compose()["services"].items():
        mounted = [volume for volume in service.get("volumes", []) if volume.startswith("./")]
        assert all(volume.endswith(":ro") for volume in mounted), name


def test_nobody_starts_before_what_it_needs_and_one_migrates_before_the_others():
    waits = {
        name: {needed: told["condition"] for needed, told in service.get("depends_on", {}).items()}
        for name, service in compose()["services"].items()
    }
    stores = dict.fromkeys(("postgres", "valkey", "seaweedfs"), "service_healthy")
    migrated = {**stores, "web-1": "service_healthy"}
    assert {name: needed for name, needed in waits.items() if needed} == {
        "web-1": stores,
        **dict.fromkeys(("web-2", "admin", "cleanup"), migrated),
    }


def mounted(name: str) -> dict[str, Path]:
    """Files of the checkout by their places in a container."""
    volumes = [volume.split(":") for volume in compose()["services"][name]["volumes"]]
    return {place: DEPLOY / source for source, place, *_ in volumes if source.startswith("./")}


def test_grafana_finds_its_dashboard_and_prometheus():
    files, provisioning = mounted("grafana"), "/etc/grafana/provisioning"
    provider = files[f"{provisioning}/dashboards"] / "sgraph_send.yml"
    (told,) = yaml.safe_load(provider.read_text())["providers"]
    assert files[f"{told['options']['path']}/dashboard.json"].is_file()
    sources = yaml.safe_load(files[f"{provisioning}/datasources/prometheus.yml"].read_text())
    assert [(each["type"], each["url"]) for each in sources["datasources"]] == [
        ("prometheus", "http://prometheus:9090")
    ]
    environment = compose()["services"]["grafana"]["environment"]
    assert environment["GF_SECURITY_COOKIE_SECURE"] == "true"
    assert environment["GF_USERS_ALLOW_SIGN_UP"] == "false"


def test_prometheus_finds_its_rules_and_keeps_what_it_saw():
    files = mounted("prometheus")
    config = yaml.safe_load(files["/etc/prometheus/prometheus.yml"].read_text())
    rules = [files["/etc/prometheus/rules"] / Path(name).name for name in config["rule_files"]]
    assert rules == [DEPLOY / "monitoring/rules/sgraph_send.yml"]
    job = config["scrape_configs"][0]
    assert job["authorization"]["credentials_file"] in files
    assert "--storage.tsdb.retention.time=90d" in compose()["services"]["prometheus"]["command"]


def test_processes_share_counters_and_one_service_cleans_up():
    settings, services = compose()["x-settings"], compose()["services"]
    assert settings["REDIS_URL"] == "redis://valkey:6379/0"
    assert settings["SGRAPH_SEND__CLEANUP_EVERY_SECONDS"] == "0"
    assert services["cleanup"]["command"] == ["cleanup_transfers", "--every", "60"]
    assert "128mb" in services["valkey"]["command"]
    pools = 20 * sum(service["image"] == "sgraph-send" for service in services.values())
    allowed = re.search(r"max_connections=(\d+)", " ".join(services["postgres"]["command"]))
    assert int(allowed[1]) > pools


def test_only_who_must_reaches_out_and_only_the_site_reaches_what_it_keeps():
    members = {
        network: {name for name, it in compose()["services"].items() if network in it["networks"]}
        for network in compose()["networks"]
    }
    ways_out = {name for name, it in compose()["networks"].items() if not it.get("internal")}
    assert ways_out == {"exit"}
    assert members["exit"] == {"caddy", "alertmanager"}
    site = {"web-1", "web-2", "admin"}
    assert members["back"] == site | {"cleanup", "postgres", "valkey", "seaweedfs"}
    assert members["front"] == site | {"caddy", "grafana", "blackbox"}
    assert members["store"] == {"caddy", "seaweedfs"}
    assert members["watch"] == site | {"prometheus", "alertmanager", "blackbox", "grafana"}


def test_the_sites_trust_the_address_that_caddy_has():
    caddy = compose()["services"]["caddy"]["networks"]["front"]["ipv4_address"]
    assert compose()["x-settings"]["SGRAPH_SEND__TRUSTED_PROXIES"] == caddy


def test_of_the_store_others_reach_nothing_but_what_asks_for_a_key():
    command = compose()["services"]["seaweedfs"]["command"]
    assert {"-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3.ip.bind=0.0.0.0"} <= set(command)
    assert {"-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0"} <= set(command)
    assert "-master.telemetry=false" in command


def test_the_health_check_of_caddy_asks_what_its_file_answers():
    asked = compose()["services"]["caddy"]["healthcheck"]["test"][-1]
    port = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/", asked)[1]
    block = re.search(
        rf"^http://:{port} \{{(.+?)^\}}", (DEPLOY / "compose/Caddyfile").read_text(), re.M | re.S
    )[1]
    assert block.split() == ["bind", "127.0.0.1", "respond", "200"]


@pytest.mark.parametrize("script", ["setup", "release/try_image"])
def test_shellcheck_has_nothing_to_say(script: str):
    checked = run(PROGRAMS / "shellcheck", DEPLOY / script)
    assert (checked.returncode, checked.stdout) == (0, "")
