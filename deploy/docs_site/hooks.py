"""What mkdocs.yml leaves to code: pages that have another source, links, pictures, the decisions.

README.md is the first page and CHANGELOG.md one of the last; the API reference is made from the
OpenAPI document, the tables of the settings from the code that reads them. A comment
`<!-- picture: NAME | words -->` becomes the picture that tests/browser/test_pictures.py made in the
folder that DOCS_PICTURES names.
"""

import os
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy.docs_site import links, pictures, reference, settings_page  # noqa: E402

DECISIONS = "decisions/index.md"
FROM_THE_ROOT = {"index.md": "README.md", "changelog.md": "CHANGELOG.md"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The nav names the decisions once; here each of them gets its place."""
    pages = [f"decisions/{path.name}" for path in _decisions()]
    for section in config.nav:
        for title, entries in section.items():
            if entries == [DECISIONS]:
                section[title] = [DECISIONS, *pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for uri, source in FROM_THE_ROOT.items():
        text = (ROOT / source).read_text()
        files.append(File.generated(config, uri, content=text))
    files.append(File.generated(config, DECISIONS, content=_list_of_decisions()))
    document = reference.openapi()
    files.append(File.generated(config, "api-reference.md", content=reference.page(document)))
    files.append(File.generated(config, "openapi.json", content=reference.as_file(document)))
    mark = ROOT / "static" / "img" / "mark.svg"
    files.append(File.generated(config, "assets/mark.svg", abs_src_path=str(mark)))
    for picture in _picture_files():
        uri = f"{pictures.FOLDER}/{picture.name}"
        files.append(File.generated(config, uri, abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    uri = page.file.src_uri
    source = ROOT / FROM_THE_ROOT.get(uri, f"docs/{uri}")
    if source == settings_page.PAGE:
        markdown = _with_settings(markdown)
    markdown = pictures.as_comments(markdown)
    text = links.rewritten(markdown, source, os.environ.get("DOCS_SOURCE_URL", ""))
    if not _picture_folder():
        return text
    made = {path.name for path in _picture_files()}
    if missing := [name for name in pictures.files_named(text) if name not in made]:
        raise PluginError(f"{uri} shows pictures that no test made: {', '.join(missing)}")
    return pictures.shown(text, depth=uri.count("/"))


def _with_settings(markdown: str) -> str:
    read, words = settings_page.as_read_by_the_code(), settings_page.sentences()
    try:
        return settings_page.generated(markdown, read, words)
    except ValueError as exc:
        raise PluginError(str(exc)) from exc


def _decisions() -> list[Path]:
    return sorted((ROOT / "docs" / "decisions").glob("*.md"))


def _list_of_decisions() -> str:
    rows = [
        f"* [{path.read_text().splitlines()[0].removeprefix('# ')}]({path.name})"
        for path in _decisions()
    ]
    told = (
        "What somebody might undo without knowing why it is so; the latest of a subject counts. "
        "Numbers go by subject: from 1 the server, 20 sending, 30 receiving, 40 access and what "
        "comes after sending, 50 the bucket, 60 pages, 70 logs, 80 the panel, 90 deployment."
    )
    return "\n".join(["# Decisions", "", told, "", *rows, ""])


def _picture_folder() -> Path | None:
    folder = os.environ.get("DOCS_PICTURES")
    return ROOT / folder if folder else None


def _picture_files() -> list[Path]:
    folder = _picture_folder()
    return sorted(folder.glob("*.png")) if folder else []
