"""The service's target groups: type, ports, security groups, zones, and what health checks say.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
(states and reason codes of targets)
"""

import re

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both, together
from wizard.aws.health import Health, read_health
from wizard.aws.readers.balancer_ways import BALANCERS, shut_out, zones_off
from wizard.aws.reading import Reading, reader
from wizard.core.diagnosis import Observed
from wizard.core.facts import Maybe, TargetGroup, Unread

GROUPS = "elasticloadbalancing:DescribeTargetGroups"
HEALTH = "elasticloadbalancing:DescribeTargetHealth"
_REFUSALS = {"api.target-type-mismatch": "type", "api.container-port-missing": "port"}
_GROUP_ARN = re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:targetgroup/[\w/-]+")
EVENTS = "ecs:DescribeServices"


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
    answer, told = await both(
        reading.calls.one_of(GROUPS, "TargetGroupArns", arn, 20),
        reading.call(HEALTH, TargetGroupArn=arn),
    )
    if isinstance(answer, Refused):
        return TargetGroup(arn, answer.unread)
    listed = answer.get("TargetGroups") or ()
    group: Answer = next((one for one in listed if one["TargetGroupArn"] == arn), {})
    health = read_health(told)
    _note(reading, group, health, service)
    if not group.get("TargetType"):
        return TargetGroup(arn, Unread(GROUPS, "unexpected-answer"))
    if group["TargetType"] != "ip":
        return TargetGroup(arn, "type", str(group["TargetType"]))
    return await _judge(reading, link, group, health, service)


async def _judge(
    reading: Reading, link: Answer, group: Answer, health: Health, service: Answer
) -> TargetGroup:
    """What is wrong with a group of the right type, the surest first."""
    arn = str(group["TargetGroupArn"])
    wrong = await _wrong_port(reading, link, group, health)
    if isinstance(wrong, str):
        return TargetGroup(arn, "port", wrong)
    shut = await shut_out(reading, link, group)
    if isinstance(shut, str):
        return TargetGroup(arn, "closed", shut)
    sick = health.reasons or _told(service, arn)
    if not sick and not health.healthy:
        sick = await zones_off(reading, group)
    said = sick if isinstance(sick, str) else ""
    doubts = [one for one in (wrong, shut) if isinstance(one, Unread)]
    if said and (not doubts or any(one in said for one in _ANSWERED)):
        return TargetGroup(arn, "health", said)
    for doubt in (*doubts, health.unread):
        if doubt and not health.healthy:
            return TargetGroup(arn, doubt)
    return TargetGroup(arn, None)


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
        GROUPS,
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


async def _wrong_port(
    reading: Reading, link: Answer, group: Answer, health: Health
) -> Maybe[str | None]:
    """Whether a port is asked that no container declares.

    A declaration is not needed to listen, so a target that answers refutes it. The health check
    may go to any container of the task, a sidecar included.
    """
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict) or health.answers:
        return None
    containers = definition.get("containerDefinitions") or ()
    named = {
        port
        for one in containers
        if one.get("name") == link.get("containerName")
        for port in _ports(one)
    }
    every = {port for one in containers for port in _ports(one)}
    registered, checked = link.get("containerPort"), str(group.get("HealthCheckPort", ""))
    if named and registered and registered not in named:
        return f"{registered}, not {', '.join(map(str, sorted(named)[:5]))}"
    if checked.isdigit() and every and int(checked) not in every:
        wrong = f"{checked}, not {', '.join(map(str, sorted(every)[:5]))}"
        return health.unread or wrong
    return None


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
