"""What the package says of itself beyond pyproject.toml: hatchling calls this."""

import os
import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PIN = re.compile(r"([\w.-]+(?:\[[\w,-]+\])?)==(\S+)")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?!\w+:)([^)\s]+)\)")
_PICTURE = re.compile(r"^<picture>.*?^</picture>\n+", re.MULTILINE | re.DOTALL)


class FromTheCheckout(MetadataHookInterface):
    """Dependencies and the extra `telemetry` from the requirements files; README.md, and its links
    to other files below DOCS_SOURCE_URL (https://host/owner/repository/blob/commit) where that is
    set."""

    def update(self, metadata: dict) -> None:
        root = Path(self.root)
        metadata["dependencies"] = with_fixes((root / "requirements.txt").read_text())
        telemetry = with_fixes((root / "requirements" / "telemetry.txt").read_text())
        metadata["optional-dependencies"] = {"telemetry": telemetry}
        source_url = os.environ.get("DOCS_SOURCE_URL", "")
        text = standing_alone((root / "README.md").read_text(), source_url)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        repository = source_url.partition("/blob/")[0]
        metadata["urls"] = {"Source": repository} if repository else {}


def with_fixes(requirements: str) -> list[str]:
    """Each pin, opened for bug and security fixes: `Django==5.2.19` gives `Django~=5.2.19`."""
    pins = [_PIN.match(line) for line in requirements.splitlines()]
    return [f"{pin[1]}{'~=' if pin[2].count('.') >= 2 else '=='}{pin[2]}" for pin in pins if pin]


def standing_alone(markdown: str, source_url: str) -> str:
    """Without pictures; a link to another file leads below `source_url`, or is its bare words."""
    text = _PICTURE.sub("", markdown)
    return _LINK.sub(rf"[\1]({source_url}/\2)" if source_url else r"\1", text)
