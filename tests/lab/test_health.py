"""A task that turns unhealthy after it was healthy, and what is seen of it."""

from __future__ import annotations

from typing import Any

from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.gates import acl_for

_CHECK = {"command": ["CMD-SHELL", "curl -f http://localhost/"], "interval": 10, "retries": 2}


def _base(lab: Lab, **labels: str) -> World:
    # What the machine itself takes shall not count: time passes by settling only.
    lab.clock(speed=1)
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    if labels:
        world.push("team/app", "v1", labels={f"lab.{k}": v for k, v in labels.items()})
    return world


def _balanced(lab: Lab, **changes: Any) -> World:
    world = _base(lab).balancer()
    return world.service(exec_=False, loadBalancers=world.behind(), **changes).settle(60)


def _events(world: World) -> list[str]:
    return [str(e["message"]) for e in world.describe()["events"]]


def _health(world: World) -> list[dict[str, Any]]:
    found = world.client("elbv2").describe_target_health(TargetGroupArn=world.target_group)
    return [d["TargetHealth"] for d in found["TargetHealthDescriptions"]]


def _shut_out(world: World) -> None:
    groups = world.client("ec2").describe_security_groups(GroupIds=[world.task_group])
    world.client("ec2").revoke_security_group_ingress(
        GroupId=world.task_group, IpPermissions=groups["SecurityGroups"][0]["IpPermissions"]
    )


def test_a_hanging_program_is_replaced_by_a_task_that_is_healthy_first(lab: Lab) -> None:
    world = _base(lab, **{"sick-after": "120"})
    world.task_definition(containers=[world.container(healthCheck=_CHECK)])
    world.service(exec_=False).settle(100)
    first = world.tasks()[0]
    assert (first["healthStatus"], world.describe()["runningCount"]) == ("HEALTHY", 1)

    world.settle(90)
    now = {t["taskArn"]: t for t in world.tasks()}
    assert now[first["taskArn"]]["healthStatus"] == "UNHEALTHY"
    assert now[first["taskArn"]]["containers"][0]["healthStatus"] == "UNHEALTHY"
    assert len(now) == 2

    world.settle(60)
    assert [t["healthStatus"] for t in world.tasks()] == ["HEALTHY"]
    stopped = world.tasks(status="STOPPED")[0]
    assert stopped["taskArn"] == first["taskArn"]
    assert (stopped["stopCode"], stopped["stoppedReason"]) == (
        "ServiceSchedulerInitiated",
        "Task failed container health checks",
    )
    task = first["taskArn"].rsplit("/", 1)[-1]
    assert f"(service web) (task {task}) failed container health checks." in _events(world)


def test_without_room_for_a_replacement_the_unhealthy_task_goes_first(lab: Lab) -> None:
    world = _base(lab, **{"sick-after": "100"})
    world.task_definition(containers=[world.container(healthCheck=_CHECK)])
    fixed = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    world.service(exec_=False, deploymentConfiguration=fixed).settle(80)
    first = world.tasks()[0]["taskArn"]
    world.settle(90)
    assert first not in [t["taskArn"] for t in world.tasks()]
    assert world.reasons() == ["Task failed container health checks"]


def test_a_task_that_no_service_started_goes_on_unhealthy_as_it_is(lab: Lab) -> None:
    world = _base(lab, **{"sick-after": "60"})
    world.task_definition(containers=[world.container(healthCheck=_CHECK)])
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="prod")
    network = world.network_configuration
    made = ecs.run_task(cluster="prod", taskDefinition="web", networkConfiguration=network)
    arn = made["tasks"][0]["taskArn"]
    seen = []
    for _ in range(2):
        world.settle(60)
        task = ecs.describe_tasks(cluster="prod", tasks=[arn])["tasks"][0]
        seen.append((task["lastStatus"], task["healthStatus"]))
    assert seen == [("RUNNING", "HEALTHY"), ("RUNNING", "UNHEALTHY")]


def test_a_targets_health_is_what_the_last_checks_found(lab: Lab) -> None:
    world = _balanced(lab)
    assert _health(world) == [{"State": "healthy"}]
    _shut_out(world)
    assert _health(world) == [{"State": "healthy"}]
    world.settle(90)
    assert {
        "State": "unhealthy",
        "Reason": "Target.Timeout",
        "Description": "Request timed out",
    } in _health(world)
    assert any(
        e.endswith(f"is unhealthy in (target-group {world.target_group}) due to (reason Request"
                   " timed out).")
        for e in _events(world)
    )  # fmt: skip


def test_a_health_check_has_its_own_port_and_needs_the_acls_of_both_subnets(lab: Lab) -> None:
    world = _base(lab)
    tasks, table = world.subnets, world.route_table
    own = world.add_private_subnets().subnets
    world.subnets, world.route_table = tasks, table
    world.balancer(subnets=own, HealthCheckPort="9000")
    world.admit(9000, world.task_group, world.balancer_group)
    world.service(exec_=False, loadBalancers=world.behind()).settle(60)
    elb = world.client("elbv2")
    (target,) = elb.describe_target_health(TargetGroupArn=world.target_group)[
        "TargetHealthDescriptions"
    ]
    assert (target["Target"]["Port"], target["HealthCheckPort"]) == (80, "9000")
    assert target["TargetHealth"] == {"State": "healthy"}
    answers = {"From": 1024, "To": 65535}
    acl_for(
        world,
        own,
        {"Egress": False, "RuleNumber": 90, "Protocol": "6", "RuleAction": "deny",
         "CidrBlock": "0.0.0.0/0", "PortRange": answers},
    )  # fmt: skip
    world.settle(90)
    assert "Target.Timeout" in [one.get("Reason") for one in _health(world)]


def test_a_target_that_nobody_reaches_any_more_gives_way_once_a_new_one_is_reached(
    lab: Lab,
) -> None:
    world = _balanced(lab)
    first = world.tasks()[0]["taskArn"]
    _shut_out(world)
    world.settle(80)
    assert first in [t["taskArn"] for t in world.tasks()]
    world.admit(80, world.task_group, world.balancer_group)
    world.settle(600)
    assert _health(world) == [{"State": "healthy"}]
    reasons = world.reasons()
    assert f"Task failed ELB health checks in (target-group {world.target_group})" in reasons
    assert first not in [t["taskArn"] for t in world.tasks()]
    assert "(service web) has begun draining connections on 1 tasks." in _events(world)


def test_a_clock_that_is_moved_an_hour_ahead_does_not_make_up_for_every_check(lab: Lab) -> None:
    world = _balanced(lab)
    lab.clock(advance=3600)
    assert _health(world) == [{"State": "healthy"}]
    assert world.describe()["runningCount"] == 1
