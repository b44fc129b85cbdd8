"""The way from a load balancer to the task: its groups and addresses, and its zones.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
(the groups of targets must admit the balancer on the traffic and the health check port),
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html
(a Network Load Balancer without groups comes by its own addresses),
https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
(targets in a zone that is not enabled get nothing)
"""

from collections.abc import Iterable
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.reading import Reading
from wizard.core.facts import Maybe, Unread
from wizard.network.facts import networks
from wizard.network.groups import admits
from wizard.network.targets import Target
from wizard.network.types import Interface, NetworkView
from wizard.network.types import Unread as Unseen

BALANCERS = "elasticloadbalancing:DescribeLoadBalancers"
GROUPS = "ec2:DescribeSecurityGroups"


async def _balancers(reading: Reading, group: Answer) -> Maybe[list[Answer]]:
    arns = group.get("LoadBalancerArns") or []
    if not arns:
        return []
    answer = await reading.call(BALANCERS, LoadBalancerArns=arns)
    return answer.unread if isinstance(answer, Refused) else list(answer.get("LoadBalancers") or ())


def _enabled(balancer: Answer) -> list[Answer]:
    return list(balancer.get("AvailabilityZones") or ())


def _source(view: NetworkView, balancer: Answer) -> Target:
    """The balancer as the task's groups see it: its groups, and addresses in its subnets."""
    ids = {one.get("SubnetId") for one in _enabled(balancer)}
    subnets = () if isinstance(view.subnets, Unseen) else view.subnets
    ranges = networks(s.get("CidrBlock", "") for s in subnets if s.get("SubnetId") in ids)
    return Target(ranges, groups=tuple(balancer.get("SecurityGroups") or ()))


def _asked_ports(link: Answer, group: Answer) -> list[int]:
    """The port of the traffic, and that of the health check where it is another."""
    checked = str(group.get("HealthCheckPort", ""))
    ports = [int(link.get("containerPort") or 0), int(checked) if checked.isdigit() else 0]
    return [port for port in dict.fromkeys(ports) if port]


async def shut_out(reading: Reading, link: Answer, group: Answer) -> Maybe[str | None]:
    """Return the task's groups where they keep a load balancer out, None where they do not."""
    balancers = await _balancers(reading, group)
    if isinstance(balancers, Unread):
        return balancers
    view, interfaces = await reading.part("network-view"), await reading.part("task-interfaces")
    for one in (view, interfaces):
        if isinstance(one, Unread):
            return one
    doubt: Unread | None = None
    for balancer in balancers:
        source = _source(view, balancer)
        for port in _asked_ports(link, group):
            shut = _admitted(view, interfaces, source, port)
            if isinstance(shut, str):
                about = {"target_group": str(group["TargetGroupArn"])}
                values = {"groups": shut, "port": port}
                reading.note("target_groups", GROUPS, "group-closed", about, **values)
                return shut
            doubt = doubt or shut
    return doubt


def _admitted(
    view: NetworkView, interfaces: Iterable[Interface], source: Target, port: int
) -> Maybe[str | None]:
    doubt: Unread | None = None
    for interface in interfaces:
        groups = interface.security_groups or _default_group(view)
        said = admits(view, groups, "ingress", source, port)
        if said.ok is False:
            return ", ".join(groups)
        if said.ok is None:
            why = said.unread[0] if said.unread else Unseen(GROUPS, "address-not-known")
            doubt = Unread(why.call, why.why)
    return doubt


def _default_group(view: NetworkView) -> tuple[str, ...]:
    """What an interface without groups gets
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html)."""
    groups: Any = () if isinstance(view.security_groups, Unseen) else view.security_groups
    return tuple(one["GroupId"] for one in groups if one.get("GroupName") == "default")


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
