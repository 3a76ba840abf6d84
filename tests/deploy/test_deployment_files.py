"""What can be told of the image and the compose file without building or starting them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.monitoring.installation import program
from tests.services.live_site import ROOT

DEPLOY = ROOT / "deploy"
PROGRAMS = Path(sys.executable).parent


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_hadolint_has_nothing_to_say():
    checked = run(PROGRAMS / "hadolint", DEPLOY / "Dockerfile")
    assert (checked.returncode, checked.stdout) == (0, "")


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


def test_our_containers_have_no_rights_and_time_to_finish():
    for service in compose()["services"].values():
        assert "no-new-privileges:true" in service["security_opt"]
        if service["image"] == "sgraph-send":
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
            assert service["stop_grace_period"] == "50s"  # above 30 and 10


def test_what_the_compose_file_mounts_exists_or_is_made(made: Path):
    for service in compose()["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (made / source).exists(), source
            else:
                assert source in compose()["volumes"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of deploy/ in which setup has run."""
    folder = tmp_path_factory.mktemp("compose") / "deploy"
    run("cp", "-r", DEPLOY, folder)
    ended = run(folder / "setup", "--only-secrets", "send.example")
    assert ended.returncode == 0, ended.stderr
    return folder


def settings_of(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines())


def test_secrets_are_made_once_all_different_and_for_their_owner_alone(made: Path):
    first = settings_of(made)
    named = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "compose.yaml").read_text()))
    assert set(first) == named
    secrets = [value for name, value in first.items() if not name.endswith("_HOST")]
    assert len(set(secrets)) == len(secrets) == 8
    assert all(len(secret) >= 20 for secret in secrets)
    assert (made / ".env").stat().st_mode & 0o777 == 0o600
    assert (made / "secrets").stat().st_mode & 0o777 == 0o700
    assert run(made / "setup", "--only-secrets").returncode == 0
    assert settings_of(made) == first


def test_setup_refuses_other_names_and_wrong_ones(made: Path):
    other = run(made / "setup", "--only-secrets", "other.example")
    assert (other.returncode, "another name" in other.stderr) == (1, True)
    wrong = run(made / "setup", "--only-secrets", "https://send.example")
    assert wrong.returncode == 2


ALERTS = {"MAIL_TO": "", "MAIL_FROM": "", "MAIL_SERVER": "", "MAIL_USER": "", "MAIL_PASSWORD": ""}
MAIL = ALERTS | {
    "MAIL_TO": "ops@b.example",
    "MAIL_FROM": "a@b.example",
    "MAIL_SERVER": "b.example:587",
}
NO_CHAT = {"CHAT_WEBHOOK_URL": "", "CHAT_CHANNEL": "'#ops'"}
CHAT = NO_CHAT | {"CHAT_WEBHOOK_URL": "https://chat.example/hooks/x?y=1"}


@pytest.mark.parametrize(
    ("filled_in", "receivers"),
    [
        (ALERTS | NO_CHAT, {"chat", "mail", "mail-and-chat"}),
        (MAIL | NO_CHAT, {"mail"}),
        (ALERTS | CHAT, {"chat"}),
        (MAIL | CHAT, {"chat", "mail", "mail-and-chat"}),
    ],
)
def test_alerts_go_where_deploy_alerts_says(made: Path, filled_in: dict, receivers: set[str]):
    lines = "".join(f"{name}={value}\n" for name, value in filled_in.items())
    (made / "alerts").write_text(lines)
    assert run(made / "setup", "--only-secrets").returncode == 0

    config = yaml.safe_load((made / "secrets" / "alertmanager.yml").read_text())
    routes = [config["route"], *config["route"]["routes"]]
    assert {route["receiver"] for route in routes} == receivers
    assert run(program("amtool"), "check-config", made / "secrets/alertmanager.yml").returncode == 0
    mail = config["receivers"][1]["email_configs"][0]
    assert mail["to"] == (filled_in["MAIL_TO"] or "nobody@send.example")
    assert config["receivers"][0]["slack_configs"][0]["channel"] == "#ops"
    webhook = (made / "secrets" / "chat_webhook_url").read_text()
    assert webhook == (filled_in["CHAT_WEBHOOK_URL"] or "http://127.0.0.1:9/nobody")


def test_setup_says_what_is_missing_in_deploy_alerts(made: Path):
    assert (made / "alerts").stat().st_mode & 0o777 == 0o600
    for wrong in (MAIL | NO_CHAT | {"MAIL_SERVER": ""}, MAIL | NO_CHAT | {"MAIL_TO": "'a b'"}):
        (made / "alerts").write_text("".join(f"{name}={value}\n" for name, value in wrong.items()))
        refused = run(made / "setup", "--only-secrets")
        assert (refused.returncode, "deploy/alerts:" in refused.stderr) == (2, True)


def test_limits_of_our_proxies_fit_the_largest_bodies():
    from django.conf import settings

    from sgraph_send.doctor.way import PART_BYTES
    from transfers.limits import MANIFEST_BODY_MAX_BYTES

    largest = max(settings.MAX_RAW_BYTES, PART_BYTES, MANIFEST_BODY_MAX_BYTES)
    nginx = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "proxies/nginx.conf").read_text())
    assert int(nginx[1]) * 2**20 >= largest
    for place in ("proxies/Caddyfile", "compose/Caddyfile"):
        limit = re.search(r"max_size (\d+)MiB", (DEPLOY / place).read_text())
        assert int(limit[1]) * 2**20 >= largest, place
