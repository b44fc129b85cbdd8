"""Back: from everywhere to the question before, and never across a change that was made."""

import pytest

from tests.session.stand_ins import FOUND, PULL, PUSH, Account, HandMade, new_session, walk, work
from wizard.core import steps

TO_CONFIRM = (*FOUND, "fix:endpoint.create")


@pytest.mark.parametrize(
    "answers",
    [
        (*TO_CONFIRM,),
        (("paste", PUSH), "ask", "no", "yes"),
        (("paste", "unheard of"), "goal:exec", "none"),
        ("live", "failure:0", "read"),
    ],
)
def test_back_leads_through_every_question_to_the_start(answers: tuple[str, ...]) -> None:
    session, stage = new_session(), HandMade()
    seen: list[tuple[object, object]] = []
    for answer in answers:
        seen.append((session.step, session.context))
        walk(session, stage, answer)
    while seen:
        assert session.can_go_back
        assert session.back()
        assert (session.step, session.context) == seen.pop()
    assert isinstance(session.step, steps.Home)
    assert not session.back()


def test_back_out_of_reading_returns_to_the_question_before() -> None:
    session = new_session()
    walk(session, HandMade(), ("paste", PULL))
    session.answer("read")
    assert isinstance(session.step, steps.Work)
    assert session.back()
    assert isinstance(session.step, steps.Explain)


@pytest.mark.parametrize("kind", ["apply", "verify"])
def test_there_is_no_way_back_out_of_a_change(kind: str) -> None:
    session, stage = new_session(), HandMade()
    walk(session, stage, *TO_CONFIRM)
    session.answer("yes")
    if kind == "verify":
        plan = session.context.plan
        assert plan is not None
        session.finish(stage.desk.apply(plan, lambda _: None))
    assert isinstance(session.step, steps.Work)
    assert session.step.kind == kind
    assert not session.can_go_back
    assert not session.back()


def test_there_is_no_way_back_across_a_change() -> None:
    session, stage = new_session(), HandMade()
    assert isinstance(walk(session, stage, *TO_CONFIRM, "yes"), steps.Result)
    assert not session.back()


def test_no_leads_back_to_the_cause_and_back_from_there_goes_on_backwards() -> None:
    session, stage = new_session(), HandMade()
    found = walk(session, stage, *FOUND)
    before = session.context
    walk(session, stage, "fix:endpoint.create", "no")
    assert session.step is found
    assert session.context == before
    session.back()
    assert isinstance(session.step, steps.Aim)


def test_no_to_taking_back_leads_to_the_result_not_to_the_old_cause() -> None:
    session, stage = new_session(), HandMade()
    result = walk(session, stage, *TO_CONFIRM, "yes")
    assert isinstance(walk(session, stage, "undo"), steps.Confirm)
    walk(session, stage, "no")
    assert session.step is result


def test_home_forgets_the_way_but_offers_to_go_on() -> None:
    session, stage = new_session(), HandMade()
    walk(session, stage, *FOUND, "home")
    assert not session.back()
    assert isinstance(session.step, steps.Home)
    assert session.step.resumable == "pull.registry-auth-unreachable"
    step = walk(session, stage, "resume")
    assert isinstance(step, steps.Explain)
    assert (session.context.target.cluster, session.context.target.service) == ("prod", "web")
    assert isinstance(walk(session, stage, "read"), steps.Found), "nothing is asked twice"


def test_home_offers_nothing_once_all_is_mended() -> None:
    session, stage = new_session(), HandMade()
    home = walk(session, stage, *TO_CONFIRM, "yes", "home")
    assert isinstance(home, steps.Home)
    assert home.resumable is None
    assert session.saved() is None


def test_home_still_offers_to_go_on_where_something_is_wrong() -> None:
    session, stage = new_session(), HandMade(Account(verified="failed"))
    home = walk(session, stage, *TO_CONFIRM, "yes", "home")
    assert isinstance(home, steps.Home)
    assert home.resumable == "pull.registry-auth-unreachable"


def test_the_path_does_not_grow_by_going_to_and_fro() -> None:
    session, stage = new_session(), HandMade()
    walk(session, stage, *FOUND)
    before = session.context.trail
    for _ in range(3):
        walk(session, stage, "fix:endpoint.create", "no", "again")
        work(session, stage)
    assert session.context.trail == before
