"""Service deployments and revisions: listed, described, called off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import World, healthy

from .helpers import refused


def _listed(world: World, **by: Any) -> list[dict[str, Any]]:
    ecs = world.client("ecs")
    found: list[dict[str, Any]] = ecs.list_service_deployments(cluster="prod", service="web", **by)[
        "serviceDeployments"
    ]
    return found


def _deploy(world: World, image: str = "") -> str:
    """A rollout that is under way; gives its service deployment's ARN."""
    changes = {"image": image} if image else {}
    world.task_definition(containers=[world.container(**changes)])
    world.client("ecs").update_service(
        cluster="prod", service="web", taskDefinition=world.definition
    )
    return str(_listed(world)[0]["serviceDeploymentArn"])


def _described(world: World, arn: str) -> dict[str, Any]:
    found = world.client("ecs").describe_service_deployments(serviceDeploymentArns=[arn])
    first: dict[str, Any] = found["serviceDeployments"][0]
    return first


def test_deployments_are_listed_by_status_and_by_the_time_they_were_made(lab: Lab) -> None:
    world = healthy(lab)
    for _ in range(2):
        lab.clock(advance=60)
        world.redeploy()
    lab.clock(advance=60)
    _deploy(world, image="nosuch")
    newest, third, second, first = _listed(world)
    assert [d["status"] for d in (newest, third, second, first)] == [
        "IN_PROGRESS", "SUCCESSFUL", "SUCCESSFUL", "SUCCESSFUL"
    ]  # fmt: skip
    assert _listed(world, status=["IN_PROGRESS"]) == [newest]
    assert _listed(world, status=["STOPPED", "ROLLBACK_FAILED"]) == []

    moment = second["createdAt"]
    assert _listed(world, createdAt={"before": moment}) == [first]
    assert _listed(world, createdAt={"after": moment}) == [newest, third]
    around = {"after": moment - timedelta(seconds=1), "before": moment + timedelta(seconds=1)}
    assert _listed(world, createdAt=around, status=["SUCCESSFUL"]) == [second]


def test_a_long_list_comes_page_by_page_with_tokens_that_say_nothing(lab: Lab) -> None:
    world = healthy(lab)
    ecs = lab.client("ecs")
    for _ in range(4):
        ecs.update_service(cluster="prod", service="web", forceNewDeployment=True)
    whole = [d["serviceDeploymentArn"] for d in _listed(world)]
    given: dict[str, Any] = {"cluster": "prod", "service": "web", "maxResults": 2}
    pages, token = [], None
    while token != "":
        extra: dict[str, Any] = {"nextToken": token} if token else {}
        answer = ecs.list_service_deployments(**given, **extra)
        pages.append([d["serviceDeploymentArn"] for d in answer["serviceDeployments"]])
        token = answer.get("nextToken", "")
        assert not token.isdigit()
    assert [len(p) for p in pages] == [2, 2, 1]
    assert [arn for page in pages for arn in page] == whole
    code, _ = refused(lambda: ecs.list_service_deployments(**given, nextToken="2"))
    assert code == "InvalidParameterException"
    clusters = [ecs.create_cluster(clusterName=f"c{n}")["cluster"]["clusterArn"] for n in range(3)]
    paged = ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2})
    assert set(clusters) < set(paged.build_full_result()["clusterArns"])


def test_a_revision_keeps_what_was_deployed_when_the_service_has_moved_on(lab: Lab) -> None:
    world = healthy(lab)
    before = world.describe()
    arn = _listed(world)[0]["targetServiceRevisionArn"]
    _deploy(world, image=f"{world.image}-missing")
    ecs = lab.client("ecs")
    answer = ecs.describe_service_revisions(serviceRevisionArns=[arn, arn + "0"])
    (revision,) = answer["serviceRevisions"]
    assert answer["failures"] == [{"arn": arn + "0", "reason": "MISSING"}]
    assert revision["taskDefinition"] == before["taskDefinition"]
    assert revision["networkConfiguration"] == before["networkConfiguration"]
    assert revision["containerImages"][0]["image"] == world.image
    newer = _described(world, _listed(world)[0]["serviceDeploymentArn"])
    assert newer["sourceServiceRevisions"] == [{"arn": arn}]
    assert newer["targetServiceRevision"]["requestedTaskCount"] == 1


