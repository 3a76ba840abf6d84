"""Marks of a running site."""

import json
import os
import subprocess
from pathlib import Path

from harness import node
from harness.observatory.installation import HERE, PACKAGE


def scan(
    http_port: int, https_port: int, path: str, ca_path: Path | None = None
) -> dict[str, dict]:
    """Test → `result`, `pass` and `modifier`, of localhost on these ports.

    `ca_path` is the certificate authority that the scanner trusts.
    """
    trusted = {"NODE_EXTRA_CA_CERTS": str(ca_path)} if ca_path else {}
    result = subprocess.run(
        node.command(
            HERE / "scan.mjs", PACKAGE, "localhost", str(http_port), str(https_port), path
        ),
        env=os.environ | trusted,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(result.stderr)
    return json.loads(result.stdout)
