"""One WebKit for this folder."""

from collections.abc import Iterator

import pytest

from harness.webkit.webkit import WebKit


@pytest.fixture(scope="package")
def webkit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebKit]:
    with WebKit(tmp_path_factory.mktemp("webkit-home")) as browser:
        yield browser
