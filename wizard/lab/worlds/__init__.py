"""Broken and healthy worlds to practise on and to test a diagnosis against.

``WORLDS`` maps names to broken worlds, ``HEALTHY`` to worlds in which nothing is wrong::

    world, seen = WORLDS["no-s3-endpoint"].stage(lab)
"""

from __future__ import annotations

from wizard.lab.worlds import (
    accounts,
    balancers,
    bastion,
    behind,
    callers,
    combined,
    corners,
    endpoints,
    exec_,
    gates,
    healthy,
    healthy_shapes,
    images,
    limits,
    policies,
    programs,
    roles,
    rollouts,
    routes,
    secrets_,
    sessions,
    storage,
    tools,
    variants,
    volumes,
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
    corners,
    gates,
    policies,
    limits,
    variants,
    behind,
    volumes,
    accounts,
)

WORLDS: dict[str, BrokenWorld] = {w.name: w for family in FAMILIES for w in family.WORLDS}
HEALTHY: dict[str, HealthyWorld] = {
    w.name: w for family in (healthy, healthy_shapes, volumes) for w in family.HEALTHY
}
