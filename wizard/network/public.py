"""The public way: out of the VPC by the route table.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
(an internet gateway serves only tasks with a public address; a private subnet needs a NAT),
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html,
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_network

from wizard.network.facts import find, is_shared
from wizard.network.holes import Lack, hole, no_route, table_evidence
from wizard.network.instances import BY_INSTANCE, instance_way
from wizard.network.nat import nat_way
from wizard.network.routes import (
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    default_route,
    destination,
    is_blackhole,
    partial_routes,
    untold_lists,
    way_of,
)
from wizard.network.scene import Part, Scene, blocked, join, unread
from wizard.network.sixth import evidence_of, may_have_ipv6, way_out
from wizard.network.stretches import groups_part, near_acl
from wizard.network.targets import internet
from wizard.network.types import Evidence, Item, Unread

PUBLIC_IP = "network.public-ip-missing"
_WIDE = 8
"""The longest prefix of a route that services of AWS are likely to have addresses in."""


@dataclass(frozen=True, slots=True)
class Public:
    """The public way: its kind, the route's part, the rest (groups, ACLs), and what is lacking."""

    way: str
    route: Part
    rest: Part
    lack: Lack = ""

    @property
    def whole(self) -> Part:
        """Route and rest together."""
        return join((self.route, self.rest))


def _gateway(scene: Scene, route: Item) -> tuple[Part, Lack]:
    """By internet gateway: attached, and the task has a public address."""
    _, target = way_of(route)
    gateway = find(scene.view.internet_gateways, "InternetGatewayId", target)
    if gateway is None and not is_shared(scene.view, scene.subnet):
        return hole(scene, scene.table_id, route), "blackhole"
    if gateway is not None and not isinstance(gateway, Unread):
        attachments = gateway.get("Attachments")
        attached = [a.get("VpcId") for a in attachments or ()]
        if attachments is not None and scene.vpc_id not in attached:
            return hole(scene, scene.table_id, route), "blackhole"
    public = scene.interface.public_ip
    if isinstance(public, Unread):
        return unread(public), ""
    if public:
        return Part(evidence=(table_evidence(scene, route),)), ""
    fields: dict[str, object] = {"subnet": scene.subnet_id, "route_table": scene.table_id}
    seen = table_evidence(scene, route)
    shown = Evidence(seen.call, {**seen.facts, "public_ip": False})
    return blocked(PUBLIC_IP, fields, shown), "public-ip"


def _by_route(scene: Scene, route: Item) -> tuple[str, Part, Lack]:
    way, _ = way_of(route)
    if is_blackhole(route):
        return way, hole(scene, scene.table_id, route), "blackhole"
    if way == INTERNET_GATEWAY:
        return way, *_gateway(scene, route)
    if way == NAT_GATEWAY:
        return way, *nat_way(scene, route)
    if way in BY_INSTANCE:
        return way, *instance_way(scene, route)
    return way, Part(evidence=(table_evidence(scene, route),), verified=False), ""


def _without_default(scene: Scene) -> tuple[str, Part, Lack]:
    """No route for everything: perhaps routes to parts of the internet, or IPv6."""
    parts = [r for r in partial_routes(scene.view, scene.routes) if not is_blackhole(r)]
    if parts:
        way, part, lack = _by_route(scene, parts[0])
        return way, replace(part, verified=False), lack
    untold = untold_lists(scene.view, scene.routes)
    if untold:
        return "", unread(*untold), ""
    sixth = way_out(scene)
    if sixth is not None and may_have_ipv6(scene) and not scene.need.ipv4_only:
        # Which AWS endpoints answer on IPv6, and whether the agent asks, is not known here.
        seen = evidence_of(scene, sixth)
        return way_of(sixth)[0], Part(evidence=(seen,), verified=False), ""
    evidence = table_evidence(scene, None)
    return "", no_route(scene, scene.subnet_id, scene.table_id, evidence), "no-route"


def public_way(scene: Scene) -> Public:
    """How traffic to a public address leaves the task's subnet."""
    target = internet(scene.need.service)
    rest = join((groups_part(scene, target), near_acl(scene, target)))
    if isinstance(scene.table, Unread):
        # What shuts out the internet may let out to where the table leads.
        doubt = replace(rest, ok=None, obstacles=(), suspects=rest.obstacles + rest.suspects)
        return Public("", unread(scene.table), rest if rest.ok else doubt)
    route = default_route(scene.routes)
    way, part, lack = _by_route(scene, route) if route else _without_default(scene)
    return Public(way, _doubted(scene, part) if route and part.ok else part, rest, lack)


def _doubted(scene: Scene, part: Part) -> Part:
    """Doubt the default route where a more specific one leads elsewhere or nowhere, for it is not
    known which addresses the service has."""
    wide = [one for one in partial_routes(scene.view, scene.routes) if _is_wide(one)]
    broken = [one for one in wide if is_blackhole(one)]
    if not broken:
        return replace(part, verified=part.verified and not wide)
    unknown = Unread("ec2:DescribeRouteTables", "address-not-known")
    suspects = hole(scene, scene.table_id, broken[0]).obstacles
    return replace(part, ok=None, suspects=suspects, unread=(unknown,))


def _is_wide(route: Item) -> bool:
    """Whether a route is for so much of the internet that a service may well be in it."""
    if route.get("DestinationPrefixListId"):
        return False
    return ip_network(destination(route), strict=False).prefixlen <= _WIDE
