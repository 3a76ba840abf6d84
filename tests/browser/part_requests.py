"""The PUTs of sealed parts, held back and counted as they leave the page."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route

_INDEX = re.compile(r"/parts/(\d+)|[?&]partNumber=(\d+)")


def index_of(url: str) -> int | None:
    """Which part a URL is for, from 0; None when it is for none."""
    found = _INDEX.search(url)
    if not found:
        return None
    return int(found[1]) if found[1] else int(found[2]) - 1


class PartRequests:
    """From now on lets the PUTs of a page pass, except those that `hold` names."""

    def __init__(self, page: Page, hold: Callable[[int], bool] = lambda index: False) -> None:
        self.page = page
        self.hold = hold
        self.passed: list[int] = []
        self._held: list[Route] = []
        page.route(lambda url: index_of(url) is not None, self._decide)

    def _decide(self, route: Route) -> None:
        index = index_of(route.request.url)
        if route.request.method == "PUT" and self.hold(index):
            self._held.append(route)
            return
        if route.request.method == "PUT":
            self.passed.append(index)
        route.continue_()

    def release(self) -> None:
        """Lets all pass, those that wait included."""
        self.hold = lambda index: False
        held, self._held = self._held, []
        for route in held:
            self.passed.append(index_of(route.request.url))
            route.continue_()

    def drop(self) -> None:
        """Cuts the connection of those that wait."""
        held, self._held = self._held, []
        for route in held:
            route.abort("internetdisconnected")
