"""Looks things up in what was read: the subnet, its route table, its ACL, a group, a list.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html (a subnet without an
association uses the main route table), https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
(without one, the default ACL), https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
(what a participant of a shared VPC cannot see).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any

from wizard.network.types import Interface, Item, Items, NetworkView, Unread

SHARED = "shared-vpc"
NOT_FOUND = "not-found"


def find(items: Items, key: str, value: str) -> Item | Unread | None:
    """The item with this id, None if there is none, Unread if the list was not read."""
    if isinstance(items, Unread):
        return items
    return next((item for item in items if item.get(key) == value), None)


def must_find(items: Items, key: str, value: str, call: str) -> Item | Unread:
    """The item with this id; one that is missing was not shown to us."""
    found = find(items, key, value)
    return Unread(call, NOT_FOUND) if found is None else found


def subnet_of(view: NetworkView, subnet_id: str) -> Item | Unread:
    """The subnet's entry of DescribeSubnets."""
    return must_find(view.subnets, "SubnetId", subnet_id, "ec2:DescribeSubnets")


def vpc_id(view: NetworkView, subnet: Item) -> str:
    """The VPC's id, from whatever names it."""
    if isinstance(view.vpc, Unread) or not view.vpc.get("VpcId"):
        return str(subnet.get("VpcId", ""))
    return str(view.vpc["VpcId"])


def is_shared(view: NetworkView, subnet: Item) -> bool:
    """Whether the subnet belongs to another account (AWS RAM)."""
    owner = subnet.get("OwnerId", "")
    if not owner and not isinstance(view.vpc, Unread):
        owner = view.vpc.get("OwnerId", "")
    return bool(owner and view.account and owner != view.account)


def _in_vpc(items: Sequence[Item], subnet: Item) -> Iterable[Item]:
    vpc = subnet.get("VpcId")
    return (i for i in items if not vpc or i.get("VpcId") in (None, vpc))


def _associations(item: Item) -> Sequence[Item]:
    return item.get("Associations") or ()


def _associated(item: Item, subnet_id: str) -> bool:
    for association in _associations(item):
        state = (association.get("AssociationState") or {}).get("State", "associated")
        if association.get("SubnetId") == subnet_id and state in ("associated", "associating"):
            return True
    return False


def route_table_of(view: NetworkView, subnet: Item) -> Item | Unread:
    """The route table in effect for a subnet: the associated one, else the VPC's main one."""
    tables = view.route_tables
    if isinstance(tables, Unread):
        return tables
    subnet_id = str(subnet.get("SubnetId", ""))
    found = next((t for t in tables if _associated(t, subnet_id)), None)
    if found is None:
        mine = _in_vpc(tables, subnet)
        found = next((t for t in mine if any(a.get("Main") for a in _associations(t))), None)
    if found is None or found.get("Routes") is None:
        return Unread("ec2:DescribeRouteTables", NOT_FOUND)
    return found


def acl_of(view: NetworkView, subnet: Item) -> Item | Unread:
    """The network ACL in effect for a subnet."""
    acls = view.network_acls
    if isinstance(acls, Unread):
        return acls
    subnet_id = str(subnet.get("SubnetId", ""))
    found = None
    for acl in acls:
        if any(a.get("SubnetId") == subnet_id for a in _associations(acl)):
            found = acl
    if found is None:
        # The default ACL counts only where all lists were told and none says otherwise.
        mine = list(_in_vpc(acls, subnet))
        told = all(a.get("Associations") is not None or a.get("IsDefault") for a in mine)
        found = next((a for a in mine if a.get("IsDefault")), None) if told else None
    if found is None or found.get("Entries") is None:
        return Unread("ec2:DescribeNetworkAcls", NOT_FOUND)
    return found


def networks(cidrs: Iterable[Any]) -> tuple[IPv4Network, ...]:
    """IPv4 networks of these CIDR texts; what is none is left out."""
    found = []
    for cidr in cidrs:
        try:
            network = ip_network(str(cidr), strict=False)
        except ValueError:
            continue
        if isinstance(network, IPv4Network):
            found.append(network)
    return tuple(found)


def subnet_networks(subnet: Item) -> tuple[IPv4Network, ...]:
    """The subnet's IPv4 range."""
    return networks([subnet.get("CidrBlock", "")])


def vpc_networks(view: NetworkView, subnet: Item) -> tuple[IPv4Network, ...]:
    """All IPv4 ranges of the VPC, or the subnet's where the VPC was not read."""
    if isinstance(view.vpc, Unread):
        return subnet_networks(subnet)
    cidrs = [view.vpc.get("CidrBlock", "")]
    cidrs += [a.get("CidrBlock", "") for a in view.vpc.get("CidrBlockAssociationSet") or ()]
    return tuple(dict.fromkeys(networks(cidrs))) or subnet_networks(subnet)


def prefix_list_name(view: NetworkView, list_id: str) -> str:
    """The name of a prefix list, empty if it was not read."""
    found = find(view.prefix_lists, "PrefixListId", list_id)
    return (
        "" if found is None or isinstance(found, Unread) else str(found.get("PrefixListName", ""))
    )


def prefix_list_networks(view: NetworkView, list_id: str) -> tuple[IPv4Network, ...] | Unread:
    """The IPv4 ranges of a prefix list."""
    call = "ec2:GetManagedPrefixListEntries"
    found = find(view.prefix_lists, "PrefixListId", list_id)
    if found is None or isinstance(found, Unread):
        return found or Unread(call, "not-asked")
    if isinstance(found.get("Entries"), Unread):
        unread: Unread = found["Entries"]
        return unread
    if "Entries" in found:
        return networks(entry.get("Cidr", "") for entry in found["Entries"])
    return networks(found["Cidrs"]) if "Cidrs" in found else Unread(call, "not-asked")


def interfaces(awsvpc: Item) -> tuple[Interface, ...]:
    """One interface for each subnet of an `awsvpcConfiguration` as ECS returns it."""
    public = str(awsvpc.get("assignPublicIp", "DISABLED")).upper() == "ENABLED"
    groups = tuple(awsvpc.get("securityGroups") or ())
    return tuple(Interface(s, groups, public) for s in awsvpc.get("subnets") or ())
