"""Command blocks of a document, run as they are printed."""

import re
import subprocess
from pathlib import Path

from harness.live_site import ROOT

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT_SECONDS = 120


def blocks_of(document: Path) -> list[str]:
    """The blocks marked `sh`, in their order.

    Raises:
        AssertionError: for a block of another kind, which nobody would run.
    """
    found = BLOCK.findall(document.read_text())
    assert {kind for kind, _ in found} <= {"sh"}, document.name
    return [text for _, text in found]


def run(commands: str, environment: dict[str, str], *, limit_s: float = LIMIT_SECONDS) -> str:
    """What the commands print; every one of them must end with 0, also inside a pipe.

    Raises:
        AssertionError: with all that was printed.
    """
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=limit_s,
        check=False,
    )
    assert ended.returncode == 0, f"{commands}\nended with {ended.returncode}:\n{ended.stdout}"
    return ended.stdout