@pytest.mark.parametrize("given", [{}, {"stopType": "ROLLBACK"}])
def test_a_deployment_that_is_called_off_is_rolled_back(lab: Lab, given: dict[str, str]) -> None:
    lab.clock(speed=1)
    world = healthy(lab)
    good = world.describe()["taskDefinition"]
    arn = _deploy(world, image=f"{world.image}-missing")
    world.settle(40)
    ecs = lab.client("ecs")
    assert ecs.stop_service_deployment(serviceDeploymentArn=arn, **given) == {
        "serviceDeploymentArn": arn
    } | {"ResponseMetadata": _any()}
    assert _described(world, arn)["status"] == "ROLLBACK_REQUESTED"
    # To ask again is no mistake while it is on its way.
    ecs.stop_service_deployment(serviceDeploymentArn=arn)
    world.settle(1)
    under_way = _described(world, arn)
    assert under_way["status"] == "ROLLBACK_IN_PROGRESS"
    world.settle(200)

    ended = _described(world, arn)
    assert ended["status"] == "ROLLBACK_SUCCESSFUL"
    first = _listed(world)[-1]["targetServiceRevisionArn"]
    assert ended["rollback"]["serviceRevisionArn"] == first
    assert ended["rollback"]["startedAt"] <= ended["finishedAt"]
    service = world.describe()
    assert service["taskDefinition"] == good
    assert [d["rolloutState"] for d in service["deployments"]] == ["COMPLETED"]
    assert {t["taskDefinitionArn"] for t in world.tasks()} == {good}
    code, text = refused(lambda: ecs.stop_service_deployment(serviceDeploymentArn=arn))
    assert (code, "ROLLBACK_SUCCESSFUL" in text) == ("ConflictException", True)


class _any:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_a_first_deployment_that_is_called_off_just_stops(lab: Lab) -> None:
    world = World(lab).network(nat=True).roles().repository().log_group()
    world.image = f"{world.image}-missing"
    world.service(exec_=False).settle(30)
    arn = str(_listed(world)[0]["serviceDeploymentArn"])
    lab.client("ecs").stop_service_deployment(serviceDeploymentArn=arn)
    world.settle(60)
    ended = _described(world, arn)
    assert (ended["status"], ended["stoppedAt"]) == ("STOPPED", ended["finishedAt"])
    made = len(world.tasks(status="STOPPED"))
    world.settle(600)
    assert (len(world.tasks(status="STOPPED")), world.tasks()) == (made, [])


def test_what_cannot_be_called_off_is_refused(lab: Lab) -> None:
    world = healthy(lab)
    ecs = lab.client("ecs")
    arn = str(_listed(world)[0]["serviceDeploymentArn"])
    assert refused(lambda: ecs.stop_service_deployment(serviceDeploymentArn=arn))[0] == (
        "ConflictException"
    )
    assert refused(lambda: ecs.stop_service_deployment(serviceDeploymentArn=arn + "x"))[0] == (
        "ServiceDeploymentNotFoundException"
    )
    running = _deploy(world)
    assert refused(
        lambda: ecs.stop_service_deployment(serviceDeploymentArn=running, stopType="ABORT")
    )[0] == ("InvalidParameterException")


def _breaking(world: World, **breaker: Any) -> dict[str, Any]:
    arn = _deploy(world, image=f"{world.image}-missing")
    world.client("ecs").update_service(
        cluster="prod",
        service="web",
        deploymentConfiguration={
            "deploymentCircuitBreaker": {"enable": True, "rollback": True} | breaker
        },
    )
    world.settle(900)
    return _described(world, arn)


def test_the_breakers_record_says_when_it_tripped_and_where_it_went_back_to(lab: Lab) -> None:
    world = healthy(lab)
    ended = _breaking(world)
    assert ended["status"] == "ROLLBACK_SUCCESSFUL"
    assert ended["statusReason"] == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    assert ended["deploymentCircuitBreaker"] == {
        "status": "TRIGGERED", "failureCount": 3, "threshold": 3
    }  # fmt: skip


def test_a_breaker_with_a_threshold_of_its_own_trips_sooner(lab: Lab) -> None:
    world = healthy(lab)
    lab.client("ecs").update_service(cluster="prod", service="web", desiredCount=2)
    world.settle(100)
    ended = _breaking(world, thresholdConfiguration={"type": "COUNT", "value": 1})
    assert ended["status"] == "ROLLBACK_SUCCESSFUL"
    assert ended["deploymentCircuitBreaker"]["failureCount"] >= 1
    world.settle(100)
    assert world.describe()["runningCount"] == 2


def test_without_rollback_a_tripped_breaker_leaves_the_deployment_stopped(lab: Lab) -> None:
    ended = _breaking(healthy(lab), rollback=False)
    assert ended["status"] == "STOPPED"
    assert ended["stoppedAt"] == ended["finishedAt"]
    assert "rollback" not in ended
