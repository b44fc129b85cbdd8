"""A role that ECS takes on: there, trusted, allowed what it is taken on for."""

from dataclasses import dataclass, replace
from typing import Any

from wizard.aws.answers import Outcome, Refused
from wizard.aws.arns import part
from wizard.aws.calls import both
from wizard.aws.judged import Judged
from wizard.aws.permission import Principal, judge
from wizard.aws.questions import Question
from wizard.aws.readers.holders import TASK_SESSION, editable
from wizard.aws.readers.paths import context_of_way
from wizard.aws.readers.words import refusals_of, said_of_tasks
from wizard.aws.reading import Reading
from wizard.core.facts import Role
from wizard.core.unread import Maybe, Partly, Unread, merged
from wizard.policy.references import Place
from wizard.policy.trust import trusts_ecs
from wizard.policy.types import ContextValue

GET = "iam:GetRole"
_CANNOT_ASSUME = "unable to assume the"


@dataclass(frozen=True, slots=True)
class Use:
    """What ECS takes a role on for: the `fact` that it is, the service principal that does
    (`taken_by`), and the call that names the role (`named_by`).

    `stages`: the start of an action, and the stage at which it is used, in order. Actions that
    begin like one of `apart`, or not like `only`, have causes of their own. `told`: AWS tells
    tasks of each refusal.
    """

    fact: str
    taken_by: str
    named_by: str
    stages: tuple[tuple[str, str], ...]
    apart: tuple[str, ...] = ()
    only: str = ""
    told: bool = False

    def sets_apart(self, action: str) -> bool:
        """Whether a lack of `action` is a cause of its own."""
        return action.startswith(self.apart) or not action.startswith(self.only)

    def stage(self, judged: Judged) -> str:
        """Return the first stage at which one of the missing actions would be used."""
        lacking = (*judged.missing, *judged.denied)
        hit = [stage for start, stage in self.stages if any(a.startswith(start) for a in lacking)]
        return next(iter(hit), self.stages[0][1])


async def read_role(
    reading: Reading, use: Use, arn: str, questions: list[Question], place: Place
) -> Role:
    """Return what is known of the role, which ECS takes on to do what the `questions` ask."""
    name = arn.rpartition("/")[2]
    owner = part(arn, "account")
    if owner and place.account and owner != place.account:
        return await _foreign(reading, use, arn, name)
    told = refusals_of(await said_of_tasks(reading), name)
    who = Principal(arn, "role", name, told=told, session=TASK_SESSION, tagged=True)
    described, judged = await both(
        reading.call(GET, RoleName=name), _judge(reading, who, questions)
    )
    proven = bool(questions) and judged.unread is None
    asked = questions if use.told else []
    judged = _without_tasks(judged, await reading.part("tasks-unread"), asked)
    exists, trusted = _read_role(described, arn, use, place, proven=proven)
    if not judged.exists:
        exists = False
    _note(reading, use, name, exists, trusted, judged)
    _note_told(reading, use.fact, name, set(told) & {*judged.missing, *judged.denied})
    return Role(
        named=True,
        name=name,
        arn=arn,
        exists=exists,
        trusted=trusted,
        editable=editable(name, arn),
        missing_actions=judged.missing_or_unread,
        missing_resources=_own(judged, use).resources,
        denied_actions=judged.denied,
        denied_by=judged.denied_by,
        stage="role" if exists is False or trusted is False else use.stage(judged),
        lacking_actions=_lacking(judged, use),
        lacking_elsewhere=tuple(one for one in _every(judged) if use.sets_apart(one)),
        open_elsewhere=_open(judged, use, elsewhere=True),
        doubtful_actions=tuple(one for one in judged.doubtful if not use.sets_apart(one)),
        partly=_partly(judged, use),
    )


def _read_role(
    answer: Outcome, arn: str, use: Use, place: Place, *, proven: bool
) -> tuple[Maybe[bool], Maybe[bool]]:
    """Whether the role is there (`proven`: its permissions were told) and trusted."""
    if isinstance(answer, Refused):
        return (False if answer.absent else proven or answer.unread), answer.unread
    role = answer.get("Role", {})
    trusted = _trusted(role.get("AssumeRolePolicyDocument"), use.taken_by, place)
    return _same_path(arn, str(role.get("Arn") or arn)), trusted


def _note_told(reading: Reading, fact: str, name: str, told: set[str]) -> None:
    if told:
        part_name, actions = f"{fact}.lacking_actions", tuple(sorted(told))
        reading.note(part_name, "ecs:DescribeTasks", "task-denied", who=name, actions=actions)


