"""What a session knows so far, and what of it is kept when the terminal goes away."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from wizard.core.answer import Diagnosis
from wizard.core.clean import clean
from wizard.core.facts import Target
from wizard.core.findings import Observed
from wizard.core.lookup import Lookup
from wizard.core.plan import Plan
from wizard.core.redact import redact

KEPT = 20_000
"""The most characters of a pasted text that are kept."""

Crumb = tuple[str, str]
"""A place on the path walked: what kind of thing was chosen (goal, symptom, cause, fix), its id."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything the next step may depend on."""

    text: str = ""
    lookup: Lookup | None = None
    goal: str | None = None
    symptom: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    target: Target = field(default_factory=Target)
    observed: tuple[Observed, ...] = ()
    diagnosis: Diagnosis | None = None
    cause: str | None = None
    plan: Plan | None = None
    entry: str | None = None
    refused: tuple[str, ...] = ()
    trail: tuple[Crumb, ...] = ()


def saved(context: Context) -> dict[str, Any]:
    """Return what is kept of `context`, as JSON can hold it; foreign text redacted."""
    return {
        "text": redact(clean(context.text[:KEPT])),
        "goal": context.goal,
        "symptom": context.symptom,
        "target": asdict(context.target),
        "trail": [list(crumb) for crumb in context.trail],
    }


def target_from(data: Any) -> Target:
    """Return the target kept in `data`; what an older or newer wizard kept otherwise is ignored."""
    known = {one.name for one in fields(Target)}
    if not isinstance(data, dict):
        return Target()
    return Target(**{k: v for k, v in data.items() if k in known and isinstance(v, str)})
