"""The task's interfaces and its VPC, as far as they can be read."""

from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both, together
from wizard.aws.reading import Reading, reader
from wizard.core.unread import Maybe, Unread
from wizard.network.types import Interface, NetworkView
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
    # Prefix lists and DHCP options hang on nothing: they are asked for while the VPC is found.
    vpc, ((_, sets), mounts) = await both(
        reading.part("vpc-id"),
        both(
            both(reading.part("prefix-lists"), _list(reading, DHCP, "DhcpOptions")),
            reading.part("mount-targets"),
        ),
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
        dhcp_options=_dhcp(found, sets, place.account),
        **dict(zip(_BY_VPC, parts, strict=True)),
    )


async def _list(reading: Reading, call: str, key: str, **params: Any) -> Any:
    answer = await reading.call(call, **params)
    if isinstance(answer, Refused):
        return Unseen(call, answer.code)
    # EC2 gives an empty list where there is nothing; an answer without the list told nothing.
    told = answer.get(key)
    return Unseen(call, "unexpected-answer") if told is None else told


async def _attribute(reading: Reading, vpc: str, asked: str, told: str) -> Any:
    answer = await reading.call(ATTRIBUTE, VpcId=vpc, Attribute=asked)
    if isinstance(answer, Refused):
        return Unseen(ATTRIBUTE, answer.code)
    value = (answer.get(told) or {}).get("Value")
    return Unseen(ATTRIBUTE, "unexpected-answer") if value is None else bool(value)


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


def _dhcp(vpc: Any, sets: Any, account: str) -> Any:
    """The VPC's set of DHCP options, None for the default one."""
    name = "default" if isinstance(vpc, Unseen) else vpc.get("DhcpOptionsId")
    if not name or name == "default":
        return vpc if isinstance(vpc, Unseen) else None
    if isinstance(sets, Unseen):
        return sets
    found = next((one for one in sets if one.get("DhcpOptionsId") == name), None)
    if found is None:
        # The owner of a shared VPC does not show its sets; one's own set that is not there is none.
        shared = vpc.get("OwnerId") not in (None, account)
        return Unseen(DHCP, "not-found") if shared else None
    return found
