"""What goes into a planner and what comes out of applying a plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from wizard.core.facts import Facts, Target
from wizard.core.findings import Finding
from wizard.core.knowledge import Knowledge
from wizard.core.plan import Change
from wizard.core.words import LANGUAGES, fill
from wizard.errors import UsageError

Words = dict[str, str]
Verified = Literal["passed", "failed", "pending", "skipped"]
"""`passed`: the cause is gone. `pending`: still rolling out. `skipped`: nothing could be seen."""


class Look(Protocol):
    """Reads for a plan, guarded against writing.

    Answers come as boto3 gives them, None where AWS says that the thing is not there, `Unread`
    where it could not be read. `fresh` forgets what was read before.
    """

    def __call__(self, operation: str, /, **parameters: Any) -> Any:
        """Call `operation` (`iam:GetRolePolicy`)."""

    def fresh(self) -> None:
        """Forget every answer, so that the next calls ask AWS again."""


class Refused(Exception):
    """A fix that cannot be planned or applied from here; `words` say why, per language."""

    def __init__(self, words: Words) -> None:
        super().__init__(words["en"])
        self.words = words


class Misused(UsageError):
    """A wrong request: an unknown cause, fix or entry, a field that the cause does not have."""


@dataclass(frozen=True, slots=True)
class FixRequest:
    """One request for a plan: the findings to mend, the facts, and a way to read more.

    `findings` are all findings of the cause for the target, the predicted ones included, already
    narrowed by the `--set` options; `items` are the items of the cause's `each` fact that they
    come from (empty where the cause goes through none).
    """

    cause: str
    fix: str
    goal: str
    target: Target
    facts: Facts
    findings: tuple[Finding, ...]
    look: Look
    knowledge: Knowledge
    items: tuple[Any, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def effect(self, fix: str | None = None, **values: Any) -> Words:
        """Return the effect words of `fix` (this one unless given), with `values` put in."""
        return filled(self.knowledge.fix(fix or self.fix).effect, **values)

    def cost(self, fix: str | None = None, **values: Any) -> Words:
        """Return the cost words of `fix` (this one unless given), with `values` put in."""
        return filled(self.knowledge.fix(fix or self.fix).cost, **values)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an application or a verification stands. `step` counts from 1; 0 before the first.

    `state`: `checking`, `calling`, `waiting`, `done`, `failed`, `verifying`. `says` is one line
    for the user, per language.
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
    went through; a plan without changes is applied by doing nothing. `done` are the changes that
    went through. `failed` is the one that did not; then `says` tells what happened and how to take
    the rest back.
    """

    entry: str | None
    applied: bool
    done: tuple[Change, ...] = ()
    failed: Change | None = None
    says: Words = field(default_factory=dict)
    verified: Verified = "skipped"


def filled(words: Mapping[str, str], **values: Any) -> Words:
    """Return `words` with `values` in their placeholders, in each language."""
    return {lang: fill(words[lang], values) for lang in LANGUAGES}


def join(parts: list[Words]) -> Words:
    """Return several words as one text per language."""
    return {"en": " ".join(one["en"] for one in parts), "ja": "".join(one["ja"] for one in parts)}
