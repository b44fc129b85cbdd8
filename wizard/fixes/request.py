"""What goes into a planner and what comes out of applying a plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from wizard.core.diagnosis import Finding, Observed
from wizard.core.facts import Facts, Target, Unread
from wizard.core.knowledge import Knowledge
from wizard.core.plan import Change

Words = dict[str, str]
Verified = Literal["passed", "failed", "pending", "skipped"]
"""`passed`: the cause is gone. `pending`: still rolling out. `skipped`: there was nothing to see."""


class Diagnosed(Protocol):
    """What a fix needs of a diagnosis; `wizard.aws.engine` makes them."""

    @property
    def target(self) -> Target: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def observed(self) -> Sequence[Observed]: ...


class Look(Protocol):
    """Reads for a plan, fresh and guarded: answers come as boto3 gives them, or as `Unread`."""

    def __call__(self, operation: str, **parameters: Any) -> Any: ...


class Refused(Exception):
    """A fix that cannot be planned or applied from here; `words` say why, per language."""

    def __init__(self, words: Words) -> None:
        super().__init__(words["en"])
        self.words = words


class Misused(Exception):
    """A wrong request: an unknown cause or fix, a field that the cause does not have."""


@dataclass(frozen=True, slots=True)
class FixRequest:
    """One request for a plan: the findings to mend, the facts, and a way to read more.

    `findings` are all findings of the cause for the target, the predicted ones included, already
    narrowed by the `--set` options.
    """

    cause: str
    fix: str
    goal: str
    target: Target
    facts: Facts
    findings: tuple[Finding, ...]
    look: Look
    knowledge: Knowledge
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an application or a verification stands. `step` counts from 1; 0 before the first.

    `state`: `checking`, `calling`, `waiting`, `done`, `failed`, `verifying`.
    """

    state: str
    step: int = 0
    of: int = 0
    change: Change | None = None
    says: Words = field(default_factory=dict)


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of applying a plan.

    `entry` is the journal's, None where nothing was written. `applied` is true when every change
    went through. `done` are the changes that did. `failed` is the one that did not and `says` what
    happened and how to take the rest back.
    """

    entry: str | None
    applied: bool
    done: tuple[Change, ...] = ()
    failed: Change | None = None
    says: Words = field(default_factory=dict)
    verified: Verified = "skipped"


def read_or_refuse(answer: Any, words: Callable[[Unread], Words]) -> Any:
    """Return `answer`, or raise `Refused` with `words` about it where it could not be read."""
    if isinstance(answer, Unread):
        raise Refused(words(answer))
    return answer
