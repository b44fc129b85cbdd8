"""From the target to the verdict; and the questions that stand in where nothing can be read."""

from dataclasses import replace
from typing import Any

from wizard.core import steps
from wizard.core.answer import Diagnosis
from wizard.core.findings import CONFIRMED, SUSPECTED
from wizard.core.steps import Work
from wizard.core.target import missing
from wizard.core.walk import Walk


class Judging(Walk):
    """The steps `Aim`, `Found`, `Clear`, `Question`, `Guess`, `NoneLeft`."""

    def _read(self, _: str = "") -> None:
        """Ask for what the diagnosis cannot do without, then diagnose."""
        field = missing(self.context.target, self.context.refused)
        if field is None:
            self.step = Work("diagnose", self.context.target, {"observed": self.context.observed})
            return
        self.step = Work("choices", self.context.target, {"field": field})

    _explain_read = _guess_read = _noneleft_read = _read
    _found_again = _clear_again = _manual_done = _read

    def _trouble_again(self, _: str) -> None:
        """Do again what could not be done; a change is not made a second time, but looked at."""
        assert isinstance(self.step, steps.Trouble)
        work = self.step.work
        if work is None or work.kind == "apply":
            self._read()
        else:
            self.step = work

    def _aim_at(self, field: str) -> steps.Aim:
        return steps.Aim(field, optional=field != "cluster")

    def _done_choices(self, choices: Any) -> None:
        assert isinstance(self.step, Work)
        self.step = replace(self._aim_at(self.step.needs["field"]), choices=tuple(choices))

    def _aim_value(self, value: str) -> None:
        assert isinstance(self.step, steps.Aim)
        if not value.strip():
            return
        target = replace(self.context.target, **{self.step.field: value.strip()})
        self.context = replace(self.context, target=target)
        self._read()

    def _aim_skip(self, _: str) -> None:
        assert isinstance(self.step, steps.Aim)
        self.context = replace(self.context, refused=(*self.context.refused, self.step.field))
        self._read()

    def _done_diagnose(self, diagnosis: Diagnosis) -> None:
        target = replace(diagnosis.target, goal=self.context.target.goal)
        self.context = replace(self.context, diagnosis=diagnosis, target=target)
        self._show(0)

    def _show(self, number: int) -> None:
        diagnosis = self.context.diagnosis
        assert diagnosis is not None
        told = [v for v in diagnosis.verdicts if v.finding.status in (CONFIRMED, SUSPECTED)]
        if not told:
            self.step = steps.Clear(diagnosis)
            return
        verdict = told[min(number, len(told) - 1)]
        cause = verdict.finding.cause
        self.context = replace(
            self.context, cause=cause, trail=(*self._trail("cause"), ("cause", cause))
        )
        self.step = steps.Found(verdict, min(number, len(told) - 1), diagnosis)

    def _trail(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Return the path up to the last crumb of `kind`, without it if it is the end."""
        trail = self.context.trail
        return trail[:-1] if trail and trail[-1][0] in (kind, "fix") else trail

    def _found_cause(self, number: str) -> None:
        self._show(int(number))

    def _found_fix(self, fix: str) -> None:
        needs = {"diagnosis": self.context.diagnosis, "cause": self.context.cause, "fix": fix}
        self.context = replace(self.context, trail=(*self.context.trail, ("fix", fix)))
        self.step = Work("plan", self.context.target, needs)

    def _ask(self, _: str = "") -> None:
        self._question(0)

    _explain_ask = _found_ask = _clear_ask = _trouble_ask = _ask

    def _question(self, number: int) -> None:
        key = self.context.symptom
        if key is None:
            if self.context.goal:
                self._home_goal(self.context.goal)
            else:
                self.step = steps.NoneLeft(None)
            return
        causes = self.knowledge.symptom(key).causes
        if number >= len(causes):
            self.step = steps.NoneLeft(key)
            return
        self.step = steps.Question(key, causes[number].cause, number, len(causes))

    def _question_yes(self, _: str) -> None:
        assert isinstance(self.step, steps.Question)
        cause = self.step.cause
        self.context = replace(
            self.context, cause=cause, trail=(*self._trail("cause"), ("cause", cause))
        )
        self.step = steps.Guess(cause, self.context.fields)

    def _question_no(self, _: str) -> None:
        assert isinstance(self.step, steps.Question)
        self._question(self.step.number + 1)

    _question_unsure = _question_no

    def _guess_more(self, _: str) -> None:
        key, cause = self.context.symptom, self.context.cause
        assert key is not None
        causes = [one.cause for one in self.knowledge.symptom(key).causes]
        self._question(causes.index(cause) + 1 if cause in causes else 0)
