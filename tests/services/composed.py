"""deploy/compose.yaml without an engine: each service on a machine of its own, with the commands,
environment, files, networks, names and health checks that the file gives it.

Grafana is left out: no package of Debian has it. Nor are rights taken away here: tests/deploy/
test_image.py does that.
"""

import ipaddress
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.services.live_site import ROOT, inherited_environment
from tests.services.namespaces import Machine, Switch, wait_for
from tests.services.stand_ins import Database, StandIn, programs, site

LEFT_OUT = {"grafana"}
# Published ports are reached from here; of the services only those are on it that publish one.
OUTSIDE = "outside"
SUBNETS = {"back": "172.30.78.0/24", OUTSIDE: "192.0.2.0/24"}
VISITOR = "visitor"
VISITOR_ADDRESS = "192.0.2.77"


class Composed:
    """What `deploy/setup HOST` starts, and a visitor's machine that reaches what is published."""

    def __init__(self, folder: Path, host: str, static_folder: Path) -> None:
        self._folder = folder
        self._deploy = folder / "deploy"
        shutil.copytree(ROOT / "deploy", self._deploy)
        subprocess.run([self._deploy / "setup", "--only-secrets", host], check=True)
        lines = (self._deploy / ".env").read_text().splitlines()
        self.settings = dict(line.split("=", 1) for line in lines)
        text = (self._deploy / "compose.yaml").read_text()
        self._file = yaml.safe_load(
            re.sub(r"\$\{(\w+)\}", lambda found: self.settings[found[1]], text)
        )
        everything = self._file["services"].items()
        self.services = {name: service for name, service in everything if name not in LEFT_OUT}
        self.authority = self._volume("caddy") / "caddy/pki/authorities/local/root.crt"
        self._database = Database(self.services["postgres"]["environment"])
        self._stand_ins = {
            "sgraph-send": site(static_folder),
            "postgres": self._database.stand_in(),
            **programs(self.authority),
        }
        self._machines: dict[str, Machine] = {}

    def start(self) -> None:
        """As `docker compose up --wait`."""
        names = self._connect(Switch(self._folder / "switch", [*self._file["networks"], OUTSIDE]))
        for name, machine in self._machines.items():
            known = "".join(f"{address} {alias}\n" for alias, address in names[name].items())
            machine.run("tee", "/etc/hosts", typed=f"127.0.0.1 localhost\n{known}")
        for name in self._in_order():
            for needed, condition in self.services[name].get("depends_on", {}).items():
                if condition["condition"] == "service_healthy":
                    self._wait_until_healthy(needed)
            stand_in = self.stand_in(name)
            command = self.services[name].get("command", stand_in.command)
            self._machines[name].start(
                *stand_in.entrypoint, *command, env=self.environment(name), cwd=str(ROOT)
            )
        for name in self.services:
            self._wait_until_healthy(name)

    def stop(self) -> None:
        for machine in self._machines.values():
            machine.end()
        self._database.remove()

    def environment(self, name: str) -> dict[str, str]:
        """What the image and the file give to a service."""
        given = self.services[name].get("environment", {})
        of_image = {"PATH": inherited_environment()["PATH"], **self.stand_in(name).environment}
        return of_image | {key: str(value) for key, value in given.items()}

    def run(self, name: str, *command: str, typed: str = "") -> str:
        """As `docker compose exec` does; the visitor has no environment but the trust in Caddy."""
        environment = (
            {"PATH": inherited_environment()["PATH"], "SSL_CERT_FILE": str(self.authority)}
            if name == VISITOR
            else self.environment(name)
        )
        machine = self._machines[name]
        return machine.run(*command, env=environment, typed=typed, cwd=str(ROOT))

    def log(self, name: str) -> str:
        return (self._folder / name / "program.log").read_text(errors="replace")

    def _in_order(self) -> list[str]:
        order: list[str] = []
        while missing := [name for name in self.services if name not in order]:
            order += [
                name
                for name in missing
                if set(self.services[name].get("depends_on", {})) <= set(order)
            ]
        return order

    def _wait_until_healthy(self, name: str) -> None:
        if command := self._health_check(name):
            machine = self._machines[name]
            wait_for(machine, *command, env=self.environment(name), cwd=str(ROOT))

    def _health_check(self, name: str) -> list[str]:
        """Empty for services without."""
        given = self.services[name].get("healthcheck", {})
        if given.get("disable"):
            return []
        return given["test"][1:] if given else self.stand_in(name).health

    def stand_in(self, name: str) -> StandIn:
        return self._stand_ins[self.services[name]["image"].partition(":")[0]]

    def _volume(self, name: str) -> Path:
        if name == "postgres":
            return self._database.folder
        folder = self._folder / "volumes" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _mounts(self, service: dict) -> list[tuple[str, str]]:
        empty = [place.partition(":")[0] for place in service.get("tmpfs", [])]
        found = [("tmpfs", place) for place in empty if not _hides_programs(place)]
        for volume in service.get("volumes", []):
            source, target = volume.split(":")[:2]
            is_file = source.startswith("./")
            found.append((str(self._deploy / source if is_file else self._volume(source)), target))
        return found

    def _connect(self, switch: Switch) -> dict[str, dict[str, str]]:
        """Makes and connects all machines; the names that each knows, with their addresses."""
        self._machines["switch"] = switch
        members = {name: _networks(service) for name, service in self.services.items()}
        members[VISITOR] = {OUTSIDE: {"ipv4_address": VISITOR_ADDRESS}}
        known: dict[str, dict[str, str]] = {}
        for number, (name, networks) in enumerate(members.items(), start=10):
            mounts = self._mounts(self.services.get(name, {}))
            self._machines[name] = machine = Machine(self._folder / name, mounts)
            for network, options in networks.items():
                subnet = self._subnet(network)
                address = options.get("ipv4_address", str(subnet[number]))
                switch.connect(machine, network, f"{address}/{subnet.prefixlen}")
                for alias in [name, *options.get("aliases", [])]:
                    known.setdefault(network, {})[alias] = address
        return {"switch": {}} | {
            name: {
                alias: address for network in networks for alias, address in known[network].items()
            }
            for name, networks in members.items()
        }

    def _subnet(self, network: str) -> ipaddress.IPv4Network:
        options = self._file["networks"].get(network) or {}
        given = options.get("ipam", {}).get("config", [{}])[0].get("subnet")
        return ipaddress.ip_network(given or SUBNETS[network])


def _networks(service: dict) -> dict[str, dict]:
    """With their options; whoever publishes a port is outside as well, by the names it has."""
    networks = service["networks"]
    found = {key: {} for key in networks} if isinstance(networks, list) else dict(networks)
    if service.get("ports"):
        aliases = [alias for options in found.values() for alias in options.get("aliases", [])]
        found[OUTSIDE] = {"aliases": aliases}
    return found


def _hides_programs(place: str) -> bool:
    """Whether the checkout or its virtual environment lies there. A machine throws away all that is
    written in it anyway."""
    return any(Path(kept).is_relative_to(place) for kept in (ROOT, sys.prefix))
