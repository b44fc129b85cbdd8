"""The session, driven by script: from an error to its proven end, and every way back."""

import pytest

from tests.session.stand_ins import (
    FOUND,
    NO_ENDPOINT,
    NO_PERMISSION,
    PULL,
    PUSH,
    Account,
    HandMade,
    new_session,
    walk,
    work,
)
from wizard.capture.command import Captured
from wizard.core import steps
from wizard.errors import NoAws
from wizard.fixes.request import Outcome, Refused

TO_CONFIRM = (*FOUND, "fix:endpoint.create")


def test_a_pasted_error_leads_to_an_applied_and_proven_fix() -> None:
    session, stage = new_session(), HandMade()
    kinds = [type(walk(session, stage, answer)).__name__ for answer in (*TO_CONFIRM, "yes")]
    assert kinds == ["Explain", "Aim", "Aim", "Found", "Confirm", "Result"]
    assert isinstance(session.step, steps.Result)
    assert session.step.all_mended
    assert len(stage.account.applied) == 1


def test_what_is_applied_is_the_very_plan_that_was_shown() -> None:
    session, stage = new_session(), HandMade()
    shown = walk(session, stage, *TO_CONFIRM)
    assert isinstance(shown, steps.Confirm)
    walk(session, stage, "yes")
    assert stage.account.applied == [shown.plan]
    assert stage.account.applied[0] is shown.plan


def test_the_target_is_not_read_from_the_prose_of_the_error() -> None:
    session, stage = new_session(), HandMade()
    walk(session, stage, ("paste", PULL))
    assert session.context.target.service is None
    assert session.context.target.region == "ap-northeast-1"


def test_what_is_still_wrong_comes_next() -> None:
    session, stage = new_session(), HandMade(Account([NO_ENDPOINT, NO_PERMISSION]))
    result = walk(session, stage, *TO_CONFIRM, "yes")
    assert isinstance(result, steps.Result)
    assert [one.cause for one in result.waiting] == ["task-role.permission-missing"]
    assert not result.all_mended
    found = walk(session, stage, "next")
    assert isinstance(found, steps.Found)
    assert found.verdict.finding.cause == "task-role.permission-missing"


def test_looking_again_at_a_rollout_reads_afresh() -> None:
    session, stage = new_session(), HandMade(Account(verified="pending"))
    result = walk(session, stage, *TO_CONFIRM, "yes")
    assert isinstance(result, steps.Result)
    assert result.verified == "pending"
    session.answer("next")
    assert isinstance(session.step, steps.Work)
    assert session.step.kind == "diagnose"
    assert session.step.needs["observed"] == ()


def test_a_second_cause_can_be_looked_at_first() -> None:
    session, stage = new_session(), HandMade(Account([NO_ENDPOINT, NO_PERMISSION]))
    found = walk(session, stage, *FOUND, "cause:1")
    assert isinstance(found, steps.Found)
    assert found.verdict.finding.cause == "task-role.permission-missing"
    assert session.context.trail[-1] == ("cause", "task-role.permission-missing")


def test_an_unknown_text_shows_what_was_read_and_leads_on_by_the_goal() -> None:
    session, stage = new_session(), HandMade()
    step = walk(session, stage, ("paste", "it hurts in arn:aws-cn:ecs:cn-north-1:1:cluster/prod"))
    assert isinstance(step, steps.Unknown)
    assert step.read["cluster"] == "prod"
    assert isinstance(walk(session, stage, "goal:exec"), steps.See)


def test_a_goal_without_an_error_is_diagnosed_too() -> None:
    session, stage = new_session(), HandMade()
    walk(session, stage, "goal:start", "none")
    assert isinstance(session.step, steps.Aim)
    walk(session, stage, ("value", "prod"), "skip")
    assert isinstance(session.step, steps.Found)


def test_a_failure_found_in_the_account_brings_its_target_along() -> None:
    session, stage = new_session(), HandMade()
    step = walk(session, stage, "live", "failure:1")
    assert isinstance(step, steps.Explain)
    assert (session.context.target.cluster, session.context.target.service) == ("staging", "web")
    assert isinstance(walk(session, stage, "read"), steps.Found)


def test_questions_alone_lead_to_a_cause_by_the_answers() -> None:
    session, stage = new_session(), HandMade()
    first = walk(session, stage, ("paste", PUSH), "ask")
    assert isinstance(first, steps.Question)
    second = walk(session, stage, "unsure")
    assert isinstance(second, steps.Question)
    assert second.number == 1
    guess = walk(session, stage, "yes")
    assert isinstance(guess, steps.Guess)
    assert guess.cause == second.cause
    assert stage.account.applied == []


def test_questions_end_when_no_cause_is_left() -> None:
    session, stage = new_session(), HandMade()
    step = walk(session, stage, ("paste", PUSH), "ask")
    assert isinstance(step, steps.Question)
    step = walk(session, stage, *["no"] * step.of)
    assert isinstance(step, steps.NoneLeft)


