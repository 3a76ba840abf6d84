"""What the wheel says of its dependencies: hatchling calls this, pyproject.toml names it."""

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PIN = re.compile(r"([\w.-]+(?:\[[\w,-]+\])?)==(\S+)")


class RequirementsFiles(MetadataHookInterface):
    """Dependencies and the extra `telemetry`, from the requirements files of the checkout."""

    def update(self, metadata: dict) -> None:
        root = Path(self.root)
        metadata["dependencies"] = with_fixes((root / "requirements.txt").read_text())
        telemetry = with_fixes((root / "requirements-telemetry.txt").read_text())
        metadata["optional-dependencies"] = {"telemetry": telemetry}


def with_fixes(requirements: str) -> list[str]:
    """Each pin, opened for bug and security fixes: `Django==5.2.19` gives `Django~=5.2.19`."""
    pins = [_PIN.match(line) for line in requirements.splitlines()]
    return [f"{pin[1]}{'~=' if pin[2].count('.') >= 2 else '=='}{pin[2]}" for pin in pins if pin]
