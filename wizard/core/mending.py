"""From a fix chosen to its proven end."""

from dataclasses import replace
from typing import Any

from wizard.core import steps
from wizard.core.judging import Judging
from wizard.core.steps import Work


class Mending(Judging):
    """The steps `Confirm`, `Manual`, `Result`."""

    def _done_plan(self, plan: Any) -> None:
        self.context = replace(self.context, plan=plan)
        fields = self.step.needs.get("fields", {}) if isinstance(self.step, Work) else {}
        if plan.changes:
            self.step = steps.Confirm(plan)
        else:
            self.step = steps.Manual(plan, plan.cause, fields or self._finding_fields(plan.cause))

    _done_finish = _done_undo = _done_plan

    def _finding_fields(self, cause: str) -> dict[str, Any]:
        findings = self.context.diagnosis.findings if self.context.diagnosis else ()
        return next((dict(one.fields) for one in findings if one.cause == cause), {})

    def _confirm_yes(self, _: str) -> None:
        assert isinstance(self.step, steps.Confirm)
        self.step = Work("apply", self.context.target, {"plan": self.step.plan})

    def _confirm_no(self, _: str) -> None:
        self._return() if self._past else self._go_home()

    def _done_apply(self, outcome: Any) -> None:
        """Take the outcome (`entry`, `applied`, `says`) and go on to verify what was applied."""
        plan = self.context.plan
        assert plan is not None
        # What was written is not unwritten by going back.
        self._past.clear()
        self.context = replace(self.context, entry=outcome.entry)
        if not outcome.applied:
            self.step = steps.Result(plan, outcome.entry, False, "failed", dict(outcome.says))
            return
        needs = {
            "plan": self.context.plan,
            "diagnosis": self.context.diagnosis,
            "entry": outcome.entry,
            "observed": self.context.observed,
        }
        self.step = Work("verify", self.context.target, needs)

    def _done_verify(self, result: Any) -> None:
        """Take what was verified: a pair of `passed`, `failed`, … and the diagnosis afterwards."""
        verified, diagnosis = result
        plan = self.context.plan
        assert plan is not None
        self._past.clear()
        self.step = steps.Result(plan, self.context.entry, True, verified, diagnosis=diagnosis)

    def _result_undo(self, _: str) -> None:
        self.step = Work("undo", self.context.target, {"entry": self.context.entry})

    def _result_next(self, _: str) -> None:
        """Go on to what is still wrong with this target; look again where nothing is proven."""
        assert isinstance(self.step, steps.Result)
        diagnosis = self.step.diagnosis
        if diagnosis is None or not self.step.waiting:
            # What was pasted was before the change: it proves nothing any more.
            self.context = replace(self.context, observed=())
            self._read()
            return
        self.context = replace(self.context, diagnosis=diagnosis, observed=diagnosis.symptoms)
        self._show(0)
