"""Quota and capacity: what the settings take away, and how ECS says so."""

from __future__ import annotations

import json
from typing import Any

from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World

_QUOTA = "You've reached the limit on the number of vCPUs you can run concurrently"
_ROOM = (
    "Capacity is unavailable at this time. Please try again later or in a different availability"
    " zone"
)


def _world(lab: Lab) -> World:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    world.task_definition()
    world.client("ecs").create_cluster(clusterName="prod")
    return world


def _run(world: World, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "cluster": "prod",
        "taskDefinition": "web",
        "networkConfiguration": world.network_configuration,
    }
    return world.client("ecs").run_task(**(given | changes))


_ON_SPOT: dict[str, Any] = {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}


def test_the_quota_of_vcpus_lets_as_many_tasks_start_as_fit(lab: Lab) -> None:
    world = _world(lab)
    lab.settings(fargate_vcpus=0.5)
    answer = _run(world, count=3)
    assert len(answer["tasks"]) == 2
    assert answer["failures"] == [{"reason": _QUOTA}]
    # Spot has a quota of its own.
    assert _run(world, **_ON_SPOT)["failures"] == []
    world.client("ecs").stop_task(cluster="prod", task=answer["tasks"][0]["taskArn"])
    world.settle(30)
    assert _run(world)["failures"] == []


def test_a_service_beyond_its_quota_says_so_and_goes_on_when_it_is_raised(lab: Lab) -> None:
    world = _world(lab)
    lab.settings(fargate_vcpus=0.25)
    world.service(desired=2, exec_=False).settle(60)
    assert world.describe()["runningCount"] == 1
    events = [e["message"] for e in world.describe()["events"]]
    assert f"(service web) was unable to place a task. Reason: {_QUOTA}." in events
    lab.settings(fargate_vcpus=6)
    world.settle(600)
    assert world.describe()["runningCount"] == 2


def _zones(lab: Lab, world: World) -> dict[str, str]:
    found = lab.client("ec2").describe_subnets(SubnetIds=world.subnets)["Subnets"]
    return {s["SubnetId"]: s["AvailabilityZone"] for s in found}


def test_a_zone_without_capacity_gets_no_tasks_and_none_at_all_is_refused(lab: Lab) -> None:
    world = _world(lab)
    zones = _zones(lab, world)
    first, *others = sorted(set(zones.values()))
    lab.settings(no_capacity_in=[first])
    tasks = _run(world, count=4)["tasks"]
    world.settle(60)
    ecs = world.client("ecs")
    shown = ecs.describe_tasks(cluster="prod", tasks=[t["taskArn"] for t in tasks])["tasks"]
    assert {t["availabilityZone"] for t in shown} == set(others)
    lab.settings(no_capacity_in=[first, *others])
    assert _run(world)["failures"] == [{"reason": _ROOM}]


def _queue(lab: Lab, detail: dict[str, Any]) -> str:
    sqs, events = lab.client("sqs"), lab.client("events")
    url = str(sqs.create_queue(QueueName="tasks")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.ecs"], "detail": detail}))
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    return url


def test_spot_tasks_are_interrupted_where_spot_is_taken_back_and_placed_elsewhere(
    lab: Lab,
) -> None:
    world = _world(lab)
    world.service(exec_=False, desired=2, launchType=None, **_ON_SPOT).settle()
    before = {t["taskArn"]: t["availabilityZone"] for t in world.tasks()}
    lost, kept = sorted(set(before.values()))
    url = _queue(lab, {"stopCode": ["SpotInterruption"], "lastStatus": ["RUNNING"]})

    lab.settings(no_spot_in=[lost])
    world.settle(120)
    assert world.describe()["runningCount"] == 2
    assert {t["availabilityZone"] for t in world.tasks()} == {kept}
    stopped = world.tasks(status="STOPPED")
    assert [(t["stopCode"], t["stoppedReason"]) for t in stopped] == [
        ("SpotInterruption", "Your Spot Task was interrupted.")
    ]
    assert [t["capacityProviderName"] for t in stopped] == ["FARGATE_SPOT"]
    notice = json.loads(lab.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"])
    assert notice["detail"]["desiredStatus"] == "STOPPED"
    assert notice["detail"]["taskArn"] == stopped[0]["taskArn"]
