"""What a diagnosis finds: the symptoms that were seen, and a verdict on each cause."""

from dataclasses import dataclass, field
from typing import Any

from wizard.core.knowledge import CAUSE_KINDS
from wizard.core.unread import Unread

CONFIRMED, SUSPECTED, RULED_OUT, UNKNOWN = "confirmed", "suspected", "ruled-out", "unknown"


@dataclass(frozen=True, slots=True)
class Observed:
    """A symptom seen: in which text, from where, with the fields read from it."""

    symptom: str
    source: str
    text: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offered:
    """A fix offered for a finding; `why_not` (per language) where it cannot be applied."""

    fix: str
    applicable: bool
    why_not: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on one cause. `facts` are the names of the facts that decided it.

    `unread` is what kept it from being decided; of a proven one, what kept it from being known in
    full. `staged` is false where it could not be read at which stage it would show.
    """

    cause: str
    status: str
    stage: str
    fields: dict[str, Any]
    fixes: tuple[Offered, ...] = ()
    unread: frozenset[Unread] = frozenset()
    facts: tuple[str, ...] = ()
    says: str | None = None
    predicted: bool = False
    staged: bool = True
    kind: str = CAUSE_KINDS[-1]
