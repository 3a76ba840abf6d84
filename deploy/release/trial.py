"""The wheel as people get it: installed into an empty environment, served, one transfer, stopped.

python -m deploy.release.trial dist/sgraph_send-….whl
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

START_SECONDS_MAX = 90
STOP_SECONDS_MAX = 60


def try_wheel(wheel: Path, folder: Path) -> Path:
    """Installs below `folder`, which must be empty, and uses the program; the data folder that it
    made for itself. Raises CalledProcessError or TimeoutError."""
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / "bin"
    install = [programs / "python", "-m", "pip", "install", "--quiet", wheel.resolve()]
    subprocess.run(install, check=True)
    site = f"http://127.0.0.1:{(port := _free_port())}"
    # Nothing that this machine has set, and a home without files.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PORT": str(port)}
    (folder / "home").mkdir()
    # Whatever lies in the folder where it is started is none of its business.
    for name in ("django", "sgraph_send", "transfers"):
        (folder / "home" / f"{name}.py").write_text("raise SystemExit('A stranger was imported.')")
    program = programs / "sgraph-send"
    server = subprocess.Popen([program, "serve"], cwd=folder / "home", env=environment)
    try:
        _wait_until_it_answers(f"{site}/info/health", server)
        look = [program, "monitor", "--url", site, "--once"]
        subprocess.run(look, cwd=folder / "home", env=environment, check=True)
    finally:
        server.terminate()
        status = server.wait(STOP_SECONDS_MAX)
    if status:
        raise subprocess.CalledProcessError(status, "sgraph-send serve")
    return folder / "home" / ".local" / "share" / "sgraph-send"


def _wait_until_it_answers(url: str, server: subprocess.Popen) -> None:
    ends_at = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < ends_at and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError("The installed program does not answer.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        try_wheel(Path(sys.argv[1]), Path(empty))
