"""The tables of docs/settings.md: names and defaults as the code reads them, with a sentence each.

python -m deploy.docs_site.settings_page      writes them anew

The sentences are in settings.toml. What stands between the tables is written by hand.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "settings.md"
SENTENCES = Path(__file__).with_name("settings.toml")
DATA_DIR = "DATA"
_TABLE = re.compile(r"<!-- settings: ([^\n]+) -->\n.*?\n<!-- end of settings -->", re.DOTALL)
# As on a server with a bucket, where prices have defaults; the folder is not looked into.
_READ = """
import json
from sgraph_send import settings
from sgraph_send.configuration import env
from transfers.limits import RATE_RULES
texts = {
    name: ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    for name, value in env.defaults.items()
}
print(json.dumps({"defaults": texts, "rates": RATE_RULES}))
"""
_DAY = 86_400
_SIZES = ((2**30, "GiB"), (2**20, "MiB"))

Words = dict[str, Any]


def as_read_by_the_code() -> Words:
    """`defaults` of every setting as text, with DATA for the data folder, and `rates` by rule."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-c", _READ],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "SGRAPH_SEND__DATA_DIR": folder,
                "SGRAPH_SEND__STORE": "s3",
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return json.loads(told.replace(folder, DATA_DIR))


def sentences() -> Words:
    return tomllib.loads(SENTENCES.read_text())


def generated(page: str, read: Words, words: Words) -> str:
    """`page` with its tables made anew; raises ValueError where code, words and page disagree."""
    known = {name for section in words.values() for name in section} - {"rules"}
    if differ := sorted(known ^ set(read["defaults"])):
        raise ValueError(f"Only the code or only settings.toml has {', '.join(differ)}.")
    if known_rules := set(words["Rate limits"]["rules"]) ^ set(read["rates"]):
        raise ValueError(f"Only the code or only settings.toml has {', '.join(known_rules)}.")
    tables = {title: _settings(section, read["defaults"]) for title, section in words.items()}
    tables["rules"] = _rules(words["Rate limits"]["rules"], read["rates"])
    placed = _TABLE.findall(page)
    if sorted(placed) != sorted(tables):
        raise ValueError(f"docs/settings.md has tables for {placed}, not for {list(tables)}.")
    return _TABLE.sub(lambda found: _framed(found[1], tables[found[1]]), page)


def default_in_words(name: str, default: str, words: str = "") -> str:
    """A default as the page shows it.

    `words` may stand for one that is empty, depends on the machine, or is named in them; raises
    ValueError when they would hide another one.
    """
    if words:
        if default and DATA_DIR not in default and f"`{default}`" not in words:
            raise ValueError(f"{name} has the default {default}; settings.toml says {words}.")
        return words
    if DATA_DIR in default:
        raise ValueError(f"The default of {name} needs words in settings.toml.")
    if not default:
        return "none"
    if name.endswith("_BYTES"):
        return _size(int(default))
    if name.endswith("_SECONDS") and default != "0" and int(default) % _DAY == 0:
        days = int(default) // _DAY
        return f"{days} day{'' if days == 1 else 's'}"
    return f"`{default}`"


def _size(size_bytes: int) -> str:
    for unit_bytes, unit in _SIZES:
        if size_bytes % unit_bytes == 0:
            return f"{size_bytes // unit_bytes} {unit}"
    return f"`{size_bytes}`"


def _settings(section: Words, defaults: dict[str, str]) -> list[str]:
    lines = ["| name | default | meaning |", "| --- | --- | --- |"]
    for name, words in section.items():
        if name == "rules":
            continue
        said = words if isinstance(words, dict) else {"meaning": words}
        default = default_in_words(name, defaults[name], said.get("default", ""))
        lines.append(f"| `{name}` | {default} | {said['meaning']} |")
    return lines


def _rules(counts: dict[str, str], rates: dict[str, str]) -> list[str]:
    rows = [f"| {rule} | {rates[rule]} | {counted} |" for rule, counted in counts.items()]
    return ["| rule | rate | counts |", "| --- | --- | --- |", *rows]


def _framed(title: str, table: list[str]) -> str:
    return "\n".join([f"<!-- settings: {title} -->", "", *table, "", "<!-- end of settings -->"])


def main() -> int:
    try:
        text = generated(PAGE.read_text(), as_read_by_the_code(), sentences())
    except ValueError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
