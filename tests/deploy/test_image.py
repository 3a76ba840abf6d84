"""The image, built and started with the rights that it needs: none."""

import http.client
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sgraph_send.cli.client import Client
from sgraph_send.cli.connection import Connection
from tests.actors import Sender
from tests.commands.http_calls import call
from tests.services.container import USER_ID, Container, Image
from tests.services.live_site import ROOT
from tests.services.ports import accepts
from tests.services.waiting import wait_until

pytestmark = pytest.mark.long
HEALTHY_WITHIN_SECONDS = 3
RESIDENT_BYTES_MAX = 150 * 2**20


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    image = Image(tmp_path_factory.mktemp("image"))
    yield image
    image.remove()


@pytest.fixture
def container(image: Image, tmp_path: Path) -> Iterator[Container]:
    container = Container(image, tmp_path)
    yield container
    container.kill()


def test_it_holds_what_runs_and_nothing_else(image: Image):
    app = image.root / "opt" / "sgraph-send" / "app"
    packages = {"adminpanel", "deploy", "sgraph_send", "static", "templates", "transfers"}
    files = {"__pycache__", "manage.py", "requirements-telemetry.lock", "requirements.lock"}
    assert {path.name for path in app.iterdir()} == packages | files
    assert [path.name for path in (app / "deploy").glob("*.py")] == ["healthcheck.py"]
    for program in ("gcc", "pip", "pip3", "curl", "wget"):
        assert not list(image.root.glob(f"usr/bin/{program}")), program
    pages = list((image.root / "opt/sgraph-send/static/js/pages").glob("send.*.js*"))
    assert {path.suffix for path in pages} == {".js", ".gz", ".br"}
    assert image.configuration["User"] == f"{USER_ID}:{USER_ID}"


def test_it_starts_soon_stays_small_and_passes_a_transfer(container: Container):
    first = container.start()
    container.terminate()
    container.wait_until_ended(timeout_s=30)
    again = container.start()
    used_seconds = container.cpu_seconds()
    at_rest = container.resident_bytes()
    sys.stderr.write(f"healthy after {first:.2f} s, {again:.2f} s; {at_rest / 2**20:.0f} MiB\n")

    client = Client(Connection(container.url))
    sent = client.send([("a.txt", b"through the image" * 9999)])
    assert client.receive(sent.transfer_id, sent.secret).files == [
        ("a.txt", b"through the image" * 9999)
    ]
    assert client.delete(sent.transfer_id, sent.owner_token) == "deleted"
    # Other tests run meanwhile: what it uses of a processor does not depend on them.
    assert min(again, used_seconds) < HEALTHY_WITHIN_SECONDS
    assert at_rest < RESIDENT_BYTES_MAX


def test_it_runs_without_rights_on_a_file_system_that_nobody_writes_to(container: Container):
    container.start()
    for pid in container.processes:
        status = Path(f"/proc/{pid}/status").read_text()
        told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert set(told["Uid"].split()) == {str(USER_ID)}
        assert {told[name] for name in ("CapEff", "CapPrm", "CapBnd")} == {"0" * 16}
        assert told["NoNewPrivs"] == "1"
    for place in ("/opt/sgraph-send/app", "/opt/sgraph-send/static", "/usr", "/etc"):
        wrote = container.ask("touch", f"{place}/x")
        assert (wrote.returncode, "Read-only file system" in wrote.stderr) == (1, True), place


def test_its_health_check_tells_a_living_server_from_a_dead_one(container: Container):
    command = container._image.configuration["Healthcheck"]["Test"][1:]
    assert container.ask(*command).returncode == 1
    container.start()
    assert container.ask(*command).returncode == 0


def test_an_upload_that_runs_when_it_is_stopped_is_finished(container: Container):
    container.start()
    sender = Sender(payload=b"x" * (6 * 2**20))
    created = call(container, "POST", "/transfers/create", sender.creation())
    owner = {"x-sgraph-owner-token": sender.owner_token}
    path = f"/transfers/upload/{created['transfer_id']}"
    part = call(container, "POST", f"{path}/sign", {"parts": [0]}, **owner)["parts"][0]

    drafts = container._data / "store" / "uploads"
    with closing(http.client.HTTPConnection("127.0.0.1", container.port, timeout=30)) as upload:
        upload.putrequest("PUT", part["url"])
        upload.putheader("Content-Length", str(part["size_bytes"]))
        upload.endheaders()
        upload.send(sender.payload[:1_000_000])
        wait_until(lambda: list(drafts.rglob(".0*")), "the part being written")
        container.terminate()
        wait_until(lambda: not accepts(container.port), "no new calls being taken")
        upload.send(sender.payload[1_000_000 : part["size_bytes"]])
        assert upload.getresponse().status == 200

    assert container.wait_until_ended(timeout_s=40) == 0
    assert [file.stat().st_size for file in drafts.rglob("00000")] == [part["size_bytes"]]


def test_its_list_of_components_names_packages_of_both_kinds(container: Container, tmp_path: Path):
    listed = container.ask("/opt/sgraph-send/venv/bin/python", "-c", sbom_source())
    assert listed.returncode == 0, listed.stderr
    (tmp_path / "sbom.json").write_text(listed.stdout)
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(listed.stdout) is None
    for purl in ("pkg:pypi/django@", "pkg:pypi/gunicorn-h1c@", "pkg:deb/debian/libc6@"):
        assert purl in listed.stdout


def sbom_source() -> str:
    return (ROOT / "deploy" / "sbom.py").read_text()
