"""The service's target groups: type, ports, security groups, zones, and what health checks say.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
(states and reason codes of targets)
"""

import re
from dataclasses import replace

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both, together
from wizard.aws.health import Health, read_health
from wizard.aws.readers.balancer_ways import (
    BALANCERS,
    TARGET_GROUPS,
    Approach,
    approached,
    checked_port,
    links,
    note_groups,
    target_group,
    zones_off,
)
from wizard.aws.reading import Reading, reader
from wizard.core.facts import TargetGroup
from wizard.core.findings import Observed
from wizard.core.unread import Maybe, Unread
from wizard.network.approach import GROUP_BLOCKS
from wizard.network.stretches import ACL_BLOCKS

HEALTH = "elasticloadbalancing:DescribeTargetHealth"
_REFUSALS = {"api.target-type-mismatch": "type", "api.container-port-missing": "port"}
_GROUP_ARN = re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:targetgroup/[\w/-]+")
EVENTS = "ecs:DescribeServices"


@reader("target_groups", calls=(TARGET_GROUPS, HEALTH, BALANCERS))
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
    return tuple(await together(*(_read(reading, one, service) for one in links(service))))


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
    group = await target_group(reading, arn)
    if isinstance(group, Refused):
        return TargetGroup(arn, problem)
    kind = str(group.get("TargetType", ""))
    return TargetGroup(arn, None if kind == "ip" else "type", kind)


async def _read(reading: Reading, link: Answer, service: Answer) -> TargetGroup:
    arn = str(link["targetGroupArn"])
    group, told = await both(target_group(reading, arn), reading.call(HEALTH, TargetGroupArn=arn))
    if isinstance(group, Refused):
        return TargetGroup(arn, group.unread)
    health = read_health(told)
    _note(reading, group, health, service)
    if not group.get("TargetType"):
        return TargetGroup(arn, Unread(TARGET_GROUPS, "unexpected-answer"))
    if group["TargetType"] != "ip":
        return TargetGroup(arn, "type", str(group["TargetType"]))
    return await _judge(reading, link, group, health, service)


async def _judge(
    reading: Reading, link: Answer, group: Answer, health: Health, service: Answer
) -> TargetGroup:
    """What is wrong with a group of the right type, the surest first."""
    arn = str(group["TargetGroupArn"])
    containers = await _containers(reading)
    refused = "" if health.answers else _unmapped(link, containers)
    if refused:
        return TargetGroup(arn, "port", refused)
    found = await approached(reading, link, group)
    note_groups(reading, arn, found)
    said = health.reasons or _told(service, arn) or ""
    odd = _undeclared(link, group, containers)
    shut = _shut(found, silent=not health.healthy and any(one in said for one in _TIMED_OUT))
    if shut:
        return TargetGroup(arn, *shut, odd)
    if not said and not health.healthy:
        said = await zones_off(reading, group) or ""
    if any(one in said for one in _ANSWERED):
        return TargetGroup(arn, "health", said)
    doubt = found.unread or (None if said else health.unread)
    if doubt and not health.healthy:
        ways = ("closed", "acl") if found.unread else ()
        ports = ("port", "undeclared") if odd else ()
        return TargetGroup(arn, replace(doubt, among=(*ways, "health", *ports)))
    definition = await reading.part("task-definition")
    if isinstance(definition, Unread) and said and not health.answers:
        # Which ports are declared would tell a wrong port from a program that does not answer.
        return TargetGroup(arn, definition)
    return _unanswered(arn, said, odd, health)


def _shut(found: Approach, *, silent: bool) -> tuple[str, str] | None:
    """What shuts the balancer out, and its ids: all of its nodes, or of targets that are silent
    some of them."""
    for kind, problem in ((GROUP_BLOCKS, "closed"), (ACL_BLOCKS, "acl")):
        if found.named(kind):
            return problem, found.named(kind)
    some = found.partly(GROUP_BLOCKS)
    return ("closed", some) if silent and some else None