def test_after_a_guess_the_next_question_is_asked() -> None:
    session, stage = new_session(), HandMade()
    step = walk(session, stage, ("paste", PUSH), "ask", "yes", "more")
    assert isinstance(step, steps.Question)
    assert step.number == 1


@pytest.mark.parametrize("kind", ["credentials", "region", "network"])
def test_without_aws_nobody_is_asked_for_a_cluster(kind: str) -> None:
    stage = HandMade(Account(broken={"choices": NoAws(kind, "no way to AWS")}))
    step = walk(new_session(), stage, ("paste", PULL), "read")
    assert isinstance(step, steps.Trouble)
    assert step.kind == kind


def test_names_that_cannot_be_listed_are_typed() -> None:
    stage = HandMade(Account(broken={"choices": RuntimeError("AccessDenied")}))
    session = new_session()
    step = walk(session, stage, ("paste", PULL), "read")
    assert isinstance(step, steps.Aim)
    assert step.choices == ()
    assert "AccessDenied" in str(step.trouble)
    assert isinstance(walk(session, stage, ("value", "prod"), ("value", "web")), steps.Found)


def test_what_could_not_be_done_is_done_again() -> None:
    stage = HandMade(Account(broken={"failures": NoAws("network", "no route")}))
    session = new_session()
    assert isinstance(walk(session, stage, "live"), steps.Trouble)
    stage.account.broken.clear()
    assert isinstance(walk(session, stage, "again"), steps.Live)


def test_a_refused_plan_is_trouble_with_its_words_and_nothing_is_written() -> None:
    words = {"en": "the role is not yours", "ja": "そのロールは変更できません"}
    stage = HandMade(Account(broken={"plan": Refused(words)}))
    step = walk(new_session(), stage, *TO_CONFIRM)
    assert isinstance(step, steps.Trouble)
    assert (step.kind, step.says) == ("refused", words)
    assert stage.account.applied == []


def test_a_change_that_broke_off_is_not_made_a_second_time() -> None:
    stage = HandMade(Account(broken={"apply": RuntimeError("connection reset")}))
    session = new_session()
    step = walk(session, stage, *TO_CONFIRM, "yes")
    assert isinstance(step, steps.Trouble)
    assert not session.back(), "the way back would lead to the confirmation"
    stage.account.broken.clear()
    assert isinstance(walk(session, stage, "again"), steps.Found)
    assert stage.account.applied == []


def test_a_change_that_failed_is_told_with_its_entry() -> None:
    words = {"en": "step 2 failed", "ja": "手順 2 が失敗"}
    stage = HandMade(Account(outcome=Outcome("e7", False, says=words)))
    step = walk(new_session(), stage, *TO_CONFIRM, "yes")
    assert isinstance(step, steps.Result)
    assert (step.applied, step.entry, step.says) == (False, "e7", words)


def test_a_plan_without_changes_is_done_by_hand_and_looked_at_again() -> None:
    session, stage = new_session(), HandMade()
    walk(session, stage, *FOUND)
    stage.account.wrong = [NO_PERMISSION]
    session.answer("fix:bastion.login-as-pusher")
    work(session, stage)
    assert isinstance(session.step, steps.Manual)
    assert isinstance(walk(session, stage, "done"), steps.Found)


def test_nothing_wrong_says_what_was_checked() -> None:
    step = walk(new_session(), HandMade(Account([])), *FOUND)
    assert isinstance(step, steps.Clear)
    assert step.diagnosis.checked
    assert step.diagnosis.unchecked


def test_a_command_that_fails_is_looked_up_and_one_that_does_not_is_shown() -> None:
    session = new_session(tries=("docker push web",))
    stage = HandMade(Account(output=Captured("docker push web", 1, PUSH)))
    step = walk(session, stage, "try:0")
    assert isinstance(step, steps.Explain)
    assert step.symptom == "ecr.no-basic-auth"
    stage.account.output = Captured("docker push web", 0, "pushed")
    assert isinstance(walk(session, stage, "home", "try:0"), steps.Ran)


@pytest.mark.parametrize("way", ["finish", "undo"])
def test_a_change_left_in_the_middle_is_planned_and_confirmed_like_any_other(way: str) -> None:
    left = steps.Unfinished("e1", "endpoint.create", "network.endpoint-missing")
    session, stage = new_session(unfinished=(left,)), HandMade()
    step = walk(session, stage, f"{way}:e1")
    assert isinstance(step, steps.Confirm)
    assert stage.account.applied == []
    assert isinstance(walk(session, stage, "no"), steps.Home)


def test_an_answer_that_the_step_does_not_take_is_the_faces_mistake() -> None:
    session = new_session()
    with pytest.raises(ValueError, match="Home does not take"):
        session.answer("yes")
    assert isinstance(session.step, steps.Home)
