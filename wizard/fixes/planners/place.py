"""Where the task stands in the network: its subnets, groups, route tables, as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.core.facts import Obstacle
from wizard.fixes.ec2_states import filters
from wizard.fixes.operations import service_of
from wizard.fixes.planners.common import known, read
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say


@dataclass(frozen=True, slots=True)
class Place:
    """The VPC, the task's subnets (as DescribeSubnets answers them) and its security groups."""

    vpc: str
    subnets: tuple[Mapping[str, Any], ...]
    groups: tuple[str, ...]

    @property
    def subnet_ids(self) -> list[str]:
        """The ids of the subnets."""
        return [one["SubnetId"] for one in self.subnets]


def place_of(request: FixRequest) -> Place:
    """Return where the service's tasks, or the task, stand; refuse where that is not known."""
    ids, groups = _of_service(request) or _of_task(request) or ([], [])
    ids = ids or [one.subnet for one in obstacles(request) if one.subnet]
    if not ids:
        raise Refused(say("no-network"))
    subnets = _subnets(request, SubnetIds=sorted(set(ids)))
    if not subnets:
        raise Refused(say("no-network"))
    vpc = subnets[0]["VpcId"]
    return Place(vpc, tuple(subnets), tuple(groups or _default_group(request, vpc)))


def obstacles(request: FixRequest) -> list[Obstacle]:
    """Return the obstacles that the findings come from."""
    return [one for one in request.items if isinstance(one, Obstacle)]


def _subnets(request: FixRequest, **wanted: Any) -> list[Mapping[str, Any]]:
    answer = read(request, "ec2:DescribeSubnets", **wanted)
    return list((answer or {}).get("Subnets", ()))


def _of_service(request: FixRequest) -> tuple[list[str], list[str]] | None:
    name = request.target.service
    if not name:
        return None
    found = known(service_of(request.look, request.target.cluster or "default", name))
    network = ((found or {}).get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network:
        return None
    return list(network.get("subnets", ())), list(network.get("securityGroups", ()))


def _of_task(request: FixRequest) -> tuple[list[str], list[str]] | None:
    """The network interface of a task stands in its attachments."""
    if not request.target.task:
        return None
    answer = read(
        request,
        "ecs:DescribeTasks",
        cluster=request.target.cluster or "default",
        tasks=[request.target.task],
    )
    details = {
        one["name"]: one["value"]
        for task in (answer or {}).get("tasks", ())
        for attachment in task.get("attachments", ())
        for one in attachment.get("details", ())
        if "value" in one
    }
    if "subnetId" not in details:
        return None
    return [details["subnetId"]], _groups_of_interface(request, details.get("networkInterfaceId"))


def _groups_of_interface(request: FixRequest, interface: str | None) -> list[str]:
    if not interface:
        return []
    answer = request.look("ec2:DescribeNetworkInterfaces", NetworkInterfaceIds=[interface])
    found = answer.get("NetworkInterfaces", ()) if isinstance(answer, Mapping) else ()
    return [group["GroupId"] for one in found for group in one.get("Groups", ())]


def _default_group(request: FixRequest, vpc: str) -> list[str]:
    """A task without named groups gets the VPC's default one.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
    """
    wanted = filters(vpc_id=vpc, group_name="default")
    answer = read(request, "ec2:DescribeSecurityGroups", Filters=wanted)
    return [one["GroupId"] for one in (answer or {}).get("SecurityGroups", ())]


def one_per_zone(request: FixRequest, place: Place, zones: list[str]) -> list[str]:
    """Return subnets for an endpoint's interfaces: one in each of the task's zones.

    `zones` are those that the endpoint's service supports (empty: not known). Where none of the
    task's zones is supported, a subnet of the VPC in another zone carries the endpoint: traffic
    may cross zones. Subnets with the most free addresses come first.
    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    chosen = _by_zone(place.subnets, zones)
    if not chosen and zones:
        others = _subnets(request, Filters=filters(vpc_id=place.vpc))
        chosen = dict(list(_by_zone(others, zones).items())[:1])
    return sorted(chosen.values())


def _by_zone(subnets: Any, zones: list[str]) -> dict[str, str]:
    free = sorted(
        subnets, key=lambda one: (-int(one.get("AvailableIpAddressCount", 0)), one["SubnetId"])
    )
    chosen: dict[str, str] = {}
    for one in free:
        zone = one["AvailabilityZone"]
        if not zones or zone in zones:
            chosen.setdefault(zone, one["SubnetId"])
    return chosen


def route_tables(request: FixRequest, place: Place) -> list[str]:
    """Return the route tables of the task's subnets."""
    found = {table_of(request, place.vpc, subnet) for subnet in place.subnet_ids}
    return sorted(found - {""})


def table_of(request: FixRequest, vpc: str, subnet: str) -> str:
    """Return the route table of a subnet: its own, else the VPC's main one."""
    answer = read(request, "ec2:DescribeRouteTables", Filters=filters(vpc_id=vpc))
    main = ""
    for table in (answer or {}).get("RouteTables", ()):
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet:
                return str(table["RouteTableId"])
            if association.get("Main"):
                main = str(table["RouteTableId"])
    return main
