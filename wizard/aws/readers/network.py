"""The network ways that the task needs, by what was read of its VPC."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both, together
from wizard.aws.evidence import note_reach
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Maybe, Obstacle, Unread, Way
from wizard.network.examination import examine, examine_subnet
from wizard.network.types import Interface, Need, NetworkView, Reach
from wizard.network.types import Unread as Unseen

SUBNETS = "ec2:DescribeSubnets"
INTERFACES = "ec2:DescribeNetworkInterfaces"
ENTRIES = "ec2:GetManagedPrefixListEntries"
LISTS = "ec2:DescribeManagedPrefixLists"

_BY_VPC = {
    "subnets": (SUBNETS, "Subnets", "vpc-id"),
    "route_tables": ("ec2:DescribeRouteTables", "RouteTables", "vpc-id"),
    "security_groups": ("ec2:DescribeSecurityGroups", "SecurityGroups", "vpc-id"),
    "network_acls": ("ec2:DescribeNetworkAcls", "NetworkAcls", "vpc-id"),
    "endpoints": ("ec2:DescribeVpcEndpoints", "VpcEndpoints", "vpc-id"),
    "internet_gateways": ("ec2:DescribeInternetGateways", "InternetGateways", "attachment.vpc-id"),
}
"""Part of the view: the call that lists it, the key of the list, the filter for the VPC."""
VPC, ATTRIBUTE, NATS = "ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeNatGateways"
DHCP = "ec2:DescribeDhcpOptions"


@reader("task-interfaces", calls=(INTERFACES,))
async def task_interfaces(reading: Reading) -> Maybe[list[Interface]]:
    """The interfaces that the task has, or that the service's next tasks would get."""
    service = await reading.part("service-answer")
    if isinstance(service, dict):
        settings = _settings(service)
        if settings:
            return _wanted(settings)
    task = await reading.part("task-answer")
    if isinstance(task, Unread):
        return task
    return await _attached(reading, task) if task else Unread("ecs:DescribeTasks", "none")


def _settings(service: Answer) -> Answer | None:
    deployments = service.get("deployments") or ()
    primary: Answer = next((one for one in deployments if one.get("status") == "PRIMARY"), {})
    settings = primary.get("networkConfiguration") or service.get("networkConfiguration") or {}
    found: Answer | None = settings.get("awsvpcConfiguration")
    return found


def _wanted(settings: Answer) -> list[Interface]:
    public = settings.get("assignPublicIp") == "ENABLED"
    groups = tuple(settings.get("securityGroups") or ())
    return [Interface(subnet, groups, public) for subnet in settings.get("subnets", ())]


async def _attached(reading: Reading, task: Answer) -> Maybe[list[Interface]]:
    """A standalone task's own interface; its groups and public address are EC2's to tell."""
    details = {
        one["name"]: one.get("value", "")
        for attachment in task.get("attachments", ())
        if attachment.get("type") == "ElasticNetworkInterface"
        for one in attachment.get("details", ())
    }
    if "subnetId" not in details:
        return Unread("ecs:DescribeTasks", "none")
    groups: tuple[str, ...] = ()
    public: bool | Unseen = Unseen(INTERFACES, "not-found")
    if details.get("networkInterfaceId"):
        wanted = [{"Name": "network-interface-id", "Values": [details["networkInterfaceId"]]}]
        answer = await reading.call(INTERFACES, Filters=wanted)
        found = [] if isinstance(answer, Refused) else answer.get("NetworkInterfaces", [])
        if isinstance(answer, Refused):
            public = Unseen(answer.call, answer.code)
        if found:
            groups = tuple(group["GroupId"] for group in found[0].get("Groups", ()))
            public = bool(found[0].get("Association", {}).get("PublicIp"))
    address = details.get("privateIPv4Address", "")
    return [Interface(details["subnetId"], groups, public, address)]


@reader("vpc-id", calls=(SUBNETS,))
async def vpc_id(reading: Reading) -> Maybe[str]:
    """The VPC of the task's subnets."""
    interfaces = await reading.part("task-interfaces")
    if isinstance(interfaces, Unread):
        return interfaces
    for interface in interfaces:
        answer = await reading.calls.one_of(
            SUBNETS, "subnet-id", interface.subnet_id, 200, shape=filtered
        )
        if isinstance(answer, Refused):
            return answer.unread
        for subnet in answer.get("Subnets", ()):
            if subnet["SubnetId"] == interface.subnet_id:
                return str(subnet["VpcId"])
    return Unread(SUBNETS, "not-found")


