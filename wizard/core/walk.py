"""What every part of a session shares: the present step, the way back, the start."""

from dataclasses import replace
from typing import Any

from wizard.core import steps
from wizard.core.context import Context, saved
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.core.steps import Step

GOALS = ("push", "start", "exec")


class Walk:
    """A walk through the steps; its parts add what follows from each answer."""

    def __init__(
        self,
        knowledge: Knowledge,
        target: Target | None = None,
        *,
        kept: dict[str, Any] | None = None,
        unfinished: tuple[steps.Unfinished, ...] = (),
        tries: tuple[str, ...] = (),
    ) -> None:
        self.knowledge = knowledge
        self._base = target or Target()
        self._kept = kept
        self._unfinished = unfinished
        self._tries = tries
        self._past: list[tuple[Step, Context]] = []
        self.context = Context(target=self._base)
        self.step: Step = self._home()

    def saved(self) -> dict[str, Any] | None:
        """Return what to keep so that the next start can go on here; None for nothing.

        At home it is the place last left; once all is mended there is nothing to go on with.
        """
        if isinstance(self.step, steps.Home | steps.Live | steps.Over):
            return self._kept
        if not (self.context.trail or self.context.text):
            return self._kept
        if isinstance(self.step, steps.Result) and self.step.all_mended:
            return None
        return saved(self.context)

    def _return(self) -> None:
        self.step, self.context = self._past.pop()

    def _home(self) -> steps.Home:
        kept = self._kept
        words = [kept.get("symptom"), kept.get("goal"), kept["text"][:60]] if kept else []
        label = next((word for word in words if word and isinstance(word, str)), None)
        return steps.Home(GOALS, label, self._unfinished, self._tries)

    def _go_home(self) -> None:
        self._past.clear()
        self._kept = self.saved()
        self.context = Context(target=self._base)
        self.step = self._home()

    def _home_goal(self, goal: str) -> None:
        part = next((p for p in self.knowledge.guide["goals"] if p["goal"] == goal), None)
        symptoms = tuple(see["symptom"] for see in part["see"]) if part else ()
        self.context = replace(self.context, goal=goal, trail=(*self.context.trail, ("goal", goal)))
        self.step = steps.See(goal, symptoms)