def _unanswered(arn: str, said: str, undeclared: str, health: Health) -> TargetGroup:
    """What remains once nothing stands in the way: nobody listens, or not as the check wants.

    A port need not be declared to be listened on, so that alone proves nothing.
    """
    if undeclared and health.unread:
        return TargetGroup(arn, health.unread)
    if undeclared and not health.answers:
        return TargetGroup(arn, "port" if said else "undeclared", undeclared)
    return TargetGroup(arn, "health" if said else None, said or None)


_TIMED_OUT = ("Target.Timeout", "timed out")
_ANSWERED = ("ResponseCodeMismatch", "with these codes", "vailability Zone")
"""Words that no closed port or group explains: the target answered, or was never asked
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html)."""


def _note(reading: Reading, group: Answer, health: Health, service: Answer) -> None:
    """Keep what the group asks of its targets, how they are, and how long ECS waits."""
    about = {"target_group": str(group.get("TargetGroupArn", ""))}
    name = group.get("TargetGroupName")
    codes = (group.get("Matcher") or {}).get("HttpCode") or ""
    check = f"{group.get('HealthCheckPort')} {group.get('HealthCheckPath') or ''} {codes}"
    reading.note(
        "target_groups",
        TARGET_GROUPS,
        "target-group",
        about,
        group=name,
        type=group.get("TargetType"),
        port=group.get("Port"),
        check=" ".join(check.split()),
    )
    if health.unread is None:
        values = {"group": name, "healthy": health.healthy, "all": health.all}
        reasons = health.reasons or "–"
        reading.note("target_groups", HEALTH, "target-health", about, reasons=reasons, **values)
    seconds = int(service.get("healthCheckGracePeriodSeconds") or 0)
    values = {"service": service.get("serviceName", ""), "seconds": seconds}
    reading.note("target_groups", EVENTS, "grace-period", about, **values)


def _ports(container: Answer) -> set[int]:
    """The ports that a container declares, ranges included."""
    found: set[int] = set()
    for mapping in container.get("portMappings") or ():
        if mapping.get("containerPort"):
            found.add(int(mapping["containerPort"]))
        low, dash, high = str(mapping.get("containerPortRange") or "").partition("-")
        if dash and low.isdigit() and high.isdigit():
            found |= set(range(int(low), int(high) + 1))
    return found


async def _containers(reading: Reading) -> list[Answer]:
    """The containers of the task definition, none where it cannot be read."""
    definition = await reading.part("task-definition")
    return (
        list(definition.get("containerDefinitions") or ()) if isinstance(definition, dict) else []
    )


def _unmapped(link: Answer, containers: list[Answer]) -> str:
    """The service's port where its container does not map it, which ECS demands.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
    """
    mine = [_ports(one) for one in containers if one.get("name") == link.get("containerName")]
    named = set[int]().union(*mine)
    port = link.get("containerPort")
    return _not_among(int(port), named) if port and port not in named else ""


def _undeclared(link: Answer, group: Answer, containers: list[Answer]) -> str:
    """The health check's port where no container declares it, a sidecar included."""
    every = set[int]().union(*map(_ports, containers))
    port = checked_port(link, group)
    return _not_among(port, every) if port and port not in every else ""


def _not_among(port: int, declared: set[int]) -> str:
    """The two in words; empty where nothing is declared, so nothing can be compared."""
    return f"{port}, not {', '.join(map(str, sorted(declared)[:5]))}" if declared else ""


def _told(service: Answer, arn: str) -> str | None:
    """Return what the events since the last steady state say of this group's health checks."""
    name = arn.split("/")[1] if arn.count("/") > 1 else arn
    for event in (service.get("events") or ())[:30]:
        message = str(event.get("message", ""))
        if "has reached a steady state" in message:
            return None
        failed = "is unhealthy in" in message or "failed ELB health checks" in message
        named = _GROUP_ARN.search(message)
        about = arn.startswith(named.group()) if named else f"target-group {name}" in message
        if failed and (about or "target-group" not in message):
            return message[:300]
    return None
