"""The steps of a session, as data. A face shows a step and answers it; it decides nothing.

A step is either a question to the user (`Home` to `Result`) or `Work` that the runner does.
"""

from dataclasses import dataclass, field
from typing import Any

from wizard.core.answer import Choice, Diagnosis, Failure, Verdict
from wizard.core.facts import Target
from wizard.core.findings import CONFIRMED, Finding
from wizard.core.lookup import Match
from wizard.core.plan import Plan


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A change that a killed wizard left in the middle: the journal's entry and its fix.

    `undoes` is the entry that it was taking back, if it was.
    """

    entry: str
    fix: str
    cause: str
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The start. Answers: `paste` with text, `goal:G`, `live`, `resume`, `finish:E`, `undo:E`,
    `try:N` to run one of the commands offered and listen to it.
    """

    goals: tuple[str, ...]
    resumable: str | None = None
    unfinished: tuple[Unfinished, ...] = ()
    tries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was run and went through. Answers: `home`."""

    command: str
    output: str


@dataclass(frozen=True, slots=True)
class Live:
    """What fails now in the account. Answers: `failure:N`, `home`."""

    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text that is none of the known errors. Answers: `goal:G`, `home`."""

    read: dict[str, Any]
    goals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class See:
    """What does one see on the way to the goal? Answers: `symptom:ID`, `none`."""

    goal: str
    symptoms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explain:
    """A symptom explained. Answers: `read`, `ask`, `symptom:ID` for another one in the text."""

    symptom: str
    fields: dict[str, Any]
    excerpt: str = ""
    others: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Aim:
    """A part of the target is asked for. Answer: `value` with text, `skip` where it may be left."""

    field: str
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A cause found. Answers: `fix:ID`, `cause:N` for another one, `ask`, `again`, `home`."""

    verdict: Verdict
    number: int
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Clear:
    """Nothing proven wrong: what was checked and what could not be. Answers: `ask`, `again`,
    `home`."""

    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Question:
    """A yes/no question that separates causes. Answers: `yes`, `no`, `unsure`."""

    symptom: str
    cause: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Guess:
    """A cause by the user's own answers, nothing read. Answers: `read`, `more`, `home`."""

    cause: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NoneLeft:
    """No candidate fits the answers. Answers: `read`, `home`."""

    symptom: str | None


@dataclass(frozen=True, slots=True)
class Confirm:
    """A plan to be seen and confirmed. Answers: `yes`, `no`."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Manual:
    """A fix by the user's own hand. Answers: `done` (look again), `home`."""

    plan: Plan
    cause: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a fix. Answers: `next`, `home`, `undo` (where there is something to undo).

    `verified` is passed, failed, pending or skipped. `diagnosis` is what was read afterwards.
    """

    plan: Plan
    entry: str | None
    applied: bool
    verified: str
    says: dict[str, str] = field(default_factory=dict)
    diagnosis: Diagnosis | None = None

    @property
    def waiting(self) -> tuple[Finding, ...]:
        """What is proven wrong with the target afterwards."""
        found = self.diagnosis.findings if self.diagnosis else ()
        return tuple(one for one in found if one.status == CONFIRMED)

    @property
    def all_mended(self) -> bool:
        """Whether the fix is proven and nothing else is proven wrong."""
        return self.applied and self.verified == "passed" and not self.waiting


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something could not be done: `kind` is credentials, region, network, refused or failed.

    `work` is what could not be done. Answers: `again`, `ask` (questions instead of reading),
    `home`.
    """

    kind: str
    says: dict[str, str]
    work: "Work | None" = None


@dataclass(frozen=True, slots=True)
class Work:
    """Work for the runner, with what it needs.

    `kind`: failures, listen, choices, diagnose, plan, finish, undo, apply or verify.
    """

    kind: str
    target: Target = field(default_factory=Target)
    needs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Over:
    """The session has ended."""


Step = (
    Home
    | Ran
    | Live
    | Unknown
    | See
    | Explain
    | Aim
    | Found
    | Clear
    | Question
    | Guess
    | NoneLeft
    | Confirm
    | Manual
    | Result
    | Trouble
    | Work
    | Over
)
