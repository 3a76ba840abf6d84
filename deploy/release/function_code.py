"""The zip that deploy/aws/template.yaml names as CodeKey: one code for all three handlers.

python -m deploy.release.function_code FILE.zip [--here PYTHON] [--without-bytecode]

Needs the packages of requirements/aws.lock installed, to lay the static files out. Run by Python of
the functions' version it puts bytecode in, without which each cold start compiles everything anew.
With --here the code is for this machine and that interpreter instead of Lambda's.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("sgraph_send", "transfers", "adminpanel", "templates", "static")
UNPACKED_BYTES_MAX = 250 * 2**20  # Lambda's limit, layers included
CODE_FOLDER = "/var/task"  # where Lambda unpacks it


@dataclass(frozen=True)
class Machine:
    """Where the code will run; `python` as in 3.13."""

    python: str
    platforms: tuple[str, ...]


# Of the 400 services that botocore describes these are asked, or asked for credentials.
SERVICES = {"s3", "secretsmanager", "signin", "sso", "sso-oidc", "sts"}
# Runtime and Architectures of the functions.
FUNCTIONS = Machine("3.13", ("manylinux2014_aarch64", "manylinux_2_28_aarch64"))
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def pack(file: Path, machine: Machine = FUNCTIONS, python: str | None = None) -> int:
    """Writes `file`; the bytes that it unpacks to. Raises CalledProcessError, ValueError.

    `python`: an interpreter of the machine's version that makes bytecode; by default this one, if
    it is of that version. Empty: no bytecode.
    """
    if python is None and machine.python == HERE:
        python = sys.executable
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "code"
        _install(folder, machine)
        _forget_services(folder / "botocore" / "data")
        for ours in OURS:
            shutil.copytree(
                ROOT / ours, folder / ours, ignore=shutil.ignore_patterns("__pycache__")
            )
        _lay_out_static(folder, Path(name) / "data")
        if python:
            _compile(folder, python)
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        if (unpacked_bytes := sum(path.stat().st_size for path in paths)) > UNPACKED_BYTES_MAX:
            raise ValueError(f"{unpacked_bytes} bytes are more than Lambda takes.")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in paths:
                packed.write(path, path.relative_to(folder))
    return unpacked_bytes


def _install(folder: Path, machine: Machine) -> None:
    """For that machine, not for this one; nothing of it is run."""
    platforms = [f"--platform={platform}" for platform in machine.platforms]
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--require-hashes",
    ]
    where = ["--only-binary=:all:", f"--python-version={machine.python}", *platforms]
    where += [f"--target={folder}", "--requirement", ROOT / "requirements" / "aws.lock"]
    subprocess.run([*install, *where], check=True)


def _forget_services(described: Path) -> None:
    for service in described.iterdir():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)


def _compile(folder: Path, python: str) -> None:
    """Never compared with the sources, whose times a zip does not keep."""
    how = ["-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([python, *how, "-s", folder, "-p", CODE_FOLDER, folder], check=True)


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


def this_machine(python: str) -> Machine:
    """What runs here under the interpreter `python`."""
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    version = subprocess.check_output(asked, text=True).strip()
    here = platform.machine()
    return Machine(version, (f"manylinux2014_{here}", f"manylinux_2_28_{here}"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.release.function_code")
    parser.add_argument("file", type=Path)
    parser.add_argument("--here", metavar="PYTHON")
    parser.add_argument("--without-bytecode", action="store_true")
    chosen = parser.parse_args()
    machine = this_machine(chosen.here) if chosen.here else FUNCTIONS
    python = "" if chosen.without_bytecode else chosen.here
    unpacked = pack(chosen.file, machine, python)
    has_bytecode = python != "" and (python is not None or machine.python == HERE)
    compiled = "with" if has_bytecode else f"without (packed by Python {HERE})"
    sys.stdout.write(f"{unpacked} bytes unpacked, {compiled} bytecode of {machine.python}\n")


if __name__ == "__main__":
    main()
