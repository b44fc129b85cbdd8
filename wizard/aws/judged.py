"""What is known of a principal's permissions, from decisions on single actions to one answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wizard.aws.answers import Refused
from wizard.aws.things import THING_CALLS
from wizard.core.unread import Maybe, Unread
from wizard.policy.types import Decision

SIMULATE = "iam:SimulatePrincipalPolicy"
_TWO_FORMS = "logs:CreateLogGroup"

_UNSEEN = ("scp", "rcp", "session")
"""What a simulation may not know: it leaves out an organization's policies that have conditions
(https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Actions that no policy allows (`on`: on which resources each), and those that something
    denies or limits, with what does.

    `doubtful` are those that the principal's own policies do not allow, while a policy that could
    not be read may. `open` are the undecided actions and what kept each open, `unread` the first
    of that; `call` is what told the rest.
    """

    on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denied: tuple[str, ...] = ()
    denied_by: str | None = None
    unread: Unread | None = None
    exists: bool = True
    call: str = SIMULATE
    doubtful: tuple[str, ...] = ()
    open: Mapping[str, Unread] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """The actions that no policy allows."""
        return tuple(self.on)

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources of all of them, each once."""
        return tuple(dict.fromkeys(one for some in self.on.values() for one in some))

    @property
    def missing_or_unread(self) -> Maybe[tuple[str, ...]]:
        """The missing actions, or what kept them from being known while none is known."""
        return self.unread if self.unread and not self.missing and not self.denied else self.missing

    @property
    def allowed_phrase(self) -> str:
        """The phrase that says that all is allowed: policies that were read tell of nothing else
        that may deny."""
        return "actions-allowed" if self.call == SIMULATE else "policies-allow"


@dataclass(slots=True)
class Pair:
    """One action on one resource: what was simulated, and what is known by now."""

    action: str
    resource: str
    context: dict[str, str]
    simulated: Decision | None
    unsure: Unread | None = None
    own: Decision | None = None
    final: Decision | None = None


def doubt_forms(pairs: Sequence[Pair]) -> None:
    """Leave open what is allowed on one form of a thing's ARN and not on the other.

    Most denials of CreateLogGroup that users report name `log-group:NAME:log-stream:`
    (github.com/elastic/apm-aws-lambda/issues/526), but some name `log-group:NAME` alone.
    """
    for one in pairs:
        if one.action != _TWO_FORMS or not one.final or one.final.allowed:
            continue
        other = (
            each for each in pairs if each.action == _TWO_FORMS and _named(each) == _named(one)
        )
        if any(each.final and each.final.allowed for each in other):
            one.final = Decision("unknown", "identity", why="not-evaluable")


def _named(one: Pair) -> str:
    return one.resource.partition(":log-stream:")[0]


def sum_up(pairs: Sequence[Pair], told: Mapping[str, str], refused: Sequence[Refused]) -> Judged:
    """Return what the decisions on `pairs` say together; `told` is what AWS said was refused."""
    missing: dict[str, tuple[str, ...]] = {}
    denied: dict[str, None] = {}
    doubtful: dict[str, None] = {}
    opened: dict[str, Unread] = {}
    by: str | None = None
    for one in pairs:
        decision = one.final or Decision("unknown")
        said = told.get(one.action)
        if not (decision.effect == "unknown" or (decision.allowed and said in _UNSEEN)):
            said = None
        lacks = decision.effect == "implicit-deny" and decision.by in ("identity", "")
        if lacks or said == "identity":
            missing[one.action] = (*missing.get(one.action, ()), one.resource)
        elif said:
            denied[one.action] = None
            by = by or said
        elif decision.effect == "unknown":
            opened.setdefault(one.action, _open_because(decision, refused))
            if one.own and one.own.denied:
                doubtful[one.action] = None
        elif decision.denied:
            denied[one.action] = None
            by = by or _denier(decision)
    return Judged(
        missing,
        tuple(denied),
        by,
        next(iter(opened.values()), None),
        doubtful=tuple(doubtful),
        open=opened,
    )


def _denier(decision: Decision) -> str:
    return "explicit-deny" if decision.by in ("identity", "") else decision.by


def _open_because(decision: Decision, refused: Sequence[Refused]) -> Unread:
    if decision.missing_context:
        return Unread(SIMULATE, "context:" + ",".join(decision.missing_context))
    named = [one for one in decision.unread if one.call]
    if refused and not (named and named[0].call in THING_CALLS):
        return refused[0].unread
    if named:
        return Unread(named[0].call, named[0].why)
    return Unread(SIMULATE, decision.why or "not-evaluable")
