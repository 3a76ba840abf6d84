"""nginx, Caddy and Traefik with the configurations of deploy/proxies.

Only names, ports and paths differ, and the certificate is made here.
"""

import getpass
import http.client
import shutil
import socket
import ssl
import sysconfig
import urllib.request
from contextlib import closing
from pathlib import Path

from harness import apt
from harness.certificate import Certificate, self_signed
from harness.live_site import ROOT
from harness.ports import free_port
from harness.process import ChildProcess

SHIPPED = ROOT / "deploy" / "proxies"
NAMES = ("nginx", "caddy", "traefik")
TIMEOUT_SECONDS = 30
# The user: whoever runs the tests, for their folders are closed to others.
_NGINX = """
user {user}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/send.example.conf;
}}
"""


class ShippedProxy:
    """Listens on https://localhost, before a site on `upstream` (`host:port`)."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.port, self.plain_port = free_port(), free_port()
        self.url = f"https://localhost:{self.port}"
        self.certificate: Certificate = self_signed(folder)
        self.log_path = folder / "proxy.log"
        self._folder = folder
        self._child: ChildProcess | None = None

    def start(self, upstream: str) -> None:
        ways = {"nginx": self._nginx, "caddy": self._caddy, "traefik": self._traefik}
        self._child = ChildProcess(
            ways[self.name](upstream),
            log_path=self.log_path,
            env={"HOME": str(self._folder)},
            cwd=self._folder,
        )
        self._child.wait_ready(self._reaches_the_site)

    def stop(self) -> None:
        if self._child:
            self._child.stop()

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate.certificate))

    def connect(self, visitor: str = "127.0.0.2", received_bytes: int = 0) -> ssl.SSLSocket:
        """A connection from the address `visitor`; the kernel keeps `received_bytes` for it, where
        that is more than 0, until it reads."""
        plain = socket.socket()
        if received_bytes:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received_bytes)
        plain.settimeout(TIMEOUT_SECONDS)
        plain.bind((visitor, 0))
        plain.connect(("127.0.0.1", self.port))
        return self.trust.wrap_socket(plain, server_hostname="localhost")

    def visit(self, visitor: str = "127.0.0.2") -> closing[http.client.HTTPSConnection]:
        """Somebody with that address, on another machine than the proxy."""
        return closing(
            http.client.HTTPSConnection(
                "localhost",
                self.port,
                timeout=TIMEOUT_SECONDS,
                context=self.trust,
                source_address=(visitor, 0),
            )
        )

    def logged(self) -> str:
        """All that it wrote anywhere."""
        return "".join(path.read_text(errors="replace") for path in self._folder.glob("*.log"))

    def _nginx(self, upstream: str) -> list[str]:
        changes = {
            "127.0.0.1:8000": upstream,
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "listen [::]:443 ssl http2;": "",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen [::]:80;": "",
            "/etc/letsencrypt/live/send.example/fullchain.pem": self.certificate.certificate,
            "/etc/letsencrypt/live/send.example/privkey.pem": self.certificate.key,
            "/var/log/nginx/sgraph_send.log": self._folder / "errors.log",
            # The site's address has a port here, which $host leaves out.
            "proxy_set_header Host $host;": "proxy_set_header Host $http_host;",
            "send.example": "localhost",
        }
        (self._folder / "send.example.conf").write_text(_changed("nginx.conf", changes))
        whole = self._folder / "nginx.conf"
        whole.write_text(_NGINX.format(folder=self._folder, user=getpass.getuser()))
        return [debian_program("nginx", "nginx-light"), "-c", str(whole), "-p", str(self._folder)]

    def _caddy(self, upstream: str) -> list[str]:
        own = f"tls {self.certificate.certificate} {self.certificate.key}"
        changes = {
            "127.0.0.1:8000": upstream,
            "{\n\tservers {": "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers {",
            "\nsend.example {": f"\nlocalhost:{self.port} {{\n\t{own}",
        }
        (self._folder / "Caddyfile").write_text(_changed("Caddyfile", changes))
        path = str(self._folder / "Caddyfile")
        return [installed_program("caddy"), "run", "--config", path, "--adapter", "caddyfile"]

    def _traefik(self, upstream: str) -> list[str]:
        whole, routes = self._folder / "traefik.yml", self._folder / "sgraph_send.yml"
        changes = {
            '":443"': f'"127.0.0.1:{self.port}"',
            '":80"': f'"127.0.0.1:{self.plain_port}"',
            "/etc/traefik/sgraph_send.yml": routes,
            "/var/lib/traefik": self._folder,
        }
        whole.write_text(_changed("traefik.yml", changes))
        own = f"{{certFile: {self.certificate.certificate}, keyFile: {self.certificate.key}}}"
        changes = {
            "127.0.0.1:8000": upstream,
            "\n        certResolver: letsencrypt": " {}",
            "send.example": "localhost",
        }
        text = _changed("traefik-sgraph_send.yml", changes)
        routes.write_text(f"{text}tls:\n  certificates:\n    - {own}\n")
        return [installed_program("traefik"), f"--configFile={whole}"]

    def _reaches_the_site(self) -> bool:
        """Traefik listens before it knows its routes."""
        url = f"{self.url}/info/health"
        with urllib.request.urlopen(url, timeout=5, context=self.trust) as answer:
            return answer.status == 200


def _changed(name: str, changes: dict[str, object]) -> str:
    text = (SHIPPED / name).read_text()
    for old, new in changes.items():
        assert old in text, f"{name} has no {old!r} any more"
        text = text.replace(old, str(new))
    return text


def installed_program(name: str) -> str:
    """The path of a program that came with a package of requirements/dev.txt."""
    return str(Path(sysconfig.get_path("scripts")) / name)


def debian_program(name: str, package: str) -> str:
    """Raises RuntimeError where it is not installed and can't be."""
    for attempt in (lambda: None, lambda: apt.install(package)):
        attempt()
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
        if found:
            return found
    raise RuntimeError(f"{name} is missing (Debian: {package})")
