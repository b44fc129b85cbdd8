"""What a diagnosis answers: verdicts with their evidence, what could not be read, and its cost."""

from dataclasses import dataclass, field

from wizard.core.facts import Facts, Target, Task
from wizard.core.findings import CONFIRMED, RULED_OUT, SUSPECTED, Finding, Observed
from wizard.core.knowledge import Words


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which call (`ec2:DescribeVpcEndpoints`, or `local:Docker` on this machine) says what."""

    call: str
    says: Words


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding and what it rests on."""

    finding: Finding
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A call that gave no answer: why, and the ids of the causes that its answer would decide."""

    call: str
    why: str
    needed_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer for one target.

    `verdicts` are ordered by what to do first. `checked` are the ids of the causes that were
    looked for and refuted, `unchecked` those that nothing here could decide; together they say
    what an empty list of verdicts is worth. `notices` are worth knowing although they break
    nothing. `calls` counts AWS calls, `round_trips` is the longest
    chain of calls that had to wait for each other. `from_file` says that it rests on saved
    answers alone.
    """

    target: Target
    symptoms: tuple[Observed, ...]
    verdicts: tuple[Verdict, ...]
    unread: tuple[Missing, ...]
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]
    calls: int
    round_trips: int
    elapsed_s: float
    facts: Facts = field(default_factory=dict)
    from_file: bool = False
    notices: tuple[Verdict, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings alone, in the same order."""
        return tuple(verdict.finding for verdict in self.verdicts)

    @property
    def problem(self) -> bool:
        """Whether something is wrong: a symptom, a proven cause, or a suspected present one.

        Where nothing is seen to fail, a suspicion does not count of what a running task is past,
        nor of a network way that could not be read.
        """
        task = self.facts.get("task")
        runs = isinstance(task, Task) and task.status == "RUNNING"
        present = [
            one
            for one in self.findings
            if not (one.predicted or ("obstacles" in one.facts and one.unread))
            and not (runs and one.stage not in ("push", "exec"))
        ]
        return (
            bool(self.symptoms)
            or any(one.status == CONFIRMED for one in self.findings)
            or any(one.status == SUSPECTED for one in present)
        )

    @property
    def refuted(self) -> tuple[Finding, ...]:
        """The candidates of the symptoms that were refuted."""
        return tuple(one for one in self.findings if one.status == RULED_OUT)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something failing in the account now: where, since when, and what was recognised in it."""

    observed: Observed
    target: Target
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: what it is called, and a word on its state (`3 of 3 running`)."""

    id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks AWS and where."""

    account: str
    arn: str
    region: str
    partition: str
