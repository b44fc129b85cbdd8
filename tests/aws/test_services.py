"""Deployments that wait for room, quotas, and agents that an answer does not tell of."""

from typing import Any

import pytest

from tests.aws.parts import definition, read
from tests.aws.scripted import Reply
from wizard.aws.answers import Refused
from wizard.core.facts import Container, Quota, Service
from wizard.core.unread import Unread

LIMITS = {"minimumHealthyPercent": 100, "maximumPercent": 100}
VALUE = "servicequotas:GetServiceQuota"


def deployments(*running: int) -> list[dict[str, Any]]:
    """The primary first, each with so many running tasks."""
    return [
        {"status": "ACTIVE" if index else "PRIMARY", "runningCount": count}
        for index, count in enumerate(running)
    ]


def service(*running: int, limits: dict[str, Any] = LIMITS, **more: Any) -> Service:
    answer = {
        "serviceName": "web",
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": sum(running),
        "deploymentConfiguration": limits,
        "deployments": deployments(*running),
        **more,
    }
    parts: dict[str, Any] = {
        "service_name": "web",
        "service_answer": answer,
        "definition_state": True,
    }
    found: Service = read("service", {}, **parts).value
    return found


def test_old_tasks_that_fill_the_room_are_a_deadlock() -> None:
    found = service(0, 2)
    assert (found.percent_deadlock, found.stuck) == (True, True)


@pytest.mark.parametrize("running", [(0,), (2,), (0, 1), (2, 0)])
def test_a_deployment_with_room_is_not_stuck_whatever_else_is_wrong(
    running: tuple[int, ...],
) -> None:
    found = service(*running)
    assert (found.percent_deadlock, found.stuck) == (True, False)


def test_a_minimum_rounds_up_and_a_maximum_down() -> None:
    odd = {"minimumHealthyPercent": 50, "maximumPercent": 150}
    assert service(0, 1, limits=odd, desiredCount=1).stuck is True
    assert service(0, 2, limits=odd).percent_deadlock is False


def test_deployments_of_other_kinds_do_not_go_by_percentages() -> None:
    assert service(0, 2, deploymentController={"type": "CODE_DEPLOY"}).percent_deadlock is False
    green = {**LIMITS, "strategy": "BLUE_GREEN"}
    assert service(0, 2, limits=green).percent_deadlock is False


def test_an_answer_of_a_name_alone_is_a_service_all_the_same() -> None:
    parts: dict[str, Any] = {"service_name": "web", "definition_state": True}
    found = read("service", {}, service_answer={"serviceName": "web"}, **parts).value
    assert (found.exists, found.exec_enabled, found.stuck) == (True, False, False)


def quota(value: Reply | None, desired: int = 4, **more: Any) -> tuple[Quota, list[str]]:
    answer = {"serviceName": "web", "desiredCount": desired, "runningCount": 1, **more}
    replies = {} if value is None else {VALUE: value}
    found = read("quota", replies, service_answer=answer, task_definition=definition(cpu="2048"))
    return found.value, [str(given) for _, given in found.source.asked]


def test_a_service_that_wants_more_than_the_quota_has_reached_it() -> None:
    assert quota({"Quota": {"Value": 6.0}})[0] == Quota("Fargate On-Demand vCPUs 6", True)
    assert quota({"Quota": {"Value": 100.0}})[0].reached is False
    assert isinstance(quota(None)[0].reached, Unread)


def test_the_quota_is_not_asked_for_what_everybody_has() -> None:
    found, asked = quota(None, desired=2)
    assert (found.reached, asked) == (False, [])


def test_spot_has_a_quota_of_its_own() -> None:
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    found, asked = quota({"Quota": {"Value": 6.0}}, capacityProviderStrategy=strategy)
    assert found.quota.startswith("Fargate Spot")
    assert "L-36FBB829" in asked[0]


def test_awss_own_word_needs_no_number() -> None:
    said = [{"message": "You've reached the limit on the number of vCPUs you can run concurrently"}]
    found, _ = quota(Refused(VALUE, "AccessDeniedException"), desired=1, events=said)
    assert found == Quota("Fargate On-Demand vCPUs", True)


def agents(*containers: dict[str, Any], **task: Any) -> list[Container]:
    names = [{"name": name, "image": name} for name in ("app", "proxy")]
    live = {"lastStatus": "RUNNING", "enableExecuteCommand": True, "containers": list(containers)}
    parts: dict[str, Any] = {
        "log_problems": {},
        "format_errors": {},
        "task_role": Unread("x:Y", "none"),
    }
    written = {"containerDefinitions": names, **task}
    found = read("containers", {}, task_answer=live, task_definition=written, obstacles=(), **parts)
    return list(found.value)


def state(name: str, agent: str | None = None) -> dict[str, Any]:
    told = [{"name": "ExecuteCommandAgent", "lastStatus": agent}] if agent else []
    return {"name": name, "lastStatus": "RUNNING", **({"managedAgents": told} if agent else {})}


def test_an_answer_without_agents_leaves_it_open_whether_they_run() -> None:
    found = agents(state("app"), state("proxy"))
    assert all(isinstance(one.exec_expected, Unread) for one in found)


def test_a_container_without_an_agent_beside_one_with_it_is_passed_over() -> None:
    found = {one.name: one.exec_expected for one in agents(state("app", "STOPPED"), state("proxy"))}
    assert found == {"app": True, "proxy": False}


def test_a_sidecar_that_aws_adds_is_a_container_and_expects_nothing() -> None:
    guard = state("aws-guardduty-agent-1")
    found = {
        one.name: one.exec_expected
        for one in agents(state("app", "RUNNING"), state("proxy", "RUNNING"), guard)
    }
    assert found["aws-guardduty-agent-1"] is False


def test_of_one_process_namespace_one_container_can_be_entered() -> None:
    found = {
        one.name: one.exec_expected
        for one in agents(state("app", "RUNNING"), state("proxy", "STOPPED"), pidMode="task")
    }
    assert found == {"app": True, "proxy": False}


def test_a_task_without_containers_is_no_error() -> None:
    assert [one.agent for one in agents()] == [None, None]


def test_a_definition_that_was_deregistered_is_named_with_its_revision() -> None:
    arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7"
    answers = {"service_answer": {"taskDefinition": arn}, "task_definition": {"status": "INACTIVE"}}
    found = read("definition-state", {}, None, **answers)
    assert (found.value, found.says) == (False, ["the task definition web:7 is INACTIVE or gone"])
