"""Target groups read from written answers: ports, groups, zones, and what health checks say."""

import pytest

from tests.aws.balancing import (
    ARN,
    BALANCERS,
    FROM_BALANCER,
    GROUPS,
    HEALTH,
    OTHER,
    Json,
    admitting,
    balancer,
    container,
    read,
    states,
    target_group,
)
from tests.aws.scripted import Scripted
from tests.network.worlds import TASK_GROUP, TASK_SUBNET, group, rule, with_item
from wizard.aws.answers import Refused
from wizard.aws.calls import Calls
from wizard.aws.reading import Reading
from wizard.core.facts import Target
from wizard.core.unread import Unread
from wizard.network import Interface


async def test_a_group_that_fits_and_is_healthy_is_well_and_tells_what_it_asks() -> None:
    found, said = await read(states("healthy"), service={"healthCheckGracePeriodSeconds": 30})
    assert found.problem is None
    assert f"{GROUPS}: web has target type ip, port 80" in said
    assert "traffic-port /health 200" in said
    assert "ecs:DescribeServices: web ignores the health of a new task for 30 s" in said


async def test_a_type_that_was_not_told_is_not_a_wrong_one() -> None:
    bare = {"TargetGroupArn": ARN}
    found, _ = await read(states("healthy"), groups=bare)
    assert isinstance(found.problem, Unread)
    found, _ = await read(states(), groups=target_group(TargetType="instance"))
    assert (found.problem, found.says) == ("type", "instance")


@pytest.mark.parametrize(
    "rules",
    [
        FROM_BALANCER,
        [rule(80, cidr="10.0.0.0/16")],
        [rule(cidr="0.0.0.0/0")],
        [rule(80, cidr="10.0.9.0/24"), rule(80, cidr="10.0.2.0/24")],
    ],
)
async def test_the_tasks_group_admits_the_balancer_by_group_or_by_range(rules: list[Json]) -> None:
    found, _ = await read(states("initial"), view=admitting(*rules))
    assert found.problem is None


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule(8080, group="sg-lb")],
        [rule(80, group="sg-other")],
        [rule(80, cidr="192.168.0.0/16")],
        [rule(80, cidr="0.0.0.0/0", protocol="udp")],
    ],
)
async def test_a_group_that_keeps_the_balancer_out_is_named(rules: list[Json]) -> None:
    found, said = await read(states("unhealthy:Target.Timeout"), view=admitting(*rules))
    assert (found.problem, found.says) == ("closed", TASK_GROUP)
    assert "ec2:DescribeSecurityGroups" in said


async def test_the_health_checks_own_port_must_be_admitted_too() -> None:
    asked = target_group(HealthCheckPort="9000")
    both = [container("app", 80), container("envoy", 9000)]
    found, _ = await read(states("unhealthy:Target.Timeout"), groups=asked, containers=both)
    assert found.problem == "closed"


async def test_a_balancer_without_groups_comes_by_its_own_addresses() -> None:
    network = balancer("eu-west-1a", Type="network", SecurityGroups=[])
    timeout = states("unhealthy:Target.FailedHealthChecks")
    found, _ = await read(timeout, lb=network, view=admitting(rule(80, group="sg-lb")))
    assert found.problem == "closed"
    found, _ = await read(
        states("healthy"), lb=network, view=admitting(rule(80, cidr="10.0.9.0/24"))
    )
    assert found.problem is None


async def test_a_range_that_may_or_may_not_hold_the_balancer_leaves_it_open() -> None:
    network = balancer("eu-west-1a", Type="network", SecurityGroups=[])
    some = admitting(rule(80, cidr="10.0.9.0/25"))
    found, _ = await read(states("initial"), lb=network, view=some)
    assert isinstance(found.problem, Unread)


async def test_a_port_that_a_sidecar_declares_may_be_checked() -> None:
    asked = target_group(HealthCheckPort="9000")
    view = admitting(rule(80, group="sg-lb"), rule(9000, group="sg-lb"))
    both = [container("app", 80), container("envoy", 9000)]
    timeout = states("unhealthy:Target.Timeout")
    found, _ = await read(timeout, groups=asked, containers=both, view=view)
    assert found.problem == "health"
    found, _ = await read(timeout, groups=asked, view=view)
    assert (found.problem, found.says) == ("port", "9000, not 80")


