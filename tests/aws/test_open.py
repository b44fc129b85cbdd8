"""What could not be read stays open: health checks, agents, an organization's word, roles, keys."""

from dataclasses import replace
from typing import Any

import pytest

from tests.aws.balancing import asked, states
from tests.aws.parts import (
    ACCOUNT,
    DENIED,
    PLACE,
    REGION,
    ROLE,
    definition,
    policies,
    read,
    simulated,
)
from tests.aws.scripted import Reply, Scripted
from wizard.aws.answers import Refused
from wizard.aws.calls import Calls
from wizard.aws.reading import Reading
from wizard.core.facts import Container, Obstacle, Role, Target
from wizard.core.findings import Observed
from wizard.core.unread import Unread
from wizard.policy.least import ECR_TOKEN

TASKS = Unread("ecs:DescribeTasks", "AccessDeniedException")
DEFINITION = Unread("ecs:DescribeTaskDefinition", "AccessDeniedException")
TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/prod/{'1' * 32}"
CHECK = {"healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost/"]}}
POLICY = "network.endpoint-policy-denies"
FAILED = "Task failed container health checks"
SIMULATE = "iam:SimulatePrincipalPolicy"
SERVICE: dict[str, Any] = {"serviceName": "web", "deployments": [{"status": "PRIMARY"}]}


def containers(
    task: Any, *written: dict[str, Any], service: Any = None, known: Any = None
) -> dict[str, Container]:
    """The containers of `task`, by name."""
    mine: dict[str, Any] = {"containerDefinitions": [{"image": "x", **one} for one in written]}
    found = read(
        "containers",
        {},
        task_answer=task,
        task_definition=known or mine,
        service_answer=service or SERVICE,
        obstacles=(),
        log_problems={},
        format_errors={},
        task_role=Unread("x:Y", "none"),
        repositories=(),
        ways=(),
    )
    assert not isinstance(found.value, Unread)
    return {one.name: one for one in found.value}


def stopped(*names: str, reason: str = FAILED, health: str = "UNKNOWN") -> dict[str, Any]:
    states = [{"name": one, "exitCode": 143, "healthStatus": health} for one in names]
    code = "ServiceSchedulerInitiated"
    task = {"taskArn": TASK, "lastStatus": "STOPPED", "stopCode": code, "stoppedReason": reason}
    return {**task, "containers": states}


def ends(found: dict[str, Container]) -> dict[str, Any]:
    return {name: one.end for name, one in found.items()}


def test_a_stopped_tasks_unknown_health_does_not_clear_the_one_container_with_a_check() -> None:
    found = containers(stopped("app", "proxy"), {"name": "app", **CHECK}, {"name": "proxy"})
    assert ends(found) == {"app": "unhealthy", "proxy": None}


def test_of_two_containers_with_a_check_nobody_tells_whose_failed() -> None:
    found = containers(stopped("app", "proxy"), *({"name": n, **CHECK} for n in ("app", "proxy")))
    no_way = Unread("ecs:DescribeTasks", "no-way")
    assert ends(found) == {"app": no_way, "proxy": no_way}


def test_the_unhealthy_one_of_two_is_to_blame_alone() -> None:
    task = stopped("app", "proxy")
    task["containers"][1]["healthStatus"] = "UNHEALTHY"
    found = containers(task, *({"name": n, **CHECK} for n in ("app", "proxy")))
    assert ends(found) == {"app": None, "proxy": "unhealthy"}


def test_an_event_of_the_service_tells_of_the_health_checks_too() -> None:
    said = f"(service web) (task {'1' * 32}) failed container health checks."
    service = {**SERVICE, "events": [{"message": said}]}
    task = stopped("app", reason="Scaling activity initiated by (deployment ecs-svc/1)")
    assert ends(containers(task, {"name": "app", **CHECK}, service=service)) == {"app": "unhealthy"}
    assert ends(containers(task, {"name": "app", **CHECK})) == {"app": None}
    other = {**SERVICE, "events": [{"message": said.replace("1", "2")}]}
    assert ends(containers(task, {"name": "app", **CHECK}, service=other)) == {"app": None}


def test_without_the_definition_it_is_open_who_has_a_health_check() -> None:
    assert ends(containers(stopped("app"), known=DEFINITION)) == {"app": DEFINITION}


