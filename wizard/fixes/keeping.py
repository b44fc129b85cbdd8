"""Plans as JSON and back, so that the journal can keep them."""

from collections.abc import Mapping
from typing import Any

from wizard.core.plan import Change, Plan, plain, unplain


def plan_data(plan: Plan) -> dict[str, Any]:
    """Return `plan` as JSON can hold it; `plan_from` reads it back."""
    changes = [
        {name: plain(getattr(change, name)) for name in Change.__dataclass_fields__}
        for change in plan.changes
    ]
    return {
        "cause": plan.cause,
        "fix": plan.fix,
        "changes": changes,
        "permissions": list(plan.permissions),
        "target": plain(plan.target),
        "notes": [dict(note) for note in plan.notes],
    }


def plan_from(data: Mapping[str, Any]) -> Plan:
    """Return the plan that `plan_data` was given."""
    return Plan(
        cause=data["cause"],
        fix=data["fix"],
        changes=tuple(
            Change(**{name: unplain(value) for name, value in change.items()})
            for change in data["changes"]
        ),
        permissions=tuple(data["permissions"]),
        target=unplain(data["target"]),
        notes=tuple(data["notes"]),
    )
