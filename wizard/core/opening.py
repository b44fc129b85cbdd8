"""From the start to a symptom: a paste, a goal, a failure found live, a session gone on with."""

from dataclasses import asdict, replace
from typing import Any

from wizard.core import steps
from wizard.core.context import Context, target_from
from wizard.core.findings import Observed
from wizard.core.judging import Judging
from wizard.core.lookup import look_up
from wizard.core.steps import Work
from wizard.core.target import aimed, goal_of
from wizard.core.walk import GOALS


class Opening(Judging):
    """The steps `Home`, `Live`, `Unknown`, `See`, `Explain`."""

    def _home_paste(self, text: str) -> None:
        found = look_up(self.knowledge, text)
        self.context = replace(self.context, text=text, lookup=found)
        if not found.matches:
            self.step = steps.Unknown(found.read, GOALS)
            return
        self._symptom(found.matches[0].symptom.id)

    def _home_live(self, _: str) -> None:
        self.step = Work("failures", self.context.target)

    def _home_try(self, number: str) -> None:
        command = self._tries[int(number)]
        self.step = Work("listen", self.context.target, {"command": command})

    def _done_listen(self, captured: Any) -> None:
        """Take what a command printed: an error is looked up, anything else is shown."""
        if captured.status == 0:
            self.step = steps.Ran(captured.command, captured.output)
        else:
            self._home_paste(captured.text)

    def _home_resume(self, _: str) -> None:
        kept = self._kept or {}
        goal = kept.get("goal")
        self.context = Context(
            text=kept.get("text", ""),
            goal=goal if goal in GOALS else None,
            target=target_from(kept.get("target")),
        )
        text, symptom = self.context.text, kept.get("symptom")
        if text:
            self._home_paste(text)
        known = isinstance(symptom, str) and symptom in self.knowledge.data["symptoms"]
        if symptom and known and self.context.symptom != symptom:
            self._symptom(str(symptom))
        elif not text and self.context.goal:
            self._home_goal(self.context.goal)
        before = asdict(target_from(kept.get("target")))
        self.context = replace(self.context, target=aimed(self.context.target, before))

    def _home_finish(self, entry: str) -> None:
        self.step = Work("finish", self.context.target, {"entry": entry})

    def _home_undo(self, entry: str) -> None:
        self.step = Work("undo", self.context.target, {"entry": entry})

    _unknown_goal = Judging._home_goal
    _live_again = _home_live

    def _done_failures(self, failures: Any) -> None:
        self.step = steps.Live(tuple(failures))

    def _live_failure(self, number: str) -> None:
        assert isinstance(self.step, steps.Live)
        failure = self.step.failures[int(number)]
        seen = failure.observed
        self.context = replace(
            self.context, text=seen.text, target=aimed(failure.target, self._given())
        )
        self._symptom(seen.symptom, dict(seen.fields))

    def _given(self) -> dict[str, Any]:
        return {"account": self._base.account, "region": self._base.region}

    def _symptom(self, key: str, fields: dict[str, Any] | None = None) -> None:
        matches = self.context.lookup.matches if self.context.lookup else ()
        match = next((one for one in matches if one.symptom.id == key), None)
        found = match.fields if match else fields or {}
        goal = goal_of(self.knowledge.symptom(key), found, self.context.goal)
        text = match.excerpt if match else self.context.text
        self.context = replace(
            self.context,
            symptom=key,
            goal=goal,
            fields=found,
            target=replace(aimed(self.context.target, found), goal=goal),
            observed=(Observed(key, "pasted", self.context.text or text, found),),
            trail=(*self.context.trail, ("symptom", key)),
        )
        others = tuple(one for one in matches if one.symptom.id != key)
        self.step = steps.Explain(key, found, text, others)

    def _explain_symptom(self, key: str) -> None:
        self._symptom(key)

    def _see_symptom(self, key: str) -> None:
        self._symptom(key)

    def _see_none(self, _: str) -> None:
        assert isinstance(self.step, steps.See)
        target = replace(self.context.target, goal=self.step.goal)
        self.context = replace(self.context, target=target, symptom=None, observed=())
        self._read()
