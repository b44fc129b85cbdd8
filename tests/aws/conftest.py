"""One embedded AWS for the tests of this folder, emptied before each that uses it."""

from collections.abc import Callable, Iterator

import pytest

from wizard.aws.engine import Engine
from wizard.catalog.store import knowledge
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.world import World


@pytest.fixture(scope="session")
def known() -> Knowledge:
    """The built-in knowledge."""
    return knowledge(())


@pytest.fixture(scope="session")
def _lab() -> Iterator[Lab]:
    # In real time a world stands still once it has settled: no task fails anew under a diagnosis.
    with Lab.start(region="ap-northeast-1", speed=1.0) as lab:
        yield lab


@pytest.fixture
def lab(_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """An empty embedded AWS; the process's environment points at it as root."""
    _lab.reset()
    for name, value in _lab.env("root").items():
        monkeypatch.setenv(name, value)
    return _lab


@pytest.fixture
def world(lab: Lab) -> World:
    """A builder of worlds in the empty lab."""
    return World(lab)


@pytest.fixture
def act_as(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the following diagnoses be made by another principal (`role/NAME/SESSION`)."""

    def act(principal: str) -> None:
        for name, value in lab.env(principal).items():
            monkeypatch.setenv(name, value)

    return act


@pytest.fixture
def engine(known: Knowledge, lab: Lab) -> Engine:
    """The engine, reading the embedded AWS."""
    return Engine(known)
