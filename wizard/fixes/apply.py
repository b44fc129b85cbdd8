"""Applies a plan exactly as it was shown: check, intend, call, note the result, wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.core.plan import Change, Later, Plan, resolve
from wizard.core.unread import Unread
from wizard.fixes.access import CallFailed, Write
from wizard.fixes.journal import APPLIED, FAILED, Running
from wizard.fixes.operations import OPERATIONS, same
from wizard.fixes.request import Look, OnProgress, Outcome, Progress, Refused, Words, join
from wizard.fixes.waits import PATIENCE_S, Pause, reached, wait_for
from wizard.fixes.words import say

_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


def check(plan: Plan, look: Look) -> None:
    """Refuse unless every state that the plan changes is still as the plan shows it.

    What only an earlier change of the plan makes cannot have moved. A state that the plan itself
    says it could not read is not compared.
    """
    look.fresh()
    for change in plan.changes:
        if _has_later(change.parameters) or _was_unread(change.before):
            continue
        seen = OPERATIONS[change.operation].seen(look, change.parameters)
        if isinstance(seen, Unread):
            raise Refused(say("check-unread", what=change.operation, why=seen.why))
        if not same(seen, change.before):
            raise Refused(say("moved", what=change.operation))


def _has_later(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_later(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_has_later(one) for one in value)
    return isinstance(value, Later)


def _was_unread(before: Any) -> bool:
    return isinstance(before, Mapping) and "unread" in before


@dataclass
class Application:
    """One run of a plan through its calls."""

    plan: Plan
    look: Look
    write: Write
    running: Running
    pause: Pause
    tell: OnProgress

    def run(self) -> Outcome:
        """Make the calls in order; stop at the first that fails and say how to go back."""
        answers: dict[int, Any] = {}
        waits: list[tuple[int, dict[str, Any]]] = []
        for number, change in enumerate(self.plan.changes):
            if change.wait is None:
                self._wait(waits, answers)
            try:
                parameters = resolve(change.parameters, answers)
                self._tell("calling", number)
                answers[number] = self._call(number, change, parameters)
            except CallFailed as error:
                return self._failed(number, change, error)
            except BaseException:
                # Nothing is known of the call: the entry stays in doubt, for the next start.
                self.running.abandon()
                raise
            self._tell("done", number)
            if change.wait is not None:
                waits.append((number, parameters))
        self._wait(waits, answers)
        self.running.end(APPLIED)
        return Outcome(self.running.entry, True, self.plan.changes)

    def _call(self, number: int, change: Change, parameters: dict[str, Any]) -> Any:
        self.running.intend(number, parameters)
        try:
            answer = self.write(change.operation, parameters)
        except CallFailed as error:
            self.running.result(number, error=f"{error.code}: {error.message}")
            raise
        self.running.result(number, answer)
        return answer

    def _wait(self, waits: list[tuple[int, dict[str, Any]]], answers: dict[int, Any]) -> None:
        """Wait for what several changes began, at once, before the next that builds on it."""
        for number, parameters in waits:
            name = str(self.plan.changes[number].wait)

            def told(what: str, state: str, number: int = number) -> None:
                self._tell("waiting", number, say("waiting", what=what, state=state))

            try:
                what, state = wait_for(
                    name, parameters, answers[number], self.look, self.pause, told
                )
            except BaseException:
                self.running.abandon()
                raise
            if not reached(name, state):
                late = say("wait-over", what=what, state=state, seconds=int(PATIENCE_S))
                self._tell("waiting", number, late)
        waits.clear()

    def _failed(self, number: int, change: Change, error: CallFailed) -> Outcome:
        self.running.end(FAILED)
        said = f"{error.code}: {error.message}"
        parts = [say("failed", step=number + 1, operation=change.operation, error=said)]
        if error.code in _DENIED:
            parts.append(say("failed-denied"))
        if number and self.plan.undoes:
            parts.append(say("failed-undo", count=number, undoes=self.plan.undoes))
        elif number:
            parts.append(say("failed-later", count=number, entry=self.running.entry))
        else:
            parts.append(say("failed-first"))
        words = join(parts)
        self._tell("failed", number, words)
        done = self.plan.changes[:number]
        return Outcome(self.running.entry, False, done, change, words)

    def _tell(self, state: str, number: int, words: Words | None = None) -> None:
        change = self.plan.changes[number]
        self.tell(Progress(state, number + 1, len(self.plan.changes), change, words or {}))
