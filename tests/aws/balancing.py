"""Target groups in written answers, and what is read of them."""

from typing import Any

import wizard.aws.readers  # noqa: F401
from tests.aws.scripted import Scripted
from tests.network.worlds import TASK_GROUP, TASK_SUBNET, changed, group, rule, with_item, with_nat
from wizard.aws.answers import Refused
from wizard.aws.calls import Calls
from wizard.aws.reading import Reading
from wizard.core.facts import Obstacle, Target, TargetGroup
from wizard.network import Interface, NetworkView

Json = dict[str, Any]
ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0123456789abcdef"
OTHER = ARN.replace("/web/", "/api/")
GROUPS = "elasticloadbalancing:DescribeTargetGroups"
HEALTH = "elasticloadbalancing:DescribeTargetHealth"
BALANCERS = "elasticloadbalancing:DescribeLoadBalancers"
FROM_BALANCER = [rule(80, group="sg-lb")]


def target_group(**more: Any) -> Json:
    return {
        "TargetGroupArn": ARN,
        "TargetGroupName": "web",
        "TargetType": "ip",
        "Port": 80,
        "HealthCheckPort": "traffic-port",
        "HealthCheckPath": "/health",
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": ["arn:lb"],
        **more,
    }


def balancer(*zones: str, **more: Any) -> Json:
    subnets = {"eu-west-1a": "subnet-p", "eu-west-1b": "subnet-b"}
    enabled = [{"ZoneName": zone, "SubnetId": subnets.get(zone, "")} for zone in zones]
    return {"AvailabilityZones": enabled, "SecurityGroups": ["sg-lb"], **more}


def states(*found: str | Json) -> Json:
    """An answer of DescribeTargetHealth; a text is `state` or `state:reason`."""
    made = []
    for one in found:
        if isinstance(one, str):
            name, _, reason = one.partition(":")
            one = {"State": name} | ({"Reason": reason} if reason else {})
        made.append({"TargetHealth": one})
    return {"TargetHealthDescriptions": made}


def container(name: str = "app", *ports: int) -> Json:
    return {"name": name, "portMappings": [{"containerPort": port} for port in ports or (80,)]}


def admitting(*rules: Json, out: list[Json] | None = None) -> NetworkView:
    """The task's group admits by `rules`; the balancer's lets all out, or by the rules `out`."""
    there = changed(
        with_nat(), "security_groups", lambda them: them.append(group("sg-lb", egress=out))
    )
    return with_item(there, "security_groups", TASK_GROUP, IpPermissions=list(rules))


async def read(
    health: Json | Refused,
    *,
    groups: Json | None = None,
    lb: Json | None = None,
    view: NetworkView | None = None,
    containers: list[Json] | None = None,
    service: Json | None = None,
) -> tuple[TargetGroup, str]:
    """What is found of the service's target group, and the English evidence for it."""
    reading = asked(health, groups, lb, view, containers, service)
    (found,) = await reading.part("target_groups")
    assert reading.faults == []
    return found, evidence(reading)


async def acls(
    view: NetworkView, health: Json | Refused | None = None, *, lb: Json | None = None
) -> tuple[tuple[Obstacle, ...], str]:
    """The network ACLs between balancer and task, and the English evidence for them."""
    reading = asked(health or states("unhealthy:Target.Timeout"), None, lb, view, None, None)
    found = await reading.part("balancer-obstacles")
    assert reading.faults == []
    return found, evidence(reading)


def evidence(reading: Reading) -> str:
    return "\n".join(f"{n.evidence.call}: {n.evidence.says['en']}" for n in reading.notes)


def asked(
    health: Json | Refused,
    groups: Json | None,
    lb: Json | None,
    view: NetworkView | None,
    containers: list[Json] | None,
    service: Json | None,
) -> Reading:
    source = Scripted(
        {
            GROUPS: {"TargetGroups": [groups or target_group()]},
            HEALTH: health,
            BALANCERS: {"LoadBalancers": [lb or balancer("eu-west-1a", "eu-west-1b")]},
        }
    )
    link = {"targetGroupArn": ARN, "containerName": "app", "containerPort": 80}
    given = {
        "service-answer": {"serviceName": "web", "loadBalancers": [link], **(service or {})},
        "task-definition": {"containerDefinitions": containers or [container()]},
        "network-view": view or admitting(*FROM_BALANCER),
        "task-interfaces": [Interface(TASK_SUBNET, (TASK_GROUP,))],
    }
    return Reading(Calls(source, 20), Target(), (), given)
