"""Small VPCs in the shape of boto3's answers, and ways to change one thing in them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wizard.network import Interface, Need, NetworkView, Reach, Unread, examine
from wizard.network.types import Items

REGION = "eu-west-1"
ACCOUNT = "111122223333"
VPC = "vpc-1"
TASK_SUBNET = "subnet-a"
OTHER_SUBNET = "subnet-b"
PUBLIC_SUBNET = "subnet-p"
TASK_GROUP = "sg-task"
ENDPOINT_GROUP = "sg-endpoint"
LIST = "pl-s3"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/exec"
TASK = Interface(TASK_SUBNET, (TASK_GROUP,))

ECR_API = Need("ecr.api", actions=("ecr:GetAuthorizationToken",), principal=ROLE)
LOGS = Need("logs", principal=ROLE)
S3 = Need("s3", actions=("s3:GetObject",), bucket="prod-eu-west-1-starport-layer-bucket")
HUB = Need(host="registry-1.docker.io")


def subnet(subnet_id: str, cidr: str, zone: str = "eu-west-1a", free: int = 200) -> dict[str, Any]:
    """An entry of DescribeSubnets."""
    return {
        "SubnetId": subnet_id,
        "VpcId": VPC,
        "CidrBlock": cidr,
        "AvailabilityZone": zone,
        "AvailableIpAddressCount": free,
        "OwnerId": ACCOUNT,
    }


def route(destination: str, *, state: str = "active", **target: str) -> dict[str, Any]:
    """An entry of a route table; `target` is GatewayId=..., NatGatewayId=..., ..."""
    key = "DestinationPrefixListId" if destination.startswith("pl-") else "DestinationCidrBlock"
    return {key: destination, "State": state, **target}


LOCAL = route("10.0.0.0/16", GatewayId="local")


def table(
    table_id: str, routes: list[dict[str, Any]], subnets: tuple[str, ...] = (), main: bool = False
) -> dict[str, Any]:
    """An entry of DescribeRouteTables."""
    associations: list[dict[str, Any]] = [
        {"SubnetId": s, "Main": False, "AssociationState": {"State": "associated"}} for s in subnets
    ]
    if main:
        associations.append({"Main": True, "AssociationState": {"State": "associated"}})
    return {
        "RouteTableId": table_id,
        "VpcId": VPC,
        "Associations": associations,
        "Routes": [LOCAL, *routes],
    }


def rule(
    port: int | None = None, *, cidr: str = "", group: str = "", prefix_list: str = "", **more: str
) -> dict[str, Any]:
    """An entry of IpPermissions; without a port it is for everything."""
    made: dict[str, Any] = {
        "IpProtocol": "-1" if port is None else more.get("protocol", "tcp"),
        "IpRanges": [{"CidrIp": cidr}] if cidr else [],
        "UserIdGroupPairs": [{"GroupId": group}] if group else [],
        "PrefixListIds": [{"PrefixListId": prefix_list}] if prefix_list else [],
        "Ipv6Ranges": [],
    }
    return made if port is None else made | {"FromPort": port, "ToPort": port}


def group(
    group_id: str,
    ingress: list[dict[str, Any]] | None = None,
    egress: list[dict[str, Any]] | None = None,
    name: str = "",
) -> dict[str, Any]:
    """An entry of DescribeSecurityGroups; it lets everything out unless said otherwise."""
    out = [rule(cidr="0.0.0.0/0")] if egress is None else egress
    return {
        "GroupId": group_id,
        "GroupName": name or group_id,
        "VpcId": VPC,
        "IpPermissions": ingress or [],
        "IpPermissionsEgress": out,
    }


def acl_entry(
    number: int,
    action: str,
    *,
    egress: bool,
    cidr: str = "0.0.0.0/0",
    ports: tuple[int, int] | None = None,
    protocol: str = "",
) -> dict[str, Any]:
    """An entry of a network ACL; without ports it is for everything."""
    made: dict[str, Any] = {
        "RuleNumber": number,
        "RuleAction": action,
        "Egress": egress,
        "CidrBlock": cidr,
        "Protocol": protocol or ("-1" if ports is None else "6"),
    }
    return made if ports is None else made | {"PortRange": {"From": ports[0], "To": ports[1]}}


def acl(
    acl_id: str,
    entries: list[dict[str, Any]],
    subnets: tuple[str, ...] = (),
    default: bool = False,
) -> dict[str, Any]:
    """An entry of DescribeNetworkAcls, with the closing `*` rules."""
    closing = [acl_entry(32767, "deny", egress=e) for e in (True, False)]
    return {
        "NetworkAclId": acl_id,
        "VpcId": VPC,
        "IsDefault": default,
        "Associations": [{"SubnetId": s} for s in subnets],
        "Entries": entries + closing,
    }


def open_acl(subnets: tuple[str, ...] = ()) -> dict[str, Any]:
    """The default ACL: everything goes through."""
    entries = [acl_entry(100, "allow", egress=e) for e in (True, False)]
    return acl("acl-default", entries, subnets, default=True)


def interface_endpoint(service: str, **more: Any) -> dict[str, Any]:
    """An interface endpoint in order, in both private subnets."""
    return {
        "VpcEndpointId": f"vpce-{service}",
        "VpcEndpointType": "Interface",
        "VpcId": VPC,
        "ServiceName": f"com.amazonaws.{REGION}.{service}",
        "State": "available",
        "PrivateDnsEnabled": True,
        "SubnetIds": [TASK_SUBNET, OTHER_SUBNET],
        "Groups": [{"GroupId": ENDPOINT_GROUP}],
        "NetworkInterfaceIds": [],
        "RouteTableIds": [],
        **more,
    }


def gateway_endpoint(tables: list[str], **more: Any) -> dict[str, Any]:
    """The S3 gateway endpoint, in these route tables."""
    return {
        "VpcEndpointId": "vpce-s3",
        "VpcEndpointType": "Gateway",
        "VpcId": VPC,
        "ServiceName": f"com.amazonaws.{REGION}.s3",
        "State": "available",
        "RouteTableIds": tables,
        **more,
    }


def policy(*statements: dict[str, Any]) -> str:
    """A policy document as the API returns it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _base(**parts: Any) -> NetworkView:
    made: dict[str, Any] = {
        "vpc": {"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT},
        "dns_support": True,
        "dns_hostnames": True,
        "subnets": [
            subnet(TASK_SUBNET, "10.0.1.0/24"),
            subnet(OTHER_SUBNET, "10.0.2.0/24", "eu-west-1b"),
            subnet(PUBLIC_SUBNET, "10.0.9.0/24"),
        ],
        "security_groups": [
            group(TASK_GROUP),
            group(ENDPOINT_GROUP, [rule(443, cidr="10.0.0.0/16")]),
        ],
        "network_acls": [open_acl()],
        "endpoints": [],
        "nat_gateways": [],
        "internet_gateways": [],
        "prefix_lists": [
            {
                "PrefixListId": LIST,
                "PrefixListName": f"com.amazonaws.{REGION}.s3",
                "Cidrs": ["3.5.64.0/21", "52.218.0.0/17"],
            }
        ],
        "network_interfaces": [],
        "mount_targets": [],
        "private_zones": [],
        "resolver_rules": [],
        "profiles": [],
        "instances": [],
    }
    return NetworkView(REGION, ACCOUNT, **(made | parts))


IGW = {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": VPC, "State": "available"}]}
NAT = {
    "NatGatewayId": "nat-1",
    "State": "available",
    "SubnetId": PUBLIC_SUBNET,
    "ConnectivityType": "public",
}
PUBLIC_TABLE = table("rtb-public", [route("0.0.0.0/0", GatewayId="igw-1")], (PUBLIC_SUBNET,))


def isolated() -> NetworkView:
    """No way out at all, and no endpoint."""
    return _base(route_tables=[table("rtb-main", [], main=True)])


def with_endpoints() -> NetworkView:
    """No way out, and endpoints for everything that a task of ECR and awslogs needs."""
    services = ("ecr.api", "ecr.dkr", "logs", "ssmmessages", "secretsmanager")
    both = (TASK_SUBNET, OTHER_SUBNET)
    private = table("rtb-private", [route(LIST, GatewayId="vpce-s3")], both)
    return _base(
        route_tables=[table("rtb-main", [], main=True), private],
        endpoints=[*map(interface_endpoint, services), gateway_endpoint(["rtb-private"])],
    )


def with_nat() -> NetworkView:
    """Private subnets that go out by a NAT gateway."""
    private = table(
        "rtb-private",
        [route("0.0.0.0/0", NatGatewayId="nat-1")],
        (TASK_SUBNET, OTHER_SUBNET),
    )
    return _base(
        route_tables=[table("rtb-main", [], main=True), private, PUBLIC_TABLE],
        nat_gateways=[NAT],
        internet_gateways=[IGW],
    )


def public() -> NetworkView:
    """All subnets have a route to the internet gateway."""
    out = table("rtb-main", [route("0.0.0.0/0", GatewayId="igw-1")], main=True)
    return _base(route_tables=[out], internet_gateways=[IGW])


def put(view: NetworkView, **parts: Any) -> NetworkView:
    """The view with some of its parts replaced."""
    return replace(view, **parts)


def items_of(items: Items) -> list[Any]:
    """A list that is known to have been read."""
    assert not isinstance(items, Unread)
    return list(items)


def changed(view: NetworkView, part: str, change: Callable[[list[Any]], None]) -> NetworkView:
    """The view with one of its lists changed by a function that works in place."""
    items = copy.deepcopy(items_of(getattr(view, part)))
    change(items)
    return put(view, **{part: items})


def with_item(view: NetworkView, part: str, key: str, **fields: Any) -> NetworkView:
    """The view with some fields of one item replaced; `key` is the item's id."""

    def change(items: list[Any]) -> None:
        hits = [item for item in items if key in item.values()]
        assert hits, key
        hits[0].update(fields)

    return changed(view, part, change)


def ask(view: NetworkView, need: Need = ECR_API, interface: Interface = TASK) -> Reach:
    """The question of most tests."""
    return examine(view, interface, need)


def kinds(reach: Reach) -> list[str]:
    """The confirmed obstacles, without their common prefix."""
    return [obstacle.kind.removeprefix("network.") for obstacle in reach.obstacles]


def others(reach: Reach) -> list[str]:
    """What is offered beside them."""
    return [obstacle.kind.removeprefix("network.") for obstacle in reach.remedies]
