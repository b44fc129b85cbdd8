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

Diagnose = Callable[..., Diagnosis]
WRITES = (
    "Create",
    "Delete",
    "Put",
    "Attach",
    "Detach",
    "Update",
    "Modify",
    "Authorize",
    "Revoke",
)


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
    one_lab.clock(speed=100)
    one_lab.settings(exec_unreachable="not-running")
    become(one_lab, monkeypatch)
    return one_lab


def become(lab: Lab, monkeypatch: pytest.MonkeyPatch, principal: str = "root") -> None:
    """Let AWS clients of this process act as `principal`, with the bastion's stand-in tools."""
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    for name, value in lab.env(principal).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state")


@pytest.fixture
def desk(lab: Lab, knowledge: Knowledge, journal: Journal) -> FixDesk:
    def pause(seconds: float) -> None:
        lab.settle(seconds * 10)

    return FixDesk(Engine(knowledge), knowledge, journal, pause=pause)


@pytest.fixture
def diagnose(lab: Lab, knowledge: Knowledge) -> Diagnose:
    """Return a function that diagnoses the service `web` of cluster `prod`, or another target."""

    def run(**target: Any) -> Diagnosis:
        base = Target(goal="all", cluster="prod", service="web")
        return Engine(knowledge).diagnose(replace(base, **target))

    return run


def world_of(lab: Lab, *endpoints: str) -> World:
    """Return a world right in all but its endpoints: private subnets, no NAT."""
    world = World(lab).network(endpoints=endpoints).roles()
    return world.repository("team/app").log_group()


@pytest.fixture
def private_world(lab: Lab) -> World:
    """The article's third story: a private subnet with no way to anything of AWS."""
    return world_of(lab).service("web").settle()


@pytest.fixture
def healthy_world(lab: Lab) -> World:
    """Everything right: a running task with a working shell."""
    endpoints = ("ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages")
    return world_of(lab, *endpoints).service("web").settle()


def writes(lab: Lab) -> list[dict[str, Any]]:
    """Return the calls that wrote since the log was cleared, and clear it."""
    return [
        one for one in lab.calls(clear=True) if one["call"].partition(":")[2].startswith(WRITES)
    ]
