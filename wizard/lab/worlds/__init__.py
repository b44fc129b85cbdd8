"""Broken and healthy worlds to practise on and to test a diagnosis against.

``WORLDS`` maps names to broken worlds, ``HEALTHY`` to worlds in which nothing is wrong::

    world, seen = WORLDS["no-s3-endpoint"].stage(lab)
"""

from __future__ import annotations

from wizard.lab.worlds import (
    balancers,
    bastion,
    callers,
    endpoints,
    exec_,
    images,
    programs,
    roles,
    routes,
    secrets_,
    storage,
)
from wizard.lab.worlds.model import BrokenWorld, HealthyWorld, Outcome, Planted

__all__ = ["HEALTHY", "WORLDS", "BrokenWorld", "HealthyWorld", "Outcome", "Planted"]

_FAMILIES = (endpoints, routes, images, roles, secrets_, programs, storage, balancers, exec_, bastion, callers)

WORLDS: dict[str, BrokenWorld] = {w.name: w for family in _FAMILIES for w in family.WORLDS}
HEALTHY: dict[str, HealthyWorld] = {}
