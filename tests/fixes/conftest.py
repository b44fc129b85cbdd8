"""The embedded AWS, worlds in it, and a desk whose waiting moves its clock."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fixes.causes import with_test_causes
from wizard.aws.engine import Engine
from wizard.catalog.store import knowledge as all_knowledge
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.fixes.desk import FixDesk
from wizard.fixes.journal import Journal
from wizard.lab import Lab
from wizard.lab.world import World


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The built-in words of fixes, and causes of the tests' own."""
    return with_test_causes(all_knowledge(()))


@pytest.fixture(scope="session")
def one_lab() -> Iterator[Lab]:
    with Lab.start() as lab:
        yield lab


@pytest.fixture
def lab(one_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """An empty account, which any AWS client of this process now talks to as root."""
    one_lab.reset()
    for name, value in one_lab.env().items():
        if name != "PATH":
            monkeypatch.setenv(name, value)
    return one_lab


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state")


@pytest.fixture
def desk(lab: Lab, knowledge: Knowledge, journal: Journal) -> FixDesk:
    return FixDesk(Engine(knowledge), knowledge, journal, pause=lambda seconds: after(lab, seconds))


def after(lab: Lab, seconds: float) -> None:
    """Let the embedded AWS's time pass instead of waiting."""
    lab.settle(seconds * 10)


Diagnose = Callable[..., Diagnosis]


@pytest.fixture
def diagnose(lab: Lab, knowledge: Knowledge) -> Diagnose:
    """Return a function that diagnoses the service `web` of cluster `prod`, or another target."""

    def run(**target: Any) -> Diagnosis:
        base = Target(goal="all", cluster="prod", service="web")
        return Engine(knowledge).diagnose(replace(base, **target))

    return run


@pytest.fixture
def private_world(lab: Lab) -> World:
    """The article's third story: a private subnet with no way to anything of AWS."""
    world = World(lab).network(endpoints=()).roles().repository("team/app").log_group()
    world.service("web")
    return world.settle()
