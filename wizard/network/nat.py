"""The way by a NAT gateway.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html and
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
"""

from __future__ import annotations

from wizard.network.facts import find, is_shared, must_find, route_table_of, subnet_networks
from wizard.network.holes import Lack, hole, no_route
from wizard.network.routes import INTERNET_GATEWAY, default_route, is_blackhole, way_of
from wizard.network.scene import Part, Scene, join, unread
from wizard.network.stretches import far_acl, near_acl
from wizard.network.targets import Target, internet
from wizard.network.types import Evidence, Item, Unread

_GONE = ("deleted", "deleting", "failed")


def _onward(scene: Scene, nat: Item, subnet: Item, evidence: Evidence) -> tuple[Part, Lack]:
    """The default route of the NAT gateway's own subnet."""
    table = route_table_of(scene.view, subnet)
    if isinstance(table, Unread):
        return unread(table), ""
    subnet_id, table_id = str(subnet.get("SubnetId", "")), str(table.get("RouteTableId", ""))
    route = default_route(table.get("Routes") or ())
    if route is not None and is_blackhole(route):
        return hole(scene, table_id, route, evidence), "nat-stuck"
    by_gateway = route is not None and way_of(route)[0] == INTERNET_GATEWAY
    private = nat.get("ConnectivityType", "public") == "private"
    # A private NAT gateway's traffic is dropped by an internet gateway.
    if route is None or (private and by_gateway):
        return no_route(scene, subnet_id, table_id, evidence), "nat-stuck"
    return Part(evidence=(evidence,), verified=by_gateway), ""


def _nat_subnet(scene: Scene, nat: Item, evidence: Evidence) -> tuple[Part, Lack]:
    """The NAT gateway's own subnet: its way on, and its ACL on both sides."""
    subnets, call = scene.view.subnets, "ec2:DescribeSubnets"
    subnet = must_find(subnets, "SubnetId", str(nat.get("SubnetId", "")), call)
    if isinstance(subnet, Unread):
        return unread(subnet), ""
    onward, lack = _onward(scene, nat, subnet, evidence)
    if lack or subnet.get("SubnetId") == scene.subnet_id:
        return onward, lack
    source, rest = Target(subnet_networks(scene.subnet)), internet(scene.need.service)
    acls = (far_acl(scene, source, subnet), near_acl(scene, rest, subnet, client=False))
    return join((onward, *acls)), ""


def _found(scene: Scene, nat: Item, route: Item) -> tuple[Part, Lack]:
    state = str(nat.get("State", "available")).lower()
    facts = {
        "nat_gateway": nat.get("NatGatewayId", ""),
        "state": state,
        "subnet": nat.get("SubnetId", ""),
    }
    evidence = Evidence("ec2:DescribeNatGateways", facts)
    if state in _GONE:
        return hole(scene, scene.table_id, route, evidence, state=state), "blackhole"
    if state != "available":
        return unread(Unread("ec2:DescribeNatGateways", state)), ""
    if not nat.get("SubnetId"):
        # A regional NAT gateway has no subnet and brings its own route to the internet gateway.
        return Part(evidence=(evidence,)), ""
    return _nat_subnet(scene, nat, evidence)


def nat_way(scene: Scene, route: Item) -> tuple[Part, Lack]:
    """By NAT gateway: it is there, available, and its own subnet leads on.

    One that is not in the list is gone: AWS shows a deleted one for an hour, and the route as a
    blackhole for good. In a shared VPC the owner's gateways are not shown at all.
    """
    nat = find(scene.view.nat_gateways, "NatGatewayId", way_of(route)[1])
    if isinstance(nat, Unread):
        return unread(nat), ""
    if nat is not None:
        return _found(scene, nat, route)
    if is_shared(scene.view, scene.subnet):
        return Part(verified=False), ""
    return hole(scene, scene.table_id, route), "blackhole"
