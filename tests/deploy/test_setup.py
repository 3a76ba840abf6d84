"""deploy/setup: secrets that are made once, however often it runs, and who is told of alerts."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from harness.live_site import ROOT
from tests.monitoring.installation import program

DEPLOY = ROOT / "deploy"


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def copied(folder: Path) -> Path:
    """What setup reads and writes of deploy/, in a folder of which git knows nothing."""
    for name in ("compose", "monitoring"):
        shutil.copytree(DEPLOY / name, folder / name)
    shutil.copy(DEPLOY / "setup", folder)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of deploy/ in which setup has run."""
    folder = copied(tmp_path_factory.mktemp("compose") / "deploy")
    ended = run(folder / "setup", "--only-secrets", "send.example")
    assert ended.returncode == 0, ended.stderr
    return folder


def settings_of(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines())


def test_secrets_are_made_once_all_different_and_for_their_owner_alone(made: Path):
    first = settings_of(made)
    named = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "compose.yaml").read_text()))
    assert set(first) == named
    secrets = [value for name, value in first.items() if not name.endswith(("_HOST", "_URL"))]
    assert len(set(secrets)) == len(secrets) == 8
    assert all(len(secret) >= 20 for secret in secrets)
    assert (made / ".env").stat().st_mode & 0o777 == 0o600
    assert (made / "secrets").stat().st_mode & 0o777 == 0o700
    assert run(made / "setup", "--only-secrets").returncode == 0
    assert settings_of(made) == first


def test_what_the_compose_file_mounts_exists_or_is_made_and_containers_may_read_it(made: Path):
    for service in compose()["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (made / source).stat().st_mode & 0o004, source
            else:
                assert source in compose()["volumes"]


def test_another_name_is_refused(made: Path):
    other = run(made / "setup", "--only-secrets", "other.example")
    assert (other.returncode, "another name" in other.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        *([], [""], ["send"], ["https://send.example"], ["Send.example"], ["send .example"]),
        *(["192.0.2.1"], [".example"], ["send.example."], ["send..example"], ["send.-example"]),
        *(["--help"], ["--start"], ["send.example", "other.example"], ["send.example; id"]),
    ],
)
def test_whatever_is_no_name_makes_nothing(arguments: list[str], tmp_path: Path):
    folder = copied(tmp_path / "deploy")
    before = sorted(path.name for path in folder.iterdir())
    refused = run(folder / "setup", "--only-secrets", *arguments)
    assert (refused.returncode, "deploy/setup" in refused.stderr) == (2, True)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_an_open_umask_a_folder_with_a_space_and_options_behind_change_nothing(tmp_path: Path):
    folder = copied(tmp_path / "a b" / "deploy")
    (folder / "compose" / "Caddyfile").chmod(0o600)
    (folder / "secrets").mkdir(mode=0o755)
    asked = 'umask 000; exec "$0" a9.3com.example --only-secrets'
    ended = run("sh", "-c", asked, folder / "setup")
    assert ended.returncode == 0, ended.stderr
    modes = {
        name: (folder / name).stat().st_mode & 0o777
        for name in (".env", "alerts", "secrets", "secrets/s3.json", "compose/Caddyfile")
    }
    assert list(modes.values()) == [0o600, 0o600, 0o700, 0o644, 0o644]
    assert settings_of(folder)["STORE_HOST"] == "store.a9.3com.example"
    assert settings_of(folder)["RUNBOOKS_URL"].endswith("/a%20b/docs/runbooks")


def test_a_new_version_gets_the_secrets_that_it_asks_for_and_the_old_ones_stay(tmp_path: Path):
    folder = copied(tmp_path / "deploy")
    old = "SEND_HOST=send.example\nACCESS_TOKEN=chosen by somebody, with $signs\nEXTRA='kept'"
    (folder / ".env").write_text(old)
    (folder / ".env").chmod(0o644)
    assert run(folder / "setup", "--only-secrets").returncode == 0
    text = (folder / ".env").read_text()
    assert text.startswith(f"{old}\n")
    assert len(settings_of(folder)["S3_ENCRYPTION_KEY"]) == 64
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    (folder / ".env").chmod(0o644)
    assert run(folder / "setup", "--only-secrets", "send.example").returncode == 0
    assert (folder / ".env").read_text() == text
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600