@pytest.mark.parametrize("state", ["healthy", "unhealthy:Target.ResponseCodeMismatch"])
async def test_a_port_that_answers_is_not_a_wrong_one(state: str) -> None:
    asked = target_group(HealthCheckPort="9000")
    view = admitting(rule(80, group="sg-lb"), rule(9000, group="sg-lb"))
    found, _ = await read(states(state), groups=asked, view=view)
    assert found.problem == (None if state == "healthy" else "health")


async def test_ranges_of_ports_count_as_declared() -> None:
    ranged = {"name": "app", "portMappings": [{"containerPortRange": "8000-9000"}]}
    asked = target_group(HealthCheckPort="8500")
    view = admitting(rule(80, group="sg-lb"), rule(8500, group="sg-lb"))
    link = [{"targetGroupArn": ARN, "containerName": "app"}]
    found, _ = await read(
        states("initial"),
        groups=asked,
        view=view,
        containers=[ranged],
        service={"loadBalancers": link},
    )
    assert found.problem is None


async def test_a_target_in_a_zone_that_is_not_enabled_is_never_healthy() -> None:
    away = {
        "State": "unused",
        "Reason": "Target.NotInUse",
        "Description": "Target is in an Availability Zone that is not enabled "
        "for the load balancer",
    }
    found, said = await read(states("healthy", away))
    assert found.problem == "health"
    assert "Availability Zone" in said


async def test_a_subnet_in_a_zone_that_no_balancer_has_is_found_before_any_target_is_there() -> (
    None
):
    found, said = await read(states(), lb=balancer("eu-west-1b"))
    assert found.problem == "health"
    assert f"{BALANCERS}: {TASK_SUBNET} is in eu-west-1a" in said
    found, _ = await read(states("healthy"), lb=balancer("eu-west-1b"))
    assert found.problem is None
    found, _ = await read(states(), lb=balancer(SecurityGroups=["sg-lb"]))
    assert found.problem is None


async def test_an_event_counts_for_the_group_that_it_names() -> None:
    def event(arn: str) -> Json:
        text = f"(service web) (task 1) failed ELB health checks in (target-group {arn})"
        return {"events": [{"message": text}]}

    found, _ = await read(states("initial"), service=event(ARN))
    assert found.problem == "health"
    found, _ = await read(states("initial"), service=event(OTHER))
    assert found.problem is None
    steady = {"message": "(service web) has reached a steady state."}
    found, _ = await read(states("initial"), service={"events": [steady, *event(ARN)["events"]]})
    assert found.problem is None


async def test_health_that_may_not_be_read_is_neither_well_nor_ill() -> None:
    denied = Refused(HEALTH, "AccessDenied")
    found, _ = await read(denied)
    assert found.problem == Unread(HEALTH, "AccessDenied", among=("health",))
    found, _ = await read(
        denied, groups=target_group(HealthCheckPort="9000"), view=admitting(rule(cidr="0.0.0.0/0"))
    )
    assert found.problem == Unread(HEALTH, "AccessDenied", among=("health", "port", "undeclared"))


async def test_a_task_without_groups_of_its_own_has_the_default_group() -> None:
    default = group("sg-default", [rule(80, group="sg-lb")], name="default")
    view = with_item(admitting(), "security_groups", TASK_GROUP, **default)
    source = Scripted(
        {
            GROUPS: {"TargetGroups": [target_group()]},
            HEALTH: states("healthy"),
            BALANCERS: {"LoadBalancers": [balancer("eu-west-1a")]},
        }
    )
    link = {"targetGroupArn": ARN, "containerName": "app", "containerPort": 80}
    given = {
        "service-answer": {"loadBalancers": [link]},
        "task-definition": {"containerDefinitions": [container()]},
        "network-view": view,
        "task-interfaces": [Interface(TASK_SUBNET)],
    }
    (found,) = await Reading(Calls(source, 20), Target(), (), given).part("target_groups")
    assert found.problem is None
