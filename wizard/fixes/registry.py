"""Every fix that can be planned, by its id; the words are in `knowledge/fixes`."""

from collections.abc import Callable
from dataclasses import dataclass

from wizard.core.plan import Plan
from wizard.fixes.request import FixRequest

Planner = Callable[[FixRequest], Plan]


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix: its planner, the permissions that its plans may need; `manual`: it changes nothing."""

    id: str
    plan: Planner
    permissions: tuple[str, ...]
    manual: bool


_FIXES: dict[str, Fix] = {}


def fix(
    key: str, *, permissions: tuple[str, ...] = (), manual: bool = False
) -> Callable[[Planner], Planner]:
    """Register a planner as the fix `key`."""

    def register(planner: Planner) -> Planner:
        if key in _FIXES:
            raise ValueError(f"two fixes are called {key}")
        _FIXES[key] = Fix(key, planner, permissions, manual)
        return planner

    return register


def fixes() -> dict[str, Fix]:
    """Return all fixes by id."""
    import wizard.fixes.planners  # noqa: F401  (registers them)

    return _FIXES
