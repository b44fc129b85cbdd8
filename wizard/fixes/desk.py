"""The desk: the one door through which faces and commands plan, apply, verify and take back.

Nothing here writes without being given a plan, and a plan is only ever made to be shown first.
"""

import time
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from wizard.core.answer import Diagnosis
from wizard.core.facts import Service, Target
from wizard.core.knowledge import Knowledge
from wizard.core.plan import Plan
from wizard.core.unread import Unread
from wizard.fixes import undo as back
from wizard.fixes.access import OnCall, Reads, Write, Writes
from wizard.fixes.apply import Application, check
from wizard.fixes.choose import choose
from wizard.fixes.journal import APPLIED, FAILED, RUNNING, UNDONE, Entry, Journal, Running
from wizard.fixes.registry import fixes
from wizard.fixes.request import (
    FixRequest,
    Look,
    Misused,
    OnProgress,
    Outcome,
    Progress,
    Refused,
    Verified,
)
from wizard.fixes.verify import Diagnoses, verify
from wizard.fixes.waits import Pause
from wizard.fixes.words import say


def _quiet(_: Progress) -> None:
    """Tell nobody."""


def _untold(operation: str, state: str) -> None:
    """Tell nobody."""


class FixDesk:
    """Plans, applies, verifies and takes back fixes.

    `profile` and `region` are those of the command line; a plan's own region goes first. `pause`
    waits for so many seconds. `on_call` is told every call to AWS and its state (`read`, `unread`,
    `written`, `refused`).
    """

    def __init__(
        self,
        engine: Diagnoses,
        knowledge: Knowledge,
        journal: Journal | None = None,
        *,
        profile: str | None = None,
        region: str | None = None,
        pause: Pause = time.sleep,
        on_call: OnCall | None = None,
    ) -> None:
        self._engine = engine
        self._knowledge = knowledge
        self._journal = journal or Journal()
        self._profile = profile
        self._region = region
        self._pause = pause
        self._on_call = on_call or _untold
        self._looks: dict[str | None, Reads] = {}

    def plan(
        self,
        diagnosis: Diagnosis,
        cause: str,
        fix: str | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Plan:
        """Return the plan that mends every finding of `cause`; no changes: nothing is left to mend.

        A fix that only a person can make is a plan without changes whose notes say what to do.
        Without `fix` it is the first of the cause's fixes that applies. `options` narrow by field.
        Raises `Refused` (its `words` say why) where no fix can be applied from here, `Misused` for
        an unknown cause or fix or a field that the cause does not have.
        """
        chosen = choose(self._knowledge, diagnosis, cause, fix, options or {})
        if not chosen.findings:
            return Plan(cause, chosen.fix, (), target=_target(diagnosis.target))
        target = _plain_names(diagnosis)
        request = FixRequest(
            cause=cause,
            fix=chosen.fix,
            goal=target.goal,
            target=target,
            facts=diagnosis.facts,
            findings=chosen.findings,
            items=chosen.items,
            look=self._look(diagnosis.target.region),
            knowledge=self._knowledge,
            options=dict(options or {}),
        )
        return fixes()[chosen.fix].plan(request)

    def apply(self, plan: Plan, on_progress: OnProgress | None = None) -> Outcome:
        """Apply `plan` as it is and return what came of it; the journal keeps every step.

        Raises `Refused` where the world moved since the plan was made: nothing was written then.
        """
        if not plan.changes:
            return self._nothing_to_apply(plan)
        tell = on_progress or _quiet
        tell(Progress("checking", of=len(plan.changes), says=say("checking")))
        region = plan.target.get("region")
        look = self._look(region)
        _same_account(plan, look)
        check(plan, look)
        operations = {one.operation for one in plan.changes}
        write: Write = Writes(operations, self._profile, region or self._region, self._on_call)
        running = self._begin(plan, look)
        outcome = Application(plan, look, write, running, self._pause, tell).run()
        if outcome.applied and plan.undoes:
            self._note_undone(plan.undoes, outcome.entry)
        return outcome

    def verify(
        self,
        plan: Plan,
        diagnosis: Diagnosis,
        on_progress: OnProgress | None = None,
        *,
        entry: str | None = None,
        patience_s: float = 300.0,
    ) -> Verified:
        """Diagnose the target again until the plan's cause is gone or `patience_s` are over.

        `diagnosis` is the one that the plan came from. The verdict is kept with `entry`.
        """
        found = verify(
            self._engine,
            plan,
            diagnosis.target,
            on_progress or _quiet,
            patience_s=patience_s,
            pause=self._pause,
        )
        if entry is not None:
            self._journal.settle(entry, verified=found)
        return found

    def undo_plan(self, entry: str | None = None) -> Plan:
        """Return the plan that takes back `entry`, or the newest one that is not yet taken back.

        Raises `Misused` for an unknown entry, `Refused` where the world moved since.
        """
        found = self._entry(entry)
        look = self._look(found.plan.target.get("region"))
        _same_account(found.plan, look)
        return back.undo_plan(found, look)

    def finish_plan(self, entry: str) -> Plan:
        """Return what is left of an unfinished entry, as a plan to show, confirm and apply."""
        found = self._entry(entry, finish=True)
        look = self._look(found.plan.target.get("region"))
        _same_account(found.plan, look)
        return back.finish_plan(found, look)[0]

    def history(self) -> list[Entry]:
        """Return the journal's entries, the newest first."""
        return self._journal.entries()

    def unfinished(self) -> list[Entry]:
        """Return the entries that a killed wizard left in the middle, the newest first."""
        return self._journal.unfinished()

    def _look(self, region: str | None) -> Look:
        """Return fresh reads; their session is kept, since building clients takes the most time."""
        place = region or self._region
        if place not in self._looks:
            self._looks[place] = Reads(self._profile, place, self._on_call)
        self._looks[place].fresh()
        return self._looks[place]

    def _begin(self, plan: Plan, look: Look) -> Running:
        entry = plan.target.get(back.FINISHES)
        if entry is None:
            return self._journal.begin(plan, plan.undoes)
        rest, answers, numbers = back.finish_plan(self._entry(entry, finish=True), look)
        if rest.changes != plan.changes:
            raise Refused(say("moved", what=entry))
        return self._journal.resume(entry, numbers, answers)

    def _nothing_to_apply(self, plan: Plan) -> Outcome:
        """An undo of an entry of which nothing went through only has to be noted."""
        if plan.undoes:
            self._note_undone(plan.undoes, None)
        return Outcome(None, applied=True)

    def _note_undone(self, key: str, by: str | None) -> None:
        """Note that `key` is taken back; an earlier try at it that was cut short is over."""
        self._journal.settle(key, state=UNDONE, **({"undone_by": by} if by else {}))
        for one in self._journal.unfinished():
            if one.undoes == key:
                self._journal.settle(one.id, state=FAILED)

    def _entry(self, key: str | None, *, finish: bool = False) -> Entry:
        """Return the entry to take back (the newest where none is named) or to `finish`."""
        entries = self._journal.entries()
        if key is None:
            open_ = [one for one in entries if one.state != UNDONE and one.undoes is None]
            if not open_:
                raise Misused("nothing to take back: the journal holds no applied fix")
            key = open_[0].id
        found = next((one for one in entries if one.id == key), None)
        if found is None:
            raise Misused(f"no entry {key!r} in the journal (see: fargate-wizard history)")
        if found.undoes is not None and not finish:
            through = found.state == APPLIED
            word = "undo-of-undo" if through else "undo-cut-short"
            raise Refused(say(word, entry=key, undoes=found.undoes))
        if found.state == UNDONE:
            raise Refused(say("undo-done", entry=key, by=found.undone_by))
        if found.state == RUNNING and all(one.id != key for one in self._journal.unfinished()):
            raise Refused(say("undo-running", entry=key))
        return found


def _same_account(plan: Plan, look: Look) -> None:
    """Refuse where these credentials are of another account than the plan was made for."""
    account = plan.target.get("account")
    if account is None:
        return
    answer = look("sts:GetCallerIdentity")
    if isinstance(answer, Unread):
        raise Refused(say("check-unread", what=answer.call, why=answer.why))
    if answer["Account"] != account:
        raise Refused(say("other-place", account=account, here=answer["Account"]))


def _plain_names(diagnosis: Diagnosis) -> Target:
    """Return the target with names in the place of ARNs, and the service that its task is of."""
    target = diagnosis.target
    service = diagnosis.facts.get("service")
    of_task = service.name if isinstance(service, Service) and service.exists is True else None
    return replace(
        target,
        cluster=_short(target.cluster),
        service=_short(target.service) or of_task,
        task=_short(target.task),
    )


def _short(name: str | None) -> str | None:
    return name.rpartition("/")[2] if name else None


def _target(target: Target) -> dict[str, Any]:
    known = {one.name: getattr(target, one.name) for one in fields(target)}
    return {name: value for name, value in known.items() if value is not None}
