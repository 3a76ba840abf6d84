"""The image, built and started with the rights that it needs: none."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness import container as container_image
from harness.container import USER_ID, Container, Image
from harness.live_site import ROOT
from harness.ports import accepts
from harness.redis_server import Redis
from harness.waiting import wait_until
from sgraph_send import __version__
from sgraph_send.client.client import Client
from sgraph_send.client.connection import Connection
from tests.actors import Sender
from tests.commands.http_calls import call

pytestmark = pytest.mark.long
HEALTHY_WITHIN_SECONDS = 3
RESIDENT_BYTES_MAX = 150 * 2**20
SECRETS = (".env", "deploy/.env", "deploy/secrets/s3.json", "var/secret_key", "sgraph_send/.env")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As of somebody whose umask is 077, with what running the site and setup leave there."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = (ROOT / ".dockerignore").read_text().splitlines()
    kept = [line[1:] for line in listed if line.startswith("!")]
    for name in (".dockerignore", "deploy/Dockerfile", *kept):
        (folder / name).parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-R", ROOT / name, folder / name], check=True)
    for left in SECRETS:
        (folder / left).parent.mkdir(exist_ok=True)
        (folder / left).write_text("a secret")
    subprocess.run(["chmod", "-R", "go=", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[Image]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container_image, "ROOT", checkout)
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
    files = {"__pycache__", "manage.py", "requirements"}
    assert {path.name for path in app.iterdir()} == packages | files
    assert {path.name for path in (app / "deploy").iterdir()} == {"__pycache__", "healthcheck.py"}
    ours = [path for path in app.rglob("*") if "__pycache__" not in path.parts]
    kept = {path.relative_to(app).as_posix() for path in ours if path.is_file()}
    assert kept <= set(kept_by_git())
    for program in ("gcc", "pip", "pip3", "curl", "wget"):
        assert not list(image.root.glob(f"usr/bin/{program}")), program
    pages = list((image.root / "opt/sgraph-send/static/js/pages").glob("send.*.js*"))
    assert {path.suffix for path in pages} == {".js", ".gz", ".br"}
    assert image.configuration["User"] == f"{USER_ID}:{USER_ID}"


def test_everybody_may_read_its_files_and_nobody_write_them(image: Image):
    for path in (image.root / "opt" / "sgraph-send").rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o777
            assert (mode & 0o044, mode & 0o022) == (0o044, 0), path


def test_the_environment_says_which_role_it_has_and_with_how_many_processes(
    image: Image, tmp_path: Path, database_url: str, redis_server: Redis
):
    container = Container(
        image,
        tmp_path,
        DATABASE_URL=database_url,
        REDIS_URL=redis_server.url,
        SGRAPH_SEND__ROLE="admin",
        SGRAPH_SEND__PROCESSES="3",
        SGRAPH_SEND__CLEANUP_EVERY_SECONDS="0",
    )
    try:
        container.start()
        wait_until(lambda: len(container.processes) == 1 + 3, "a first process and three of it")
        answers = [status(container.port, path) for path in ("/admin/login/", "/")]
        assert answers == [200, 404]
        container.terminate()
        assert container.wait_until_ended(timeout_s=40) == 0
    finally:
        container.kill()


def status(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def test_it_starts_soon_stays_small_and_passes_a_transfer(container: Container):
    first = container.start()
    container.terminate()
    container.wait_until_ended(timeout_s=30)
    again = container.start()
    used_seconds = container.cpu_seconds()
    at_rest = container.resident_bytes()
    healthy = f"healthy after {first:.2f} s, {again:.2f} s ({used_seconds:.2f} s of processors)"
    sys.stderr.write(f"{healthy}; {at_rest / 2**20:.0f} MiB\n")

    client = Client(Connection(container.url))
    sent = client.send([("a.txt", b"through the image" * 9999)])
    assert client.receive(sent.transfer_id, sent.secret).files == [
        ("a.txt", b"through the image" * 9999)
    ]
    assert client.delete(sent.transfer_id, sent.owner_token) == "deleted"
    # What deploy/release/try_image asks from inside, before an image is published.
    python = "/opt/sgraph-send/venv/bin/python"
    looked = container.ask(python, "manage.py", "monitor", "--url", container.url, "--once")
    assert looked.returncode == 0, looked.stdout
    # Other tests run meanwhile: what it uses of a processor does not depend on them, and a start
    # that waits for something takes longer than they make it.
    assert used_seconds < HEALTHY_WITHIN_SECONDS
    assert again < 5 * HEALTHY_WITHIN_SECONDS
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


def test_its_list_of_components_names_packages_of_all_kinds(container: Container, tmp_path: Path):
    listed = container.ask("/opt/sgraph-send/venv/bin/python", "-c", sbom_source())
    assert listed.returncode == 0, listed.stderr
    (tmp_path / "sbom.json").write_text(listed.stdout)
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(listed.stdout) is None
    for purl in ("pypi/django@", "pypi/gunicorn@", "deb/debian/libc6@", "npm/hash-wasm@"):
        assert f'"pkg:{purl}' in listed.stdout
    assert json.loads(listed.stdout)["metadata"]["component"]["version"] == __version__


def kept_by_git() -> list[str]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True)
    return told.stdout.splitlines()


def sbom_source() -> str:
    return (ROOT / "deploy" / "sbom.py").read_text()
