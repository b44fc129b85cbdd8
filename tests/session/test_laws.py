"""Whatever is answered: nothing raises, and nothing is applied without a yes to that very plan."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.session.stand_ins import (
    FOUND,
    NO_ENDPOINT,
    NO_LOGS,
    NO_PERMISSION,
    PULL,
    PUSH,
    Account,
    HandMade,
    known,
    new_session,
    walk,
)
from wizard.capture.command import Captured
from wizard.core import steps
from wizard.core.plan import Plan
from wizard.errors import NoAws
from wizard.faces.view import path_of, view_of
from wizard.fixes.request import Outcome, Refused
from wizard.runner import run, settle

_TROUBLE = (
    NoAws("credentials", "no credentials"),
    Refused({"en": "no", "ja": "不可"}),
    RuntimeError("\x1b[2J[/usr/bin/x]"),
)
_WORKS = ("failures", "choices", "diagnose", "plan", "finish", "undo", "apply", "verify", "listen")
_TEXTS = st.sampled_from([PULL, PUSH, "", " ", "?", "prod", "\x1b[2J\x00", "x" * 5_000]) | st.text()


class Walks(RuleBasedStateMachine):
    """A user who answers anything that is offered, goes back, and meets any trouble."""

    @initialize(
        wrong=st.lists(st.sampled_from([NO_ENDPOINT, NO_LOGS, NO_PERMISSION]), unique_by=id),
        status=st.integers(0, 1),
        begun=st.sampled_from([(), FOUND[:2], FOUND, (*FOUND, "fix:endpoint.create")]),
    )
    def start(self, wrong: list[object], status: int, begun: tuple[Any, ...]) -> None:
        output = Captured("docker push web", status, PUSH)
        self.stage = HandMade(Account(wrong=list(wrong), output=output))  # type: ignore[arg-type]
        left = steps.Unfinished("e1", "endpoint.create", "network.endpoint-missing")
        self.session = new_session(
            unfinished=(left,), tries=("docker push web",), kept={"text": PULL}
        )
        self.agreed: list[Plan] = []
        # A random walk alone would seldom come as far as a plan.
        walk(self.session, self.stage, *(begun if wrong else begun[:2]))

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        if isinstance(self.session.step, steps.Work | steps.Over):
            return
        view = view_of(self.session.step, known(), data.draw(st.sampled_from(["en", "ja"])))
        keys = [option.key for option in view.options if option.enabled and option.key != "quit"]
        if view.entry:
            keys += [view.entry] * 2
        key = data.draw(st.sampled_from(keys))
        if isinstance(self.session.step, steps.Confirm) and key == "yes":
            self.agreed.append(self.session.step.plan)
        self.session.answer(key, data.draw(_TEXTS) if key == view.entry else "")

    @rule(trouble=st.sampled_from((None, None, *_TROUBLE)))
    def work(self, trouble: Exception | None) -> None:
        if isinstance(self.session.step, steps.Work):
            self.stage.account.broken = dict.fromkeys(_WORKS, trouble) if trouble else {}
            settle(self.session, run(self.session.step, self.stage, "ja", lambda line: None))

    @rule()
    def back(self) -> None:
        wrote = isinstance(self.session.step, steps.Result)
        went = self.session.back()
        if wrote and went:
            assert not isinstance(self.session.step, steps.Confirm)

    @rule(verified=st.sampled_from(["passed", "failed", "pending", "skipped"]), goes=st.booleans())
    def luck(self, verified: str, goes: bool) -> None:
        self.stage.account.verified = verified
        failed = Outcome(None, False, says={"en": "denied", "ja": "拒否"})
        self.stage.account.outcome = None if goes else failed

    @invariant()
    def nothing_is_applied_without_a_yes(self) -> None:
        if hasattr(self, "agreed"):
            applied = self.stage.account.applied
            assert len(applied) <= len(self.agreed)
            assert all(any(one is plan for plan in self.agreed) for one in applied)

    @invariant()
    def every_step_can_be_shown_and_kept(self) -> None:
        if hasattr(self, "session"):
            for lang in ("en", "ja"):
                view = view_of(self.session.step, known(), lang)
                path_of(self.session.context.trail, known(), lang)
                assert "\x1b" not in str(view)
            self.session.saved()


Walks.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyWalk = Walks.TestCase
