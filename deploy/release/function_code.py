"""The zip that deploy/aws/template.yaml names as CodeKey: one code for all three handlers.

python -m deploy.release.function_code FILE.zip

Needs the packages of requirements-aws.lock installed, to lay the static files out.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("sgraph_send", "transfers", "adminpanel", "templates", "static")
# Runtime and Architectures of the functions.
PYTHON, PLATFORMS = "3.13", ("manylinux2014_aarch64", "manylinux_2_28_aarch64")
UNPACKED_BYTES_MAX = 250 * 2**20  # Lambda's limit, layers included


def pack(file: Path) -> int:
    """Writes `file`; the bytes that it unpacks to. Raises CalledProcessError, ValueError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "code"
        _install(folder, Path(name) / "locked.txt")
        for ours in OURS:
            shutil.copytree(
                ROOT / ours, folder / ours, ignore=shutil.ignore_patterns("__pycache__")
            )
        _lay_out_static(folder, Path(name) / "data")
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        if (unpacked_bytes := sum(path.stat().st_size for path in paths)) > UNPACKED_BYTES_MAX:
            raise ValueError(f"{unpacked_bytes} bytes are more than Lambda takes.")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in paths:
                packed.write(path, path.relative_to(folder))
    return unpacked_bytes


def _install(folder: Path, requirements: Path) -> None:
    """For the functions' machine, not for this one; nothing is run or compiled."""
    requirements.write_text(without_parser((ROOT / "requirements-aws.lock").read_text()))
    platforms = [f"--platform={platform}" for platform in PLATFORMS]
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--require-hashes",
    ]
    where = ["--only-binary=:all:", f"--python-version={PYTHON}", *platforms, f"--target={folder}"]
    subprocess.run([*install, *where, "--requirement", requirements], check=True)


def without_parser(lock: str) -> str:
    """gunicorn's parser comes as source alone, and a function has no gunicorn to parse for."""
    return re.sub(r"^gunicorn-h1c==.*(?:\n +--hash=.*)*\n", "", lock, flags=re.MULTILINE)


def _lay_out_static(folder: Path, data_folder: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "lay_out_static"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "SGRAPH_SEND__DATA_DIR": str(data_folder),
            "SGRAPH_SEND__STATIC_DIR": str(folder / "static_files"),
            "SGRAPH_SEND__STORE": "local",
        },
        stdout=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    sys.stdout.write(f"{pack(Path(sys.argv[1]))} bytes unpacked\n")
