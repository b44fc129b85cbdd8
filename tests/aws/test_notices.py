"""What is worth knowing although it breaks nothing: told beside the verdict, never as a problem."""

import json
from collections.abc import Callable

import pytest

from wizard.aws.engine import Engine
from wizard.aws.reading import operations
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.lab.world import ALL_ENDPOINTS, World

pytestmark = pytest.mark.slow
EXEC = Target(goal="exec", cluster="prod", service="web")
START = Target(goal="start", cluster="prod", service="web")
ActAs = Callable[[str], None]


def told(found: Diagnosis) -> dict[str, object]:
    return {one.finding.cause: one.finding.fields.get("container", "") for one in found.notices}


@pytest.fixture
def ready(world: World) -> World:
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    return world


def test_a_container_without_an_init_process_is_worth_a_word_and_no_problem(
    ready: World, engine: Engine
) -> None:
    ready.service(exec_=True).settle()
    found = engine.diagnose(EXEC)
    assert told(found) == {"exec.init-process-off": "app"}
    assert not found.problem


def test_with_an_init_process_nothing_is_left_to_say(ready: World, engine: Engine) -> None:
    init = ready.container(linuxParameters={"initProcessEnabled": True})
    ready.task_definition(containers=[init]).service(exec_=True).settle()
    assert told(engine.diagnose(EXEC)) == {}


def test_sessions_that_are_logged_nowhere_are_said_to_be(ready: World, engine: Engine) -> None:
    ready.service(exec_=True).settle()
    settings = {"executeCommandConfiguration": {"logging": "NONE"}}
    ready.client("ecs").update_cluster(cluster="prod", configuration=settings)
    assert "exec.sessions-not-logged" in told(engine.diagnose(EXEC))


def test_nothing_of_exec_is_said_to_somebody_who_asks_why_a_task_does_not_start(
    ready: World, engine: Engine
) -> None:
    ready.service(exec_=True).settle()
    assert told(engine.diagnose(Target(goal="start", cluster="prod", service="web"))) == {}


def test_a_deployment_that_fails_without_circuit_breaker_goes_on_for_ever(
    world: World, engine: Engine
) -> None:
    world.network(endpoints=()).roles().repository().log_group().service().settle(600)
    found = engine.diagnose(Target(goal="start", cluster="prod", service="web"))
    assert "deploy.circuit-breaker-off" in told(found)


def test_a_service_that_wants_no_task_is_told_and_is_no_problem(
    ready: World, engine: Engine
) -> None:
    ready.service(desired=0, exec_=True).settle()
    found = engine.diagnose(EXEC)
    assert "service.scaled-to-zero" in told(found)
    assert not found.problem


def test_a_named_task_that_has_stopped_cannot_be_entered(ready: World, engine: Engine) -> None:
    ready.service(exec_=True).settle()
    task = ready.tasks()[0]["taskArn"]
    ready.client("ecs").stop_task(cluster="prod", task=task, reason="for the night")
    ready.settle()
    found = engine.diagnose(Target(goal="exec", cluster="prod", task=task))
    assert [one.symptom for one in found.symptoms] == ["exec.task-not-running"]
    assert found.symptoms[0].text == "STOPPED: for the night"
    assert found.problem


def test_why_a_named_task_never_ran_comes_before_that_it_cannot_be_entered(
    world: World, engine: Engine
) -> None:
    world.network(endpoints=("ecr.api", "ecr.dkr", "logs", "ssmmessages")).roles().repository()
    world.log_group().service(exec_=True).settle()
    task = world.tasks(status="STOPPED")[0]["taskArn"]
    found = engine.diagnose(Target(goal="exec", cluster="prod", task=task))
    seen = [one.symptom for one in found.symptoms]
    assert seen == ["pull.layer-unreachable", "exec.task-not-running"]


def as_operator(world: World, *actions: str) -> None:
    """Ada reads all that a diagnosis reads, and may do `actions` on anything."""
    rule = {"Effect": "Allow", "Action": [*sorted(operations()), *actions], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
    iam = world.client("iam")
    iam.create_user(UserName="ada")
    iam.put_user_policy(UserName="ada", PolicyName="work", PolicyDocument=document)


SHELL = ("ecs:ExecuteCommand", "ecs:UpdateService", "kms:GenerateDataKey")


def test_sessions_that_pass_by_ecs_exec_are_worth_a_word_to_who_may_start_them(
    ready: World, engine: Engine, act_as: ActAs
) -> None:
    ready.service(exec_=True).settle()
    as_operator(ready, *SHELL, "ssm:StartSession")
    act_as("user/ada")
    found = engine.diagnose(EXEC)
    assert "exec.sessions-past-exec" in told(found)
    assert not found.problem


def test_who_may_not_start_sessions_is_told_nothing_of_them(
    ready: World, engine: Engine, act_as: ActAs
) -> None:
    ready.service(exec_=True).settle()
    as_operator(ready, *SHELL)
    act_as("user/ada")
    assert "exec.sessions-past-exec" not in told(engine.diagnose(EXEC))


def test_who_registers_task_definitions_is_told_which_roles_they_may_not_pass(
    ready: World, engine: Engine, act_as: ActAs
) -> None:
    ready.service().settle()
    as_operator(ready, "ecs:RegisterTaskDefinition")
    act_as("user/ada")
    found = engine.diagnose(START)
    (notice,) = [one for one in found.notices if one.finding.cause == "deploy.roles-not-passed"]
    assert ready.execution_role in str(notice.finding.fields["roles"])
    assert not found.problem


@pytest.mark.parametrize("more", [("ecs:RegisterTaskDefinition", "iam:PassRole"), ()])
def test_who_may_pass_them_or_registers_none_is_told_nothing_of_it(
    ready: World, engine: Engine, act_as: ActAs, more: tuple[str, ...]
) -> None:
    ready.service().settle()
    as_operator(ready, *more)
    act_as("user/ada")
    assert "deploy.roles-not-passed" not in told(engine.diagnose(START))