def filtered(name: str, values: list[str]) -> dict[str, Any]:
    """Return `values` as the filter called `name`: ids that do not exist spoil no others."""
    return {"Filters": [{"Name": name, "Values": values}]}


_VIEW_CALLS = (VPC, ATTRIBUTE, NATS, DHCP, *(one[0] for one in _BY_VPC.values()))


@reader("network-view", calls=_VIEW_CALLS)
async def network_view(reading: Reading) -> Maybe[NetworkView]:
    """Everything about the VPC that the ways hang on; each part may be unread by itself."""
    # The prefix lists hang on nothing: they are asked for while the VPC is being found.
    vpc, (_, mounts) = await both(
        reading.part("vpc-id"), both(reading.part("prefix-lists"), reading.part("mount-targets"))
    )
    if isinstance(vpc, Unread):
        return vpc
    lists = together(
        *(
            _list(reading, call, key, Filters=[{"Name": name, "Values": [vpc]}])
            for call, key, name in _BY_VPC.values()
        )
    )
    parts, nats, entry, support, hostnames, prefixes = await together(
        lists,
        _list(reading, NATS, "NatGateways", Filter=[{"Name": "vpc-id", "Values": [vpc]}]),
        _list(reading, VPC, "Vpcs", VpcIds=[vpc]),
        _attribute(reading, vpc, "enableDnsSupport", "EnableDnsSupport"),
        _attribute(reading, vpc, "enableDnsHostnames", "EnableDnsHostnames"),
        reading.part("prefix-lists"),
    )
    place = await reading.part("place")
    found: Any = entry if isinstance(entry, Unseen) else (entry or [Unseen(VPC, "not-found")])[0]
    return NetworkView(
        region=place.region,
        account=place.account,
        partition=place.partition,
        vpc=found,
        dns_support=support,
        dns_hostnames=hostnames,
        nat_gateways=nats,
        prefix_lists=prefixes,
        mount_targets=mounts,
        dhcp_options=await _dhcp(reading, found),
        **dict(zip(_BY_VPC, parts, strict=True)),
    )


async def _list(reading: Reading, call: str, key: str, **params: Any) -> Any:
    answer = await reading.call(call, **params)
    return Unseen(call, answer.code) if isinstance(answer, Refused) else answer.get(key) or []


async def _attribute(reading: Reading, vpc: str, asked: str, told: str) -> Any:
    answer = await reading.call(ATTRIBUTE, VpcId=vpc, Attribute=asked)
    if isinstance(answer, Refused):
        return Unseen(ATTRIBUTE, answer.code)
    return bool(answer[told]["Value"])


@reader("prefix-lists", calls=(LISTS, ENTRIES))
async def prefix_lists(reading: Reading) -> Any:
    """AWS's own lists, with the entries of S3's: gateway endpoints are routes to them."""
    region = reading.calls.source.region
    wanted = [f"com.amazonaws.{region}.s3", f"com.amazonaws.{region}.dynamodb"]
    lists = await _list(
        reading, LISTS, "PrefixLists", Filters=[{"Name": "prefix-list-name", "Values": wanted}]
    )
    if isinstance(lists, Unseen):
        return lists
    entries = await together(
        *(_list(reading, ENTRIES, "Entries", PrefixListId=one["PrefixListId"]) for one in lists)
    )
    return [one | {"Entries": found} for one, found in zip(lists, entries, strict=True)]


async def _dhcp(reading: Reading, vpc: Any) -> Any:
    name = None if isinstance(vpc, Unseen) else vpc.get("DhcpOptionsId")
    if not name or name == "default":
        return None
    found = await _list(reading, DHCP, "DhcpOptions", DhcpOptionsIds=[name])
    return found if isinstance(found, Unseen) else (found[0] if found else None)


