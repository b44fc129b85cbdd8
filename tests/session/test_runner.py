"""Work done with the engine and the desk, and what is told of it."""

import pytest

from tests.session.stand_ins import HandMade
from wizard.core.facts import Target
from wizard.core.steps import Work
from wizard.runner import run


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("calling", "done")), ("ja", ("実行中", "完了"))]
)
def test_each_step_of_a_change_is_told_once_with_its_call(
    lang: str, words: tuple[str, str]
) -> None:
    stage = HandMade()
    plan = stage.desk.finish_plan("e1")
    told: list[str] = []
    run(Work("apply", Target(), {"plan": plan}), stage, lang, told.append)
    assert told == [f"1/1  ec2:CreateVpcEndpoint {word}" for word in words]


def test_what_was_taken_back_is_not_waited_for_to_be_gone() -> None:
    stage = HandMade()
    target = Target(cluster="prod", service="web")
    diagnosis = stage.engine.diagnose(target, (), lambda call, state: None)
    back = stage.desk.undo_plan("e1")
    needs = {"plan": back, "diagnosis": diagnosis, "entry": "e2"}
    verified, found = run(Work("verify", target, needs), stage, "en", lambda line: None)
    assert verified == "skipped"
    assert found.findings == diagnosis.findings
