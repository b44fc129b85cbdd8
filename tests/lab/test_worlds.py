"""Each broken world shows AWS's text, heals when its causes are mended, and not otherwise."""

from __future__ import annotations

import re

import pytest

from wizard.lab import Lab
from wizard.lab.worlds import HEALTHY, WORLDS


@pytest.mark.parametrize("name", WORLDS)
def test_a_broken_world_speaks_as_aws_does_and_heals_by_its_own_cure_alone(
    lab: Lab, name: str
) -> None:
    broken = WORLDS[name]
    world, seen = broken.stage(lab)
    assert not seen.ok, "it went through at once"
    assert re.search(broken.text, seen.text), seen
    kept = world.keep()
    broken.decoy(world)
    helped = broken.attempt(world)
    assert not helped.ok, "mending something else helped"
    world.back(kept)
    broken.mend(world)
    healed = broken.attempt(world)
    assert healed.ok, healed


@pytest.mark.parametrize("name", [n for n, w in WORLDS.items() if len(w.causes) > 1])
def test_several_causes_must_all_be_mended(lab: Lab, name: str) -> None:
    broken = WORLDS[name]
    world, _ = broken.stage(lab)
    for planted in broken.causes[:-1]:
        planted.mend(world)
        assert not broken.attempt(world).ok, planted.cause
    broken.causes[-1].mend(world)
    assert broken.attempt(world).ok


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_world_goes_through(lab: Lab, name: str) -> None:
    _, seen = HEALTHY[name].stage(lab)
    assert seen.ok, seen
