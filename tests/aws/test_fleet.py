"""A cluster of many services: shared facts once, described things in batches."""

from collections import Counter

import pytest

from tests.aws.asking import proven
from wizard.aws.engine import Engine
from wizard.lab.world import ALL_ENDPOINTS, World

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster(world: World) -> World:
    """25 services with two tasks each; they share definition, roles, network and image."""
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group().task_definition()
    for number in range(25):
        world.service(f"s{number:02}", desired=2)
    return world.settle()


def test_services_and_tasks_are_described_in_batches_and_the_rest_once(
    cluster: World, engine: Engine
) -> None:
    cluster.lab.calls(clear=True)
    found = engine.diagnose_all("prod")
    made = Counter(call["call"] for call in cluster.lab.calls())
    assert len(found) == 25
    assert made["ecs:DescribeServices"] == 3
    assert made["ecs:DescribeTasks"] == 1
    assert made["ecs:DescribeTaskDefinition"] == 1
    assert made["ec2:DescribeVpcEndpoints"] == 1
    assert made["iam:GetRole"] == 2
    assert sum(made.values()) <= 45
    assert not any(one.problem for one in found)


def test_a_broken_service_among_healthy_ones_is_found_by_its_own_tasks(
    cluster: World, engine: Engine
) -> None:
    cluster.image = cluster.image.replace(":v1", ":v9")
    cluster.task_definition("bad").service("bad").settle()
    found = {one.target.service: one for one in engine.diagnose_all("prod")}
    assert proven(found["bad"]) == ["ecr.image-missing"]
    assert [name for name, one in found.items() if one.problem] == ["bad"]


def test_the_failing_service_is_what_the_home_screen_shows(cluster: World, engine: Engine) -> None:
    assert engine.failures() == []
    cluster.image = cluster.image.replace(":v1", ":v9")
    cluster.task_definition("bad").service("bad").settle()
    found = engine.failures()
    assert found[0].observed.symptom == "pull.image-not-found"
    assert (found[0].target.cluster, found[0].target.service) == ("prod", "bad")


def test_there_is_something_to_pick_from(cluster: World, engine: Engine) -> None:
    from wizard.core.facts import Target

    assert [one.id for one in engine.choices("cluster", Target())] == ["prod"]
    services = engine.choices("service", Target(cluster="prod"))
    assert len(services) == 25
    assert services[0].note == "2 of 2 running"
    tasks = engine.choices("task", Target(cluster="prod", service="s00"))
    assert len(tasks) == 2
    target = Target(cluster="prod", task=tasks[0].id)
    assert [one.id for one in engine.choices("container", target)] == ["app"]
    assert [one.id for one in engine.choices("repository", Target())] == ["team/app"]
    assert engine.identity().account == cluster.lab.account
