"""Fixtures of the format's tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.format.js_format import JsFormat

# Other work on the machine must not turn a test red.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="package")
def js_format() -> Iterator[JsFormat]:
    """The browser's implementation, running in Node."""
    with JsFormat() as running:
        yield running
