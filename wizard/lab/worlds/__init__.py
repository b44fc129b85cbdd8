"""Broken and healthy worlds to practise on and to test a diagnosis against.

``WORLDS`` maps names to broken worlds, ``HEALTHY`` to worlds in which nothing is wrong::

    world, seen = WORLDS["no-s3-endpoint"].stage(lab)
"""

from __future__ import annotations

from wizard.lab.worlds import (
    balancers,
    bastion,
    callers,
    combined,
    endpoints,
    exec_,
    healthy,
    images,
    programs,
    roles,
    rollouts,
    routes,
    secrets_,
    sessions,
    storage,
    tools,
)
from wizard.lab.worlds.model import BrokenWorld, HealthyWorld, Outcome, Planted

__all__ = ["FAMILIES", "HEALTHY", "WORLDS", "BrokenWorld", "HealthyWorld", "Outcome", "Planted"]

FAMILIES = (
    endpoints,
    routes,
    images,
    roles,
    secrets_,
    storage,
    programs,
    balancers,
    exec_,
    sessions,
    bastion,
    tools,
    callers,
    rollouts,
    combined,
)

WORLDS: dict[str, BrokenWorld] = {w.name: w for family in FAMILIES for w in family.WORLDS}
HEALTHY: dict[str, HealthyWorld] = {w.name: w for w in healthy.HEALTHY}