def test_a_name_that_somebody_wrote_wrong_is_told(tmp_path: Path):
    folder = copied(tmp_path / "deploy")
    (folder / ".env").write_text("SEND_HOST=https://send.example/\n")
    refused = run(folder / "setup", "--only-secrets")
    assert (refused.returncode, "https://send.example/ is no name" in refused.stderr) == (1, True)
    assert not (folder / "secrets").exists()


def test_a_secret_that_somebody_emptied_is_told_and_nothing_is_written_over(tmp_path: Path):
    folder = copied(tmp_path / "deploy")
    (folder / ".env").write_text("SEND_HOST=send.example\nPOSTGRES_PASSWORD=\n")
    refused = run(folder / "setup", "--only-secrets")
    assert (refused.returncode, refused.stderr) == (1, "deploy/.env: POSTGRES_PASSWORD is empty.\n")
    assert len(settings_of(folder)) == 2


@pytest.mark.parametrize(
    ("came_from", "runbooks"),
    [
        ("https://git.example/a/b.git", "https://git.example/a/b/blob/HEAD/docs/runbooks"),
        ("https://me:token@git.example/a/b", "https://git.example/a/b/blob/HEAD/docs/runbooks"),
        ("git@git.example:a/b.git", "https://git.example/a/b/blob/HEAD/docs/runbooks"),
        ("ssh://git@git.example:2222/a/b/", "https://git.example/a/b/blob/HEAD/docs/runbooks"),
        ("/srv/b.git", "file://{}/docs/runbooks"),
        ("", "file://{}/docs/runbooks"),
    ],
)
def test_alerts_link_to_the_runbooks_of_this_checkout(
    came_from: str, runbooks: str, tmp_path: Path
):
    folder = copied(tmp_path / "clone" / "deploy")
    if came_from:
        run("git", "init", "-q", folder.parent)
        run("git", "-C", folder.parent, "remote", "add", "origin", came_from)
    ended = run(folder / "setup", "--only-secrets", "send.example")
    assert ended.returncode == 0, ended.stderr
    assert settings_of(folder)["RUNBOOKS_URL"] == runbooks.format(folder.parent)
    labels = yaml.safe_load((folder / "compose/prometheus.yml").read_text())["global"]
    assert labels["external_labels"]["runbooks"] == "${RUNBOOKS_URL}"


def test_containers_that_run_are_started_again_when_a_file_of_theirs_is_another(tmp_path: Path):
    folder = copied(tmp_path / "deploy")
    calls, running = tmp_path / "calls", tmp_path / "running"
    # In the place of the engine: it writes down what is asked of it.
    engine = tmp_path / "bin" / "docker"
    engine.parent.mkdir()
    engine.write_text(
        f'#!/bin/sh\ncase "$2" in ps) cat "{running}";; *) echo "$2" >>"{calls}";; esac\n'
    )
    engine.chmod(0o755)
    running.write_text("")
    path = {**os.environ, "PATH": f"{engine.parent}:{os.environ['PATH']}"}

    def asked() -> list[str]:
        calls.write_text("")
        ended = run(folder / "setup", "send.example", env=path)
        assert ended.returncode == 0, ended.stderr
        assert "Ready: https://send.example" in ended.stdout
        return calls.read_text().split()

    assert asked() == ["up"]
    running.write_text("caddy\n")
    assert asked() == ["up"]
    with (folder / "monitoring/rules/sgraph_send.yml").open("a") as rules:
        rules.write("# a new version\n")
    assert asked() == ["up", "restart", "up"]
    assert asked() == ["up"]


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
    (made / "alerts").write_text("MAIL_TO=\n")
    assert run(made / "setup", "--only-secrets").returncode == 0
    for wrong in (MAIL | NO_CHAT | {"MAIL_SERVER": ""}, MAIL | NO_CHAT | {"MAIL_TO": "'a b'"}):
        (made / "alerts").write_text("".join(f"{name}={value}\n" for name, value in wrong.items()))
        refused = run(made / "setup", "--only-secrets")
        assert (refused.returncode, "deploy/alerts:" in refused.stderr) == (2, True)