def running(started: str, *agents: str) -> dict[str, Any]:
    states = [
        {
            "name": f"c{number}",
            "lastStatus": "RUNNING",
            "managedAgents": [{"name": "ExecuteCommandAgent", "lastStatus": agent}],
        }
        for number, agent in enumerate(agents)
    ]
    task = {"taskArn": TASK, "lastStatus": "RUNNING", "enableExecuteCommand": True}
    return {**task, "startedAt": started, "containers": states}


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ("2026-01-01T11:59:00+00:00", Unread("ecs:DescribeTasks", "starting")),
        ("2026-01-01T11:57:00+00:00", True),
    ],
)
def test_an_agent_that_is_pending_is_given_two_minutes(started: str, expected: object) -> None:
    (found,) = containers(running(started, "PENDING"), {"name": "c0"}).values()
    assert found.exec_expected == expected
    assert found.agent_starting is (expected is not True)


def test_of_a_task_that_is_still_to_start_no_agent_is_expected() -> None:
    task = running("", "PENDING") | {"lastStatus": "PENDING"}
    del task["startedAt"]
    (found,) = containers(task, {"name": "c0"}).values()
    assert found.agent_starting is True
    (found,) = containers(task | {"lastStatus": "RUNNING"}, {"name": "c0"}).values()
    assert found.exec_expected is True


def test_an_agent_that_has_stopped_is_given_no_time() -> None:
    task = running("2026-01-01T11:59:59+00:00", "STOPPED")
    (found,) = containers(task, {"name": "c0"}).values()
    assert found.exec_expected is True


def test_without_the_definition_a_silent_agent_beside_a_running_one_may_be_meant_so() -> None:
    task = running("2026-01-01T11:00:00+00:00", "RUNNING", "STOPPED")
    found = containers(task, known=DEFINITION)
    assert [one.exec_expected for one in found.values()] == [True, DEFINITION]
    alone = running("2026-01-01T11:00:00+00:00", "STOPPED")
    (one,) = containers(alone, known=DEFINITION).values()
    assert one.exec_expected is True


ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1"