def _same_path(arn: str, known: str) -> bool:
    """Whether the ARN that is used is the role's own: a role is found by its name alone, but an
    ARN without its path names none
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)."""
    return part(known, "resource") in (None, part(arn, "resource"))


async def _foreign(reading: Reading, use: Use, arn: str, name: str) -> Role:
    """A role of another account: it cannot be read from here, nor be passed to ECS
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html). It is called
    wrong where AWS has said that it could not be assumed."""
    said = any(
        _CANNOT_ASSUME in text.lower() and name in text for text in await said_of_tasks(reading)
    )
    unread = Unread(GET, "other-account")
    reading.note(f"{use.fact}.trusted", use.named_by, "role-foreign", role=arn)
    return Role(
        named=True,
        name=name,
        arn=arn,
        exists=True if said else unread,
        trusted=False if said else unread,
        editable=False,
        missing_actions=unread,
        stage="role" if said else use.stage(Judged()),
        lacking_actions=unread,
        own=False,
    )


def _without_tasks(judged: Judged, tasks: Any, asked: list[Question]) -> Judged:
    """What is open stays so for want of the tasks, too: AWS tells them what it refuses. So does all
    that Fargate `asked` for, since of an organization's policies often nothing else tells
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html)."""
    if not isinstance(tasks, Unread):
        return judged
    every = dict.fromkeys(action for one in asked for action in one.actions)
    told = {*judged.missing, *judged.denied}
    opened = {name: merged(tasks, why) for name, why in judged.open.items()}
    opened |= {name: tasks for name in every if name not in opened and name not in told}
    return replace(judged, open=opened, unread=tasks if opened else judged.unread)


def _own(judged: Judged, use: Use) -> Judged:
    """The same without the actions whose lack is a cause of its own."""
    on = {action: some for action, some in judged.on.items() if not use.sets_apart(action)}
    denied = tuple(one for one in judged.denied if not use.sets_apart(one))
    return replace(judged, on=on, denied=denied)


def _lacking(judged: Judged, use: Use) -> Maybe[tuple[str, ...]]:
    own = tuple(one for one in _every(judged) if not use.sets_apart(one))
    unread = judged.unread if not judged.open else _open(judged, use, elsewhere=False)
    return unread if unread and not own else own


def _partly(judged: Judged, use: Use) -> Partly:
    """What kept more of the role's lacks from being known than those that are."""
    unread = _open(judged, use, elsewhere=False)
    return (("lacking_actions", unread), ("missing_actions", unread)) if unread else ()


def _open(judged: Judged, use: Use, *, elsewhere: bool) -> Unread | None:
    """What kept actions open, of those that have causes of their own or of the others."""
    fitting = [why for name, why in judged.open.items() if use.sets_apart(name) is elsewhere]
    return merged(*fitting) if fitting else None


def _every(judged: Judged) -> tuple[str, ...]:
    return (*judged.missing, *judged.denied)


async def _judge(reading: Reading, who: Principal, questions: list[Question]) -> Judged:
    if not questions:
        return Judged()

    async def way(action: str) -> dict[str, ContextValue] | Unread:
        return await context_of_way(reading, action)

    return await judge(reading, who, questions, way)


def _trusted(document: Any, principal: str, place: Place) -> Maybe[bool]:
    if not document:
        return Unread(GET, "none")
    decision = trusts_ecs(
        document if isinstance(document, dict) else str(document),
        principal,
        place.partition,
        place.region,
        place.account,
    )
    return Unread(GET, decision.why) if decision.effect == "unknown" else decision.allowed


def _note(
    reading: Reading,
    use: Use,
    name: str,
    exists: Maybe[bool],
    trusted: Maybe[bool],
    judged: Judged,
) -> None:
    if exists is False:
        reading.note(f"{use.fact}.exists", GET, "role-missing", role=name)
        return
    if trusted is False:
        reading.note(f"{use.fact}.trusted", GET, "role-not-trusted", role=name, by=use.taken_by)
    elif trusted is True:
        reading.note(f"{use.fact}.trusted", GET, "role-trusted", role=name, by=use.taken_by)
    own, about, call = _own(judged, use), f"{use.fact}.lacking_actions", judged.call
    if own.missing:
        reading.note(about, call, "actions-missing", who=name, actions=own.missing)
    if own.denied:
        by = judged.denied_by
        reading.note(about, call, "actions-denied", who=name, actions=own.denied, by=by)
    if not (judged.missing or judged.denied or judged.unread):
        reading.note(about, call, judged.allowed_phrase, who=name)
