"""The session: a state machine without a screen. Both faces and the tests drive this one.

`step` is what to show or do now. A question is answered with `answer(key, text)`, work is handed
back with `finish(result)` or `fail(kind, says)`. `back()` returns to the question before, as far
as the last change that was applied: what has been written is not unwritten by going back.
"""

from dataclasses import replace
from typing import Any

from wizard.core import steps
from wizard.core.mending import Mending
from wizard.core.opening import Opening
from wizard.core.steps import Work

_NO_AWS = ("credentials", "region", "network")
_WRITING = ("apply", "verify")


class Session(Opening, Mending):
    """One walk from an error to its proven end, and on to the next."""

    def answer(self, key: str, text: str = "") -> None:
        """Answer the present question with one of its answers (see `wizard.core.steps`).

        Raises ValueError for an answer that the step does not take: a face's mistake.
        """
        word, _, value = key.partition(":")
        if word == "quit":
            self.step = steps.Over()
            return
        if word == "home":
            self._go_home()
            return
        handler = getattr(self, f"_{type(self.step).__name__.lower()}_{word}", None)
        if handler is None:
            raise ValueError(f"{type(self.step).__name__} does not take the answer {key!r}")
        before, depth = (self.step, self.context), len(self._past)
        handler(value or text)
        went_back = len(self._past) < depth
        if isinstance(before[0], Work) or before[0] is self.step or went_back:
            return
        self._past.append(before)

    def finish(self, result: Any) -> None:
        """Hand back the result of the present work."""
        assert isinstance(self.step, Work)
        getattr(self, f"_done_{self.step.kind}")(result)

    def fail(self, kind: str, says: dict[str, str]) -> None:
        """Say that the present work could not be done (see `steps.Trouble`)."""
        assert isinstance(self.step, Work)
        if self.step.kind == "choices" and kind not in _NO_AWS:
            # A list to choose from is a comfort: without it the user types the name.
            self.step = replace(self._aim_at(self.step.needs["field"]), trouble=says.get("en"))
            return
        if self.step.kind in _WRITING:
            self._past.clear()
        self.step = steps.Trouble(kind, says, self.step)

    def back(self) -> bool:
        """Return to the question before; False where there is none to return to.

        What writes is not left in the middle.
        """
        if not self.can_go_back:
            return False
        self._return()
        return True

    @property
    def can_go_back(self) -> bool:
        """Whether `back` leads anywhere."""
        writing = isinstance(self.step, Work) and self.step.kind in _WRITING
        return bool(self._past) and not writing
