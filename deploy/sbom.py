"""Prints what the image consists of, as a CycloneDX 1.6 document: packages of Debian, of Python,
and those that browsers get.

Runs inside the image and needs its Python alone: `make sbom`.
"""

import importlib.metadata
import json
import re
import sys
from pathlib import Path
from urllib.parse import quote

DPKG_STATUS = Path("/var/lib/dpkg/status")
APPLICATION = "sgraph-send"
SOURCE = Path(sys.prefix).parent / "app"


def python_components() -> list[dict[str, object]]:
    found = {}
    for distribution in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", distribution.name).lower()
        found[name] = component(name, distribution.version, f"pkg:pypi/{name}")
    return list(found.values())


def debian_components() -> list[dict[str, object]]:
    found = []
    for paragraph in DPKG_STATUS.read_text().split("\n\n"):
        told = dict(re.findall(r"^(Package|Version|Architecture|Status): (.+)$", paragraph, re.M))
        if told.get("Status", "").endswith(" installed"):
            kind = f"?arch={told['Architecture']}"
            place = f"pkg:deb/debian/{quote(told['Package'])}"
            found.append(component(told["Package"], told["Version"], place, kind))
    return found


def browser_components() -> list[dict[str, object]]:
    listed = json.loads((SOURCE / "static" / "vendor" / "vendor.json").read_text())["packages"]
    return [component(it["name"], it["version"], f"pkg:npm/{it['name']}") for it in listed]


def own_version() -> str:
    source = (SOURCE / "sgraph_send" / "__init__.py").read_text()
    return re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)[1]


def component(name: str, version: str, place: str, qualifiers: str = "") -> dict[str, object]:
    purl = f"{place}@{quote(version)}{qualifiers}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }


def document() -> dict[str, object]:
    components = python_components() + debian_components() + browser_components()
    subject = {"type": "container", "name": APPLICATION, "version": own_version()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": subject},
        "components": sorted(components, key=lambda each: str(each["purl"])),
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)
    sys.stdout.write("\n")
