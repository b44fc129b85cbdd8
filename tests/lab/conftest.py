"""One embedded AWS for all tests of a process, empty at the start of each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wizard.lab import Lab


@pytest.fixture(scope="session")
def lab_process() -> Iterator[Lab]:
    with Lab.start() as lab:
        yield lab


@pytest.fixture
def lab(lab_process: Lab) -> Lab:
    lab_process.reset()
    lab_process.clock(speed=100)
    return lab_process
