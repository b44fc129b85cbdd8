"""Which of a service's tasks is meant when a shell is to be opened."""

from typing import Any

from tests.aws.parts import read
from wizard.core.facts import Service, Target

OLD, NEW, GONE = (f"arn:aws:ecs:eu-west-1:123456789012:task/prod/{digit * 32}" for digit in "123")
DONE = {"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED"}


def task(arn: str, *, on: bool = True, status: str = "RUNNING", agent: str = "RUNNING") -> Any:
    """A task of the service web, with ECS Exec on or off."""
    agents = [{"name": "ExecuteCommandAgent", "lastStatus": agent}] if on else []
    containers = [{"name": "app", "managedAgents": agents}]
    found = {"taskArn": arn, "lastStatus": status, "enableExecuteCommand": on}
    return found | {"group": "service:web", "containers": containers}


def meant(*tasks: Any, deployments: int = 1) -> str:
    """The ARN of the task that is looked at, of these, the newest first."""
    running = sum(one["lastStatus"] == "RUNNING" for one in tasks)
    service = {
        "deployments": [DONE] * deployments,
        "runningCount": running,
        "desiredCount": running,
    }
    target = Target("exec", "prod", "web")
    known = list(tasks)
    found = read("task-answer", {}, target, task_answers=known, service_answer=service)
    return str(found.value["taskArn"])


def test_a_task_that_was_started_with_exec_off_is_looked_at_before_one_that_can_be_entered() -> (
    None
):
    assert meant(task(NEW), task(OLD, on=False)) == OLD
    assert meant(task(NEW), task(OLD)) == NEW


def test_so_is_one_whose_agent_has_stopped() -> None:
    assert meant(task(NEW), task(OLD, agent="STOPPED")) == OLD


def test_while_tasks_are_replaced_the_newest_is_meant() -> None:
    assert meant(task(NEW), task(OLD, on=False), deployments=2) == NEW


def test_a_task_that_does_not_run_is_not_meant_while_another_runs() -> None:
    assert meant(task(GONE, on=False, status="STOPPED"), task(NEW)) == NEW


def test_it_is_told_of_how_many_tasks_it_is_true() -> None:
    switched = Service("web", exists=True, exec_enabled=True)
    every = [task(NEW), task(OLD, on=False), task(GONE, on=False, status="STOPPED")]
    given: dict[str, Any] = {"task_answer": every[1], "task_answers": every, "service": switched}
    found = read("task", {}, Target("exec", "prod", "web"), **given)
    assert found.value.predates_exec is True
    assert "1 of the 2 tasks of the service were started so" in found.says
