"""The service's target groups: type, ports, security groups, and what the health checks say."""

import re
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both, together
from wizard.aws.reading import Reading, reader
from wizard.core.diagnosis import Observed
from wizard.core.facts import Maybe, TargetGroup, Unread
from wizard.network.groups import admits
from wizard.network.targets import Target
from wizard.network.types import NetworkView

GROUPS = "elasticloadbalancing:DescribeTargetGroups"
HEALTH = "elasticloadbalancing:DescribeTargetHealth"
_REFUSALS = {"api.target-type-mismatch": "type", "api.container-port-missing": "port"}
_GROUP_ARN = re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:targetgroup/[\w/-]+")
BALANCERS = "elasticloadbalancing:DescribeLoadBalancers"


@reader("target_groups", calls=(GROUPS, HEALTH, BALANCERS))
async def target_groups(reading: Reading) -> Maybe[tuple[TargetGroup, ...]]:
    """Each target group that the service registers its tasks in."""
    service = await reading.part("service-answer")
    refused = _refused(reading)
    if refused:
        return tuple(await together(*(_told_type(reading, one) for one in refused)))
    if not isinstance(service, dict):
        task = await reading.part("task-answer")
        alone = isinstance(task, dict) and not str(task.get("group", "")).startswith("service:")
        return () if alone else service or Unread("ecs:DescribeServices", "none")
    wanted = [one for one in service.get("loadBalancers", ()) if one.get("targetGroupArn")]
    return tuple(await together(*(_read(reading, one, service) for one in wanted)))


def _refused(reading: Reading) -> list[Observed]:
    """Return the refusals by ECS of a load balancer: the service is not there, or as before."""
    return [one for one in reading.observed if one.symptom in _REFUSALS]


async def _told_type(reading: Reading, one: Observed) -> TargetGroup:
    """Return the target group that ECS refused; that of a type is looked at."""
    named = _GROUP_ARN.search(one.text)
    arn, problem = named.group() if named else "", _REFUSALS[one.symptom]
    about = {"target_group": arn}
    reading.note("target_groups", "paste", "said", about, text=one.text[:300])
    if problem != "type" or not arn:
        return TargetGroup(arn, problem, one.text[:300])
    answer = await reading.calls.one_of(GROUPS, "TargetGroupArns", arn, 20)
    if isinstance(answer, Refused):
        return TargetGroup(arn, problem)
    kinds = {one["TargetType"] for one in answer["TargetGroups"] if one["TargetGroupArn"] == arn}
    return TargetGroup(arn, None if kinds == {"ip"} else "type", ", ".join(kinds))


async def _read(reading: Reading, link: Answer, service: Answer) -> TargetGroup:
    arn = str(link["targetGroupArn"])
    answer, health = await both(
        reading.calls.one_of(GROUPS, "TargetGroupArns", arn, 20),
        reading.call(HEALTH, TargetGroupArn=arn),
    )
    if isinstance(answer, Refused):
        return TargetGroup(arn, answer.unread)
    group: Answer = next(
        (one for one in answer["TargetGroups"] if one["TargetGroupArn"] == arn), {}
    )
    about = {"target_group": arn}
    reading.note(
        "target_groups",
        GROUPS,
        "target-group",
        about,
        group=group.get("TargetGroupName"),
        type=group.get("TargetType"),
        port=group.get("Port"),
        check=f"{group.get('HealthCheckPort')} {group.get('HealthCheckPath') or ''}".strip(),
    )
    if group.get("TargetType") != "ip":
        return TargetGroup(arn, "type", str(group.get("TargetType")))
    wrong = await _wrong_port(reading, link, group)
    if wrong:
        return TargetGroup(arn, "port", wrong)
    shut = await _shut(reading, link, group)
    if isinstance(shut, str):
        return TargetGroup(arn, "closed", shut)
    sick = _sick(reading, arn, group, health, service)
    if sick is None and shut is not None:
        return TargetGroup(arn, shut)
    return sick or TargetGroup(arn, None)


async def _wrong_port(reading: Reading, link: Answer, group: Answer) -> str | None:
    """Compare the health check's port with those that the container declares."""
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return None
    named = [
        one
        for one in definition["containerDefinitions"]
        if one["name"] == link.get("containerName")
    ]
    ports = {int(m["containerPort"]) for one in named for m in one.get("portMappings", ())}
    registered, checked = link.get("containerPort"), str(group.get("HealthCheckPort", ""))
    if ports and registered not in ports:
        return f"{registered}, not {', '.join(map(str, sorted(ports)))}"
    if checked.isdigit() and ports and int(checked) not in ports:
        return f"{checked}, not {', '.join(map(str, sorted(ports)))}"
    return None


async def _shut(reading: Reading, link: Answer, group: Answer) -> Maybe[str | None]:
    """Whether the task's groups keep the load balancer's own groups out."""
    arns = group.get("LoadBalancerArns") or []
    if not arns:
        return None
    answer, view = await both(
        reading.call(BALANCERS, LoadBalancerArns=arns), reading.part("network-view")
    )
    interfaces = await reading.part("task-interfaces")
    if isinstance(answer, Refused):
        return answer.unread
    for one in (view, interfaces):
        if isinstance(one, Unread):
            return one
    theirs = tuple(g for lb in answer["LoadBalancers"] for g in lb.get("SecurityGroups") or ())
    if not theirs or not isinstance(view, NetworkView):
        return None
    return _judge(reading, view, interfaces, theirs, (link, group))


def _judge(
    reading: Reading,
    view: NetworkView,
    interfaces: Any,
    theirs: tuple[str, ...],
    where: tuple[Answer, Answer],
) -> Maybe[str | None]:
    link, group = where
    port = int(link.get("containerPort") or 0)
    for interface in interfaces:
        said = admits(view, interface.security_groups, "ingress", Target((), groups=theirs), port)
        if said.ok is not False:
            continue
        names = ", ".join(interface.security_groups)
        about = {"target_group": str(group["TargetGroupArn"])}
        reading.note(
            "target_groups",
            "ec2:DescribeSecurityGroups",
            "group-closed",
            about,
            groups=names,
            port=port,
        )
        return names
    return None


def _sick(
    reading: Reading, arn: str, group: Answer, health: Any, service: Answer
) -> TargetGroup | None:
    """Return the verdict of the health checks: of the targets now, or in the last events."""
    told = _told(service)
    if isinstance(health, Refused):
        return TargetGroup(arn, "health", told) if told else TargetGroup(arn, health.unread)
    states = [one["TargetHealth"] for one in health.get("TargetHealthDescriptions", ())]
    healthy = sum(one["State"] == "healthy" for one in states)
    reasons = sorted({str(one.get("Reason")) for one in states if one["State"] == "unhealthy"})
    reading.note(
        "target_groups",
        HEALTH,
        "target-health",
        {"target_group": arn},
        group=group.get("TargetGroupName"),
        healthy=healthy,
        all=len(states),
        reasons=", ".join(reasons) or "–",
    )
    if reasons and healthy == 0:
        return TargetGroup(arn, "health", ", ".join(reasons))
    return TargetGroup(arn, "health", told) if told else None


def _told(service: Answer) -> str | None:
    """Return what the events since the last steady state say of failed health checks."""
    for event in service.get("events", ())[:30]:
        message = str(event.get("message", ""))
        if "has reached a steady state" in message:
            return None
        if "is unhealthy in" in message or "failed ELB health checks" in message:
            return message[:300]
    return None
