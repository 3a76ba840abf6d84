"""The pages build without a warning, hold every document, and fetch nothing from anybody."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.docs_site import pictures

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with --strict: a page outside the nav, a dead link or anchor fails here."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCS_")}
    environment["NO_MKDOCS_2_WARNING"] = "1"
    told = subprocess.run(
        build, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    return folder


def test_every_document_is_a_page(site: Path):
    for path in (ROOT / "docs").rglob("*.md"):
        page = path.relative_to(ROOT / "docs").with_suffix("")
        place = page.parent if page.name == "README" else page
        assert (site / place / "index.html").is_file(), path


def test_every_call_is_in_the_reference(site: Path):
    reference = (site / "api-reference" / "index.html").read_text()
    calls = re.findall(r"^### `([A-Z]+ \S+)`$", (ROOT / "docs/api.md").read_text(), re.M)
    assert len(calls) > 20
    assert [call for call in calls if f"<code>{call}</code>" not in reference] == []
    assert (site / "openapi.json").is_file()


def test_the_picture_kept_for_the_readme_gives_way_to_those_of_today(site: Path):
    markdown = (ROOT / "README.md").read_text()
    assert f"front/{pictures.file_name(pictures.FRONT, 'light')}" in markdown
    shown = pictures.shown(pictures.as_comments(markdown), depth=0)
    assert all(f"{pictures.FRONT}-{each}.png#only-{each}" in shown for each in pictures.SCHEMES)
    assert "/front/" not in shown + (site / "index.html").read_text()


def test_no_page_fetches_anything_from_elsewhere(site: Path):
    fetches = re.compile(
        r"<(?:script|img|iframe|source|video|audio)[^>]*\ssrc=\"?(?:https?:)?//"
        r"|<link(?![^>]*rel=\"?canonical)[^>]*href=\"?(?:https?:)?//"
    )
    pages = list(site.rglob("*.html"))
    assert len(pages) > 50
    assert [page.name for page in pages if fetches.search(page.read_text())] == []
    styles = [path.read_text() for path in site.rglob("*.css")]
    assert not any(re.search(r"url\(\"?(?:https?:)?//|@import", text) for text in styles)
