"""An entry's way back, and the rest of an unfinished one: plans like any other."""

from dataclasses import dataclass
from typing import Any

from wizard.core.plan import UNDOES, Change, Later, Plan, resolve
from wizard.core.unread import Unread
from wizard.fixes.journal import DONE, INTENDED, Entry
from wizard.fixes.operations import OPERATIONS, same
from wizard.fixes.planners.common import permissions
from wizard.fixes.request import Look, Refused, Words, join
from wizard.fixes.words import say

FINISHES = "finishes"
"""Keys of a plan's target that name the entry which it takes back or finishes."""

_WAITS = {
    "ec2:DeleteVpcEndpoints": "endpoint-deleted",
    "ec2:ModifyVpcEndpoint": "endpoint-available",
}


_EFFECTS = {
    "ecs:UpdateService": "undo-deploys",
    "logs:DeleteLogGroup": "undo-deletes-logs",
    "ec2:DeleteVpcEndpoints": "undo-closes",
    "ec2:ModifyVpcEndpoint": "undo-closes",
    "ec2:RevokeSecurityGroupIngress": "undo-closes",
    "ec2:RevokeSecurityGroupEgress": "undo-closes",
    "ec2:DeleteRoute": "undo-closes",
}
"""What going back does to what runs, where that is more than to go back."""


@dataclass(frozen=True, slots=True)
class Made:
    """A change that went through: its number, its parameters as sent, its answer."""

    number: int
    change: Change
    parameters: dict[str, Any]
    answer: Any


def made(entry: Entry, look: Look) -> list[Made]:
    """Return the changes of `entry` that went through, those in doubt as the world shows them."""
    found = []
    answers = entry.answers()
    for step in entry.steps:
        change = entry.plan.changes[step.number]
        if step.state == DONE:
            found.append(Made(step.number, change, step.parameters, step.answer))
        elif step.state == INTENDED and went_through(change, step.parameters, answers, look):
            answer = _answer(change, step.parameters, look)
            answers[step.number] = answer
            found.append(Made(step.number, change, step.parameters, answer))
    return found


def went_through(
    change: Change, parameters: dict[str, Any], answers: dict[int, Any], look: Look
) -> bool:
    """Return whether the world is as `change` leaves it; refuse where that cannot be read."""
    seen = OPERATIONS[change.operation].seen(look, parameters)
    if isinstance(seen, Unread):
        raise Refused(say("check-unread", what=change.operation, why=seen.why))
    if change.before is None and change.after is None:
        # A bare deployment leaves nothing to tell it by; doing it again does no harm.
        return False
    return same(seen, resolve(change.after, answers))


def _answer(change: Change, parameters: dict[str, Any], look: Look) -> Any:
    found = OPERATIONS[change.operation].found
    return found(look, parameters) if found else {}


def undo_plan(entry: Entry, look: Look) -> Plan:
    """Return the plan that takes back what `entry` did, the last change first.

    Changes that are back already are left out. Refuses where something else has changed since
    what is to be taken back, and where nothing in the entry can be.
    """
    look.fresh()
    changes: list[Change] = []
    notes: list[Words] = []
    done = made(entry, look)
    answers = {one.number: one.answer for one in done}
    for one in reversed(done):
        if one.change.undo is None:
            notes.append(say("not-undone", operation=one.change.operation))
            continue
        back = _back(entry, one, answers, look)
        changes += [back] if back else []
    if done and not changes and len(notes) == len(done):
        raise Refused(say("undo-nothing", entry=entry.id))
    return Plan(
        cause=entry.plan.cause,
        fix=entry.plan.fix,
        changes=tuple(changes),
        permissions=permissions(changes),
        target=entry.plan.target | {UNDOES: entry.id},
        notes=tuple(notes),
    )


def _back(entry: Entry, one: Made, answers: dict[int, Any], look: Look) -> Change | None:
    """Return the change that takes `one` back, None where it is back already."""
    operation = str(one.change.undo)
    parameters = resolve(one.change.undo_parameters, answers)
    seen = OPERATIONS[operation].seen(look, parameters)
    if isinstance(seen, Unread):
        raise Refused(say("check-unread", what=operation, why=seen.why))
    before, after = one.change.before, resolve(one.change.after, answers)
    if isinstance(before, dict) and "unread" in before:
        before = None
    local = operation.startswith("local:")
    if not local and same(seen, before):
        return None
    if not local and not same(seen, after):
        raise Refused(say("undo-moved", operation=one.change.operation))
    return Change(
        operation=operation,
        parameters=parameters,
        before=None if local else after,
        after=before,
        effect=_effect(operation, one.number + 1, entry.id),
        cost=say("free"),
        wait=_WAITS.get(operation),
    )


def _effect(operation: str, step: int, entry: str) -> Words:
    parts = [say("undo-effect", step=step, entry=entry)]
    if operation in _EFFECTS:
        parts.append(say(_EFFECTS[operation]))
    return join(parts)


def finish_plan(entry: Entry, look: Look) -> tuple[Plan, dict[int, Any], tuple[int, ...]]:
    """Return what is left of an unfinished entry, the answers so far, and the numbers of the rest.

    A change in doubt is left out where the world shows that it went through. Number i of the plan
    is number `numbers[i]` of the entry.
    """
    look.fresh()
    answers = {one.number: one.answer for one in made(entry, look)}
    rest = [n for n in range(len(entry.plan.changes)) if n not in answers]
    place = {number: index for index, number in enumerate(rest)}
    changes = tuple(_left(entry.plan.changes[number], answers, place) for number in rest)
    plan = Plan(
        cause=entry.plan.cause,
        fix=entry.plan.fix,
        changes=changes,
        permissions=permissions(changes),
        target=entry.plan.target | {FINISHES: entry.id},
        notes=entry.plan.notes,
    )
    return plan, answers, tuple(rest)


def _left(change: Change, answers: dict[int, Any], place: dict[int, int]) -> Change:
    values = {
        name: _settle(getattr(change, name), answers, place) for name in Change.__dataclass_fields__
    }
    return Change(**values)


def _settle(value: Any, answers: dict[int, Any], place: dict[int, int]) -> Any:
    """Put in the answers that are known; `Later`s of the rest get their new numbers."""
    if isinstance(value, Later):
        if value.change in answers:
            return resolve(value, answers)
        return Later(place[value.change], value.path)
    if isinstance(value, dict):
        return {key: _settle(one, answers, place) for key, one in value.items()}
    if isinstance(value, list):
        return [_settle(one, answers, place) for one in value]
    return value
