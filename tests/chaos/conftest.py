"""Figures of the chaos tests, printed whether or not pytest shows what a test prints."""

from typing import Any

import pytest

from chaos.figures import PROPERTY, Tell


@pytest.fixture
def tell(record_property: Any) -> Tell:
    """Keeps one line for the end of the run."""
    return lambda line: record_property(PROPERTY, line)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    lines = [
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if lines:
        terminalreporter.section("chaos")
        for line in lines:
            terminalreporter.line(line)
