"""Figures of the adversarial runs, printed at their end."""

from collections.abc import Callable

import pytest

_cases: dict[str, int] = {}


@pytest.fixture
def record_cases(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Notes how many cases this test has run, for the summary of the session."""

    def record(count: int) -> None:
        _cases[request.node.name] = count

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, count in _cases.items():
        terminalreporter.write_line(f"{name}: {count:,} cases")
    if _cases:
        terminalreporter.write_line(f"{sum(_cases.values()):,} cases together")
