"""Every world of the embedded AWS: the planted causes are proven, all of them and no other."""

from collections.abc import Iterator

import pytest

from tests.aws.asking import status
from tests.aws.worlds import Asked, diagnosis, stage_and_ask, standing_in, target
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.worlds import HEALTHY, WORLDS, goals

pytestmark = pytest.mark.slow

BY_MESSAGE = {
    "target-group-of-instances": "the service was never made",
    "balancer-names-a-port-that-is-not-mapped": "the service was never made",
    "run-as-names-a-stranger": "no API tells which users an image has",
    "exec-key-missing": "the embedded AWS denies an alias that is not there",
}
"""Worlds that leave nothing to read but the message."""

UNSEEN = {
    # The image that would crash is not there yet: nobody can know.
    "tag-missing-and-then-a-crash": ["task.app-crash"],
    # The message names a port, not the target group, and there is no service to ask.
    "balancer-names-a-port-that-is-not-mapped": ["lb.port-mismatch"],
}
"""Planted causes that cannot be read from the world, or not with the fields that it states."""

ALSO = {
    # Sessions with a key need a way to KMS, and these worlds have none.
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    "exec-key-denied-to-the-task-role": ["network.endpoint-missing"],
    "exec-key-missing": ["network.endpoint-missing"],
}
"""Causes that are true in a world without being planted."""

TOLD = [
    name
    for name, world in WORLDS.items()
    if name in BY_MESSAGE
    or world.goal not in (goals.deploy, goals.shell)
    or any(planted.cause.startswith("caller.") for planted in world.causes)
]
SEEN = [name for name in WORLDS if name not in TOLD]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.start(region="ap-northeast-1") as lab:
        yield lab


@pytest.mark.parametrize("name", SEEN)
def test_what_is_wrong_is_seen_without_a_message(name: str, lab: Lab, known: Knowledge) -> None:
    judge(name, stage_and_ask(known, lab, WORLDS[name], told=False))


@pytest.mark.parametrize("name", TOLD)
def test_what_is_wrong_is_seen_with_the_message(name: str, lab: Lab, known: Knowledge) -> None:
    judge(name, stage_and_ask(known, lab, WORLDS[name], told=True))


def judge(name: str, asked: Asked) -> None:
    """All planted causes are proven with their fields, nothing else is, each with evidence."""
    missed = [(cause, has) for cause, has in asked.missed if cause not in UNSEEN.get(name, ())]
    wrong = [cause for cause in asked.wrong if cause not in ALSO.get(name, ())]
    assert (missed, wrong) == ([], [])
    assert asked.found.problem
    assert asked.unproven == []


@pytest.mark.parametrize("name", HEALTHY)
def test_where_nothing_is_wrong_nothing_is_found(name: str, lab: Lab, known: Knowledge) -> None:
    world, _ = HEALTHY[name].stage(lab)
    with standing_in(lab, world, on_bastion=False):
        found = diagnosis(known, target(world, HEALTHY[name]), [])
    assert [one.cause for one in found.findings if one.status in ("confirmed", "suspected")] == []
    assert not found.problem
    assert status(found, "network.endpoint-missing") is None
