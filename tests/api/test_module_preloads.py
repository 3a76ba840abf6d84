"""Pages name every module that they will run before the browser finds it out import by import."""

import re
from collections import Counter

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from tests import module_graph
from tests.actors import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_static")]

ENTRY_MODULES = {
    "/": "js/pages/send.js",
    "/d/x": "js/pages/download.js",
    "/manage/x": "js/pages/manage.js",
}
PRELOAD = re.compile(r'<link rel="modulepreload" href="([^"]+)" integrity="sha256-[^"]+">')


@pytest.mark.parametrize("path", ENTRY_MODULES)
def test_every_imported_module_is_preloaded_once_and_pinned(path: str):
    sources = {hashed: source for source, hashed in staticfiles_storage.hashed_files.items()}
    page = get(path).text

    preloaded = [sources[url.removeprefix(settings.STATIC_URL)] for url in PRELOAD.findall(page)]
    imported = module_graph.reachable(module_graph.js_graph(dynamic=False), ENTRY_MODULES[path])

    assert Counter(preloaded) == Counter(imported)
    assert page.count("modulepreload") == len(imported) > 15
    assert page.rindex("modulepreload") < page.index('<script type="module"')


@pytest.mark.parametrize("path", ["/how-it-works", "/security"])
def test_pages_without_scripts_preload_nothing(path: str):
    assert "modulepreload" not in get(path).text
