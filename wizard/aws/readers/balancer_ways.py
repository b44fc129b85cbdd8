"""The way from a load balancer to the task: groups and ACLs of both ends, and its zones.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
(the groups of targets must admit the balancer on the traffic and the health check port),
https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
(targets in a zone that is not enabled get nothing)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import together
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Obstacle
from wizard.core.unread import Maybe, Unread
from wizard.network.approach import GROUP_BLOCKS, Balancer, Probe, approach
from wizard.network.scene import Part
from wizard.network.stretches import ACL_BLOCKS
from wizard.network.types import Obstacle as Stop
from wizard.network.types import Unread as Unseen

TARGET_GROUPS = "elasticloadbalancing:DescribeTargetGroups"
BALANCERS = "elasticloadbalancing:DescribeLoadBalancers"
GROUPS, ACLS = "ec2:DescribeSecurityGroups", "ec2:DescribeNetworkAcls"
_LAST_RULE = 32767
"""How the API numbers the rule that the console shows as `*`
(https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html)."""


@dataclass(frozen=True, slots=True)
class Approach:
    """What stands between the load balancers of a target group and the task.

    `stops` are proven, `doubts` stand in some of the balancer's ways only; `unread` is what kept
    the rest from being judged.
    """

    stops: tuple[Stop, ...] = ()
    doubts: tuple[Stop, ...] = ()
    unread: Unread | None = None

    def named(self, kind: str) -> str:
        """Return the ids of the groups or ACLs that are shut, empty where none is."""
        return _named(one for one in self.stops if one.kind == kind)

    def partly(self, kind: str) -> str:
        """Return the ids of those that are shut for some of the balancer's nodes."""
        return _named(one for one in self.doubts if one.kind == kind)


def _named(stops: Iterable[Stop]) -> str:
    fields = [one.fields for one in stops]
    ids = [str(i) for one in fields for i in one.get("groups") or (one.get("acl", ""),)]
    return ", ".join(dict.fromkeys(ids))


async def target_group(reading: Reading, arn: str) -> Answer | Refused:
    """Return the entry of DescribeTargetGroups, empty where it was not told."""
    answer = await reading.calls.one_of(TARGET_GROUPS, "TargetGroupArns", arn, 20)
    if isinstance(answer, Refused):
        return answer
    listed = answer.get("TargetGroups") or ()
    return next((one for one in listed if one["TargetGroupArn"] == arn), {})


def links(service: Answer) -> list[Answer]:
    """Return those of the service's load balancers that have a target group."""
    return [one for one in service.get("loadBalancers", ()) if one.get("targetGroupArn")]


async def _balancers(reading: Reading, group: Answer) -> Maybe[list[Answer]]:
    arns = group.get("LoadBalancerArns") or []
    if not arns:
        return []
    answer = await reading.call(BALANCERS, LoadBalancerArns=arns)
    return answer.unread if isinstance(answer, Refused) else list(answer.get("LoadBalancers") or ())


def _enabled(balancer: Answer) -> list[Answer]:
    return list(balancer.get("AvailabilityZones") or ())


def _is_network(balancer: Answer) -> bool:
    return balancer.get("Type") == "network"


def _balancer(balancer: Answer) -> Balancer:
    subnets = tuple(str(one["SubnetId"]) for one in _enabled(balancer) if one.get("SubnetId"))
    groups = balancer.get("SecurityGroups", () if _is_network(balancer) else None)
    return Balancer(subnets, None if groups is None else tuple(groups))


def checked_port(link: Answer, group: Answer) -> int:
    """Return the port that the health check asks, 0 where it is not known."""
    told = str(group.get("HealthCheckPort", ""))
    return int(told) if told.isdigit() else int(link.get("containerPort") or 0)


def _probes(link: Answer, group: Answer, balancer: Answer) -> list[Probe]:
    """The health check, always by TCP, and the traffic where it goes another way."""
    check = Probe(checked_port(link, group))
    protocol = str(group.get("Protocol", ""))
    relayed = _is_network(balancer)
    traffic = Probe(
        int(link.get("containerPort") or 0), "udp" if protocol == "UDP" else "tcp", relayed
    )
    apart = (traffic.port, traffic.protocol) != (check.port, check.protocol)
    return [one for one in ((check, traffic) if apart else (check,)) if one.port]