def role(**given: Any) -> Role:
    allowed = simulated(*ECR_TOKEN, "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    replies: dict[str, Reply] = {**policies(Action="*", Resource="*"), SIMULATE: allowed}
    task = definition(container={"image": ECR})
    found = read("execution_role", replies, task_definition=task, **given).value
    assert isinstance(found, Role)
    return found


def test_what_an_organization_denies_is_open_without_the_tasks_that_tell_of_it() -> None:
    assert role().lacking_actions == ()
    assert role(task_answers=TASKS).lacking_actions == TASKS
    assert role(task_answers=TASKS).exists is True


def test_each_refusal_is_told_that_keeps_a_permission_open() -> None:
    replies: dict[str, Reply] = {**policies(Action="*", Resource="*"), SIMULATE: DENIED}
    replies["iam:ListAttachedRolePolicies"] = refused = Refused("iam:ListAttached", "AccessDenied")
    del replies["iam:GetRolePolicy"]
    task = definition(container={"image": ECR})
    found = read("execution_role", replies, task_definition=task).value
    assert {one.call for one in found.lacking_actions.every} == {
        DENIED.call,
        refused.call,
        "iam:GetRolePolicy",
    }


def test_without_the_definition_it_is_open_which_other_role_may_not_be_passed() -> None:
    said = Observed(
        "iam.pass-role-denied",
        "paste",
        "not authorized to perform: iam:PassRole because no identity-based policy allows",
        {"action": "iam:PassRole", "resource": ROLE, "denied_by": "identity-based"},
    )
    who = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/taro", "Account": ACCOUNT}
    given = {"identity": who, "exec_by_caller": False}
    replies: dict[str, Reply] = {SIMULATE: DENIED}
    both = definition(taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/app")
    for task, opened in ((DEFINITION, True), (both, False)):
        found = read("caller", replies, None, [said], task_definition=task, **given).value
        assert found.pass_role_denied
        rests = dict(found.partly)
        assert (DEFINITION in getattr(rests.get("pass_role_denied"), "every", ())) is opened


SECRET = f"arn:aws:secretsmanager:{REGION}:210987654321:secret:db-AbCdEf"


def secret(**given: Any) -> Any:
    container = {"secrets": [{"name": "DB", "valueFrom": SECRET}]}
    task = definition(container=container)
    (found,) = read("secrets", {}, task_definition=task, **given).value
    return found


def test_a_key_that_may_not_be_used_is_proven_by_awss_word_and_its_name_stays_open() -> None:
    reason = f"failed to fetch secret {SECRET}: AccessDeniedException: Access to KMS is not allowed"
    found = secret(task_answers=[{"taskArn": TASK, "stoppedReason": reason}])
    assert (found.kms_denied, found.kms_key) == (True, None)
    ((field, unread),) = found.partly
    assert (field, unread.call) == ("kms_denied", "secretsmanager:DescribeSecret")


def test_a_secret_that_may_not_be_described_is_told_by_the_tasks_or_not_at_all() -> None:
    every = secret(task_answers=TASKS).kms_denied.every
    assert {one.call for one in every} == {"secretsmanager:DescribeSecret", TASKS.call}


async def test_an_obstacle_that_may_be_any_does_not_clear_the_repositorys_policy() -> None:
    registry = f"210987654321.dkr.ecr.{REGION}.amazonaws.com"
    endpoints = Unread("ec2:DescribeVpcEndpoints", "UnauthorizedOperation")
    unread = Unread("ecr:GetRepositoryPolicy", "AccessDeniedException")
    reason = f"httpReadSeeker: https://{registry}/v2/base/blobs/sha256:0: 403 Forbidden"
    given: dict[str, Any] = {
        "goals": frozenset({"start"}),
        "place": PLACE,
        "target": Target(),
        "task-answer": None,
        "task-answers": [{"taskArn": TASK, "stoppedReason": reason}],
        "task-definition": definition(container={"image": f"{registry}/base:v1"}),
        "execution_role": Role(named=True, name="web-exec"),
    }
    for obstacle, expected in (
        (Obstacle(endpoints, endpoints, "layers"), endpoints),
        (Obstacle(POLICY, endpoints, "layers"), endpoints),
        (Obstacle(replace(endpoints, among=(POLICY,)), endpoints, "layers"), endpoints),
        (Obstacle(replace(endpoints, among=("network.acl-blocks",)), endpoints, "layers"), True),
        (Obstacle(POLICY, "confirmed", "layers"), unread),
        (Obstacle("network.acl-blocks", "confirmed", "layers"), True),
    ):
        known = {**given, "obstacles": (obstacle,)}
        reading = Reading(Calls(Scripted({}, REGION), 20), Target(), (), known)
        (found,) = await reading.part("repositories")
        assert (found.policy_denies, reading.faults) == (expected, [])


async def test_of_tasks_that_were_listed_in_part_it_is_open_how_the_others_ended() -> None:
    task = {"taskArn": TASK, "lastStatus": "RUNNING", "containers": [{"name": "app"}]}
    late = Refused("ecs:ListTasks", "timeout")
    answers: dict[str, Reply] = {
        "ecs:ListTasks": [{"taskArns": [TASK]}, late],
        "ecs:DescribeTasks": {"tasks": [task]},
    }
    given: dict[str, Any] = {
        "cluster-name": "prod",
        "service-answer": SERVICE,
        "observed-goals": frozenset(),
        "task-definition": definition(),
        "log-problems": {},
        "format-errors": {},
    }
    target = Target(cluster="prod", service="web")
    for listed, expected in ((answers["ecs:ListTasks"], late.unread), ({"taskArns": []}, None)):
        source = Scripted({**answers, "ecs:ListTasks": listed}, REGION)
        reading = Reading(Calls(source, 20), target, (), given)
        assert await reading.part("tasks-unread") == expected
        asked = len(source.asked)
        if expected:
            (one,) = await reading.part("containers")
            assert one.end == expected
        assert len(source.asked) == asked


async def test_without_the_definition_a_wrong_port_is_not_told_from_a_program_that_is_silent() -> (
    None
):
    sick = states("unhealthy:Target.Timeout")
    for known, expected in ((None, "health"), (DEFINITION, DEFINITION)):
        reading = asked(sick, None, None, None, None, None)
        if known:
            reading.given["task-definition"] = known
        (found,) = await reading.part("target_groups")
        assert (found.problem, reading.faults) == (expected, [])
