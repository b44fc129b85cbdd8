"""A deployment that ECS took back: the service is well, but not with what was meant to run."""

from typing import Any

import pytest

from tests.aws.asking import proven
from tests.aws.parts import ACCOUNT, REGION, read
from wizard.aws.engine import Engine
from wizard.core.facts import Target
from wizard.core.unread import Unread
from wizard.lab.world import ALL_ENDPOINTS, World

pytestmark = pytest.mark.slow
WEB = Target(goal="start", cluster="prod", service="web")


@pytest.fixture
def taken_back(world: World) -> World:
    """A service whose second deployment names an image that is not there."""
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    world.service(deploymentConfiguration=breaker).settle()
    world.task_definition(containers=[world.container(image=world.image.replace(":v1", ":v9"))])
    world.client("ecs").update_service(
        cluster="prod", service="web", taskDefinition=world.definition
    )
    return world.settle(3600)


def test_why_it_was_taken_back_is_found_although_all_tasks_run(
    taken_back: World, engine: Engine
) -> None:
    service = taken_back.describe()
    assert (service["runningCount"], len(service["deployments"])) == (1, 1)
    found = engine.diagnose(WEB)
    assert proven(found) == ["ecr.image-missing"]
    assert found.findings[0].fields["tag"] == "v9"
    seen = [one.symptom for one in found.symptoms]
    assert seen[0] == "pull.image-not-found"
    assert "deploy.circuit-breaker" in seen


def test_a_good_deployment_afterwards_ends_the_matter(taken_back: World, engine: Engine) -> None:
    taken_back.lab.clock(advance=60)
    taken_back.task_definition()
    taken_back.client("ecs").update_service(
        cluster="prod", service="web", taskDefinition=taken_back.definition
    )
    taken_back.settle()
    assert not engine.diagnose(WEB).problem


PRIMARY, BROKEN = "ecs-svc/1", "ecs-svc/2"


def definition_arn(revision: int) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:{revision}"


def deployment(key: str, revision: int, **more: Any) -> dict[str, Any]:
    primary = {"id": key, "status": "PRIMARY", "rolloutState": "COMPLETED"}
    return {**primary, "taskDefinition": definition_arn(revision), **more}


def failed_task(by: str, revision: int) -> dict[str, Any]:
    said = {"stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError"}
    name = {"taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/prod/{'1' * 32}", "startedBy": by}
    return {**name, **said, "lastStatus": "STOPPED", "taskDefinitionArn": definition_arn(revision)}


def running_task() -> dict[str, Any]:
    healthy = {"lastStatus": "RUNNING", "stopCode": None, "stoppedReason": None}
    return {**failed_task(PRIMARY, 1), **healthy}


FAILED = deployment(BROKEN, 2, status="INACTIVE", rolloutState="FAILED")


def meant(task: Any, *more: dict[str, Any], running: int = 1, goal: str = "start") -> list[Any]:
    """The revision that is read for a service whose second deployment was taken back, and whether
    it is called the one in force."""
    answer = {
        "serviceName": "web",
        "status": "ACTIVE",
        "desiredCount": 1,
        "runningCount": running,
        "taskDefinition": definition_arn(1),
        "deployments": [deployment(PRIMARY, 1), *more],
        "events": [{"message": "(service web) rolling back to deployment ecs-svc/1."}],
    }
    given = {"service_answer": answer, "service_name": "web", "task_answer": task}
    asked = Target(goal=goal, cluster="prod", service="web")
    found = read("service", {}, asked, **given)
    (revision,) = (
        params["taskDefinition"]
        for operation, params in found.source.asked
        if operation == "ecs:DescribeTaskDefinition"
    )
    return [int(revision[-1]), found.value.in_force]


NONE_LEFT = Unread("ecs:DescribeTasks", "none")


def test_a_failed_deployment_that_is_still_listed_is_what_was_taken_back() -> None:
    assert meant(failed_task(BROKEN, 2), FAILED) == [2, True]
    assert meant(failed_task(BROKEN, 2)) == [2, True]


def test_once_its_tasks_are_forgotten_nothing_is_refuted_any_more() -> None:
    assert meant(running_task(), FAILED) == [2, NONE_LEFT]
    assert meant(running_task()) == [1, NONE_LEFT]


def test_while_it_is_being_taken_back_its_failed_task_still_tells() -> None:
    assert meant(failed_task(BROKEN, 2), FAILED, running=0) == [2, True]


def test_a_failure_of_the_deployment_that_it_went_back_to_is_what_counts() -> None:
    assert meant(failed_task(PRIMARY, 1), FAILED, running=0) == [1, True]


def test_a_shell_is_opened_in_what_runs() -> None:
    assert meant(running_task(), FAILED, goal="exec") == [1, True]
