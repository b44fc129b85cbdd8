"""The desk: the one door through which faces and commands plan, apply, verify and take back.

Nothing here writes without being given a plan, and a plan is only ever made to be shown first.
"""

from collections.abc import Mapping
from typing import Any

from wizard.core.knowledge import Knowledge
from wizard.core.plan import Plan
from wizard.fixes.journal import Entry, Journal
from wizard.fixes.request import Diagnosed, OnProgress, Outcome, Verified


class FixDesk:
    """Plans, applies, verifies and takes back fixes. `journal` is opened late where not given."""

    def __init__(self, engine: Any, knowledge: Knowledge, journal: Journal | None = None) -> None:
        self.engine = engine
        self.knowledge = knowledge
        self._journal = journal

    def plan(
        self,
        diagnosis: Diagnosed,
        cause: str,
        fix: str | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Plan:
        """Return the plan that mends every finding of `cause`; no changes: nothing is left to mend.

        Without `fix` it is the first of the cause's fixes that applies. `options` narrow by field.
        Raises `Refused` (its `words` say why) where no fix can be applied from here, `Misused` for
        an unknown cause or fix or a field that the cause does not have.
        """
        raise NotImplementedError

    def apply(self, plan: Plan, on_progress: OnProgress | None = None) -> Outcome:
        """Apply `plan` as it is and return what came of it; the journal keeps every step.

        Raises `Refused` where the world moved since the plan was made: nothing was written then.
        """
        raise NotImplementedError

    def verify(
        self,
        plan: Plan,
        diagnosis: Diagnosed,
        on_progress: OnProgress | None = None,
        *,
        entry: str | None = None,
        patience_s: float = 300.0,
    ) -> Verified:
        """Diagnose again until the plan's cause is gone or `patience_s` seconds are over."""
        raise NotImplementedError

    def undo_plan(self, entry: str | None = None) -> Plan:
        """Return the plan that takes back `entry` (the newest one that can be, without a name).

        Raises `Misused` for an unknown entry, `Refused` where the world moved since.
        """
        raise NotImplementedError

    def finish_plan(self, entry: str) -> Plan:
        """Return what is left of an unfinished entry, as a plan to show, confirm and apply."""
        raise NotImplementedError

    def history(self) -> list[Entry]:
        """Return the journal's entries, the newest first."""
        raise NotImplementedError

    def unfinished(self) -> list[Entry]:
        """Return the entries that a killed wizard left in the middle."""
        raise NotImplementedError