async def approached(reading: Reading, link: Answer, group: Answer) -> Approach:
    """Return what stands in the way from the group's load balancers to the task."""
    balancers = await _balancers(reading, group)
    view, interfaces = await reading.part("network-view"), await reading.part("task-interfaces")
    if isinstance(balancers, Unread):
        return Approach(unread=balancers)
    for one in (view, interfaces):
        if isinstance(one, Unread):
            return Approach(unread=one)
    if balancers and str(group.get("IpAddressType", "ipv4")) != "ipv4":
        return Approach(unread=Unread(GROUPS, "address-not-known"))
    parts = [
        approach(view, interface, _balancer(balancer), probe)
        for balancer in balancers
        for probe in _probes(link, group, balancer)
        for interface in interfaces
    ]
    return _summed(parts)


def _summed(parts: list[Part]) -> Approach:
    unread: list[Unseen] = [unseen for part in parts for unseen in part.unread]
    return Approach(
        tuple(stop for part in parts for stop in part.obstacles),
        tuple(stop for part in parts for stop in part.suspects),
        Unread(unread[0].call, unread[0].why) if unread else None,
    )


def note_groups(reading: Reading, arn: str, found: Approach) -> None:
    """Keep which groups let the balancer's connection neither out nor in."""
    told = {}
    shut = [(one, "") for one in found.stops] + [(one, "-partly") for one in found.doubts]
    for one, how in shut:
        if one.kind == GROUP_BLOCKS:
            phrase = "balancer-closed" if one.fields["side"] == "out" else f"group-closed{how}"
            told[phrase, one.fields["port"]] = ", ".join(one.fields["groups"])
    for (phrase, port), groups in told.items():
        about = {"target_group": arn}
        reading.note("target_groups", GROUPS, str(phrase), about, groups=groups, port=port)


@reader("balancer-obstacles", calls=(TARGET_GROUPS, BALANCERS))
async def balancer_obstacles(reading: Reading) -> tuple[Obstacle, ...]:
    """The network ACLs between the service's load balancers and its tasks, each once."""
    service = await reading.part("service-answer")
    if not isinstance(service, dict):
        return ()
    found = await together(*(_of_link(reading, one) for one in links(service)))
    made: dict[str, Obstacle] = {}
    for one in (obstacle for some in found for obstacle in some):
        kept = made.get(str(one.acl))
        if kept is None or (kept.status != "confirmed" and one.status == "confirmed"):
            made[str(one.acl)] = one
    return tuple(made.values())


async def _of_link(reading: Reading, link: Answer) -> list[Obstacle]:
    group = await target_group(reading, str(link["targetGroupArn"]))
    if isinstance(group, Refused):
        return [Obstacle(ACL_BLOCKS, group.unread, "health")]
    found = await approached(reading, link, group)
    stops = [(one, "confirmed") for one in found.stops if one.kind == ACL_BLOCKS]
    stops += [(one, "suspected") for one in found.doubts if one.kind == ACL_BLOCKS]
    for one, _ in stops:
        _note_acl(reading, one)
    made = [_obstacle(one, status) for one, status in stops]
    if found.unread and not made:
        made.append(Obstacle(ACL_BLOCKS, found.unread, "health"))
    return made


def _note_acl(reading: Reading, one: Stop) -> None:
    fields = one.fields
    about = {"cause": one.kind, "acl": fields["acl"], "subnet": fields["subnet"]}
    last = fields["rule"] in (None, _LAST_RULE)
    values = {**fields, "rule": "*" if last else fields["rule"]}
    reading.note("obstacles", ACLS, f"acl-{fields['direction']}", about, **values)


def _obstacle(one: Stop, status: str) -> Obstacle:
    fields = one.fields
    return Obstacle(
        one.kind,
        status,
        "health",
        subnet=str(fields["subnet"]),
        acl=str(fields["acl"]),
        says=str(fields["side"]),
        port=int(fields["port"]),
    )


async def zones_off(reading: Reading, group: Answer) -> str | None:
    """Return which zone of the task's subnets no load balancer of the group is enabled in."""
    balancers = await _balancers(reading, group)
    view, interfaces = await reading.part("network-view"), await reading.part("task-interfaces")
    if isinstance(balancers, Unread) or isinstance(view, Unread) or isinstance(interfaces, Unread):
        return None
    zones = {str(z.get("ZoneName")) for lb in balancers for z in _enabled(lb) if z.get("ZoneName")}
    if not zones or isinstance(view.subnets, Unseen):
        return None
    wanted = {one.subnet_id for one in interfaces}
    for subnet in view.subnets:
        zone = subnet.get("AvailabilityZone")
        if subnet.get("SubnetId") in wanted and zone and zone not in zones:
            about = {"target_group": str(group["TargetGroupArn"])}
            values = {"subnet": subnet["SubnetId"], "zone": zone, "zones": ", ".join(sorted(zones))}
            reading.note("target_groups", BALANCERS, "zone-not-enabled", about, **values)
            return f"{subnet['SubnetId']}: {zone} ≠ {', '.join(sorted(zones))}"
    return None