@reader("reaches")
async def reaches(reading: Reading) -> Maybe[list[Reach]]:
    """Every way that the task needs, from every subnet it may start in."""
    view, interfaces, needs = (
        await reading.part("network-view"),
        await reading.part("task-interfaces"),
        await reading.part("needs"),
    )
    for one in (needs, interfaces, view):
        if isinstance(one, Unread):
            return one
    found = [
        examine(view, _with_default_group(view, interface), need)
        for need in needs
        for interface in interfaces
    ]
    found += [examine_subnet(view, interface.subnet_id) for interface in interfaces]
    for reach in found:
        note_reach(reading, reach)
    return found


def _with_default_group(view: NetworkView, interface: Interface) -> Interface:
    """Without groups of its own, an interface gets the VPC's default group
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html)."""
    if interface.security_groups or isinstance(view.security_groups, Unseen):
        return interface
    groups = view.security_groups
    default = tuple(one["GroupId"] for one in groups if one.get("GroupName") == "default")
    return Interface(
        interface.subnet_id, default, interface.public_ip, interface.address, interface.ipv6
    )


@reader("obstacles")
async def obstacles(reading: Reading) -> Maybe[tuple[Obstacle, ...]]:
    """What stands in the ways; one entry for each cause, service and thing."""
    found = await reading.part("reaches")
    if isinstance(found, Unread):
        return found
    made: dict[tuple[Any, ...], Obstacle] = {}
    for reach in found:
        doubt: Maybe[str] = _undecided([reach]) or "suspected"
        for status, some in (("confirmed", reach.obstacles), (doubt, reach.remedies)):
            for one in some:
                obstacle = _obstacle(one, status, reach.need)
                made.setdefault(_identity(obstacle), obstacle)
    if not made:
        unread = _undecided(found)
        if unread:
            return unread
    confirmed = {_remedied(one) for one in made.values() if one.status == "confirmed"}
    return tuple(
        one for one in made.values() if one.status == "confirmed" or _remedied(one) not in confirmed
    )


def _remedied(one: Obstacle) -> tuple[Any, ...]:
    """What a remedy must not repeat: it is confirmed already."""
    return _identity(replace(one, status="suspected"))


def _undecided(found: Sequence[Reach]) -> Unread | None:
    """What kept a way from being judged: then an empty list would say too much."""
    for reach in found:
        if reach.state == "unknown" and reach.unread:
            return Unread(reach.unread[0].call, reach.unread[0].why)
    return None


def _identity(one: Obstacle) -> tuple[Any, ...]:
    """What makes two obstacles one finding, the status last."""
    thing = (one.endpoint, one.route_table, one.group, one.acl)
    # As a remedy, a route is offered once for its table.
    subnet = one.subnet if one.cause in _BY_SUBNET and one.status == "confirmed" else None
    service = one.service if one.cause in _BY_SERVICE else None
    return (one.cause, service, subnet, *thing, one.status)


_BY_SUBNET = (
    "network.public-ip-missing",
    "network.no-internet-route",
    "network.subnet-full",
)
_BY_SERVICE = ("network.endpoint-missing",)


def _obstacle(one: Any, status: Maybe[str], need: Need) -> Obstacle:
    fields = dict(one.fields)
    return Obstacle(
        cause=one.kind,
        status=status,
        stage=need.stage or "eni",
        service=fields.get("service") or need.service or None,
        vpc=fields.get("vpc"),
        subnet=fields.get("subnet"),
        endpoint=fields.get("endpoint"),
        route_table=fields.get("route_table"),
        group=fields.get("group"),
        task_group=fields.get("task_group") or None,
        acl=fields.get("acl"),
        state=fields.get("state"),
        host=need.host or None,
    )


@reader("ways")
async def ways(reading: Reading) -> Maybe[tuple[Way, ...]]:
    """Each needed way and whether it is open."""
    found = await reading.part("reaches")
    if isinstance(found, Unread):
        return found
    return tuple(_way(one) for one in found if one.need.service or one.need.host)


def _way(reach: Reach) -> Way:
    state: Maybe[str] = reach.state
    if reach.state == "unknown" and reach.unread:
        state = Unread(reach.unread[0].call, reach.unread[0].why)
    name = reach.need.service or reach.need.host
    return Way(name, reach.need.stage, state, reach.way or None)
