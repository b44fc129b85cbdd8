"""A deployment that ECS took back: the service is well, but not with what was meant to run."""

import pytest

from tests.aws.asking import proven
from wizard.aws.engine import Engine
from wizard.core.facts import Target
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
