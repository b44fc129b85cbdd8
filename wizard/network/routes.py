"""Routes: the longest prefix that matches decides, and what its target is.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from wizard.network.facts import prefix_list_networks
from wizard.network.targets import PUBLIC_SPACE
from wizard.network.types import Item, NetworkView, Unread

ANYWHERE = "0.0.0.0/0"
ANYWHERE_V6 = "::/0"

INTERNET_GATEWAY = "internet-gateway"
NAT_GATEWAY = "nat-gateway"
UNVERIFIED_WAYS = (
    "nat-instance",
    "network-interface",
    "transit-gateway",
    "peering",
    "vpn-gateway",
    "gateway-load-balancer",
    "local-gateway",
    "carrier-gateway",
    "core-network",
    "egress-only-gateway",
    "other",
)
"""Targets whose further course cannot be seen in this VPC's description."""

_KEYS = (
    ("NatGatewayId", NAT_GATEWAY),
    ("TransitGatewayId", "transit-gateway"),
    ("VpcPeeringConnectionId", "peering"),
    ("LocalGatewayId", "local-gateway"),
    ("CarrierGatewayId", "carrier-gateway"),
    ("CoreNetworkArn", "core-network"),
    ("EgressOnlyInternetGatewayId", "egress-only-gateway"),
    ("InstanceId", "nat-instance"),
    ("NetworkInterfaceId", "network-interface"),
)
_GATEWAYS = (
    ("igw-", INTERNET_GATEWAY),
    ("vgw-", "vpn-gateway"),
    ("eigw-", "egress-only-gateway"),
    ("vpce-", "gateway-load-balancer"),
    ("cagw-", "carrier-gateway"),
    ("nat-", NAT_GATEWAY),
    ("local", "local"),
)

_Network = IPv4Network | IPv6Network


def way_of(route: Item) -> tuple[str, str]:
    """(kind of way, id of the target) of a route."""
    for key, way in _KEYS:
        if route.get(key):
            return way, str(route[key])
    gateway = str(route.get("GatewayId", ""))
    way = next((way for start, way in _GATEWAYS if gateway.startswith(start)), "other")
    return way, gateway


def destination(route: Item) -> str:
    """What the route is for: a CIDR or a prefix list's id."""
    keys = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    return next((str(route[key]) for key in keys if route.get(key)), "")


def is_blackhole(route: Item) -> bool:
    """Whether AWS itself says that the target is gone."""
    return str(route.get("State", "active")).lower() == "blackhole"


def _ranges(view: NetworkView, route: Item) -> tuple[_Network, ...]:
    if route.get("DestinationPrefixListId"):
        listed = prefix_list_networks(view, str(route["DestinationPrefixListId"]))
        return () if isinstance(listed, Unread) else listed
    try:
        return (ip_network(destination(route), strict=False),)
    except ValueError:
        return ()


def lookup(view: NetworkView, routes: Iterable[Item], address: str) -> Item | None:
    """The route for an address: that of the longest prefix which contains it, or None.

    A prefix list counts with its longest entry that contains the address; one whose entries were
    not read is left out. Between equal prefixes a plain route comes before a list's, as AWS does.
    """
    wanted = ip_address(address)
    best: tuple[int, bool] = (-1, False)
    found: Item | None = None
    for route in routes:
        for network in _ranges(view, route):
            if network.version != wanted.version or wanted not in network:
                continue
            rank = (network.prefixlen, "DestinationPrefixListId" not in route)
            if rank > best:
                best, found = rank, route
    return found


def default_route(routes: Iterable[Item], cidr: str = ANYWHERE) -> Item | None:
    """The route for everything that no other names."""
    return next((r for r in routes if destination(r) == cidr), None)


def is_list_route(route: Item) -> bool:
    """Whether it is the route of a gateway endpoint."""
    listed = bool(route.get("DestinationPrefixListId"))
    return listed and str(route.get("GatewayId", "")).startswith("vpce-")


def untold_lists(view: NetworkView, routes: Iterable[Item]) -> tuple[Unread, ...]:
    """Why the ranges are not known of prefix lists that routes of the user's own are for."""
    lists = [
        str(r["DestinationPrefixListId"])
        for r in routes
        if r.get("DestinationPrefixListId") and not is_list_route(r) and not is_blackhole(r)
    ]
    ranges = [prefix_list_networks(view, one) for one in lists]
    return tuple(dict.fromkeys(one for one in ranges if isinstance(one, Unread)))


def partial_routes(view: NetworkView, routes: Iterable[Item]) -> list[Item]:
    """Routes to a part of the internet, for tables without a default route (`0.0.0.0/1`, ...)."""
    found = []
    for route in routes:
        if is_list_route(route):
            continue
        ranges = [one for one in _ranges(view, route) if isinstance(one, IPv4Network)]
        public = any(piece.overlaps(r) for r in ranges for piece in PUBLIC_SPACE)
        if public and way_of(route)[0] != "local" and destination(route) != ANYWHERE:
            found.append(route)
    return found


def list_route(routes: Iterable[Item], endpoint_id: str) -> Item | None:
    """The route that a gateway endpoint has put into the table."""
    for route in routes:
        if route.get("DestinationPrefixListId") and route.get("GatewayId") == endpoint_id:
            return route
    return None
