"""One broken way, several names: which of them is confirmed, which are offered beside it.

`endpoint-missing`, `no-internet-route`, `route-blackhole` and `public-ip-missing` can describe the
same missing way. What was evidently meant decides: a default route whose target is gone is a
blackhole; one to an internet gateway without a public address is a missing address; no default
route in a VPC whose other subnets go out by NAT is a missing route; no default route in a VPC that
works with endpoints, or has no way out at all, is a missing endpoint. An endpoint that exists for
the very service, and is broken, is more evident than any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.network.endpoints import (
    GATEWAY_SERVICES,
    NOT_ASSOCIATED,
    Found,
    works_with_endpoints,
)
from wizard.network.facts import route_table_of
from wizard.network.holes import NO_ROUTE
from wizard.network.public import Public
from wizard.network.routes import NAT_GATEWAY, default_route, way_of
from wizard.network.scene import Scene
from wizard.network.types import Evidence, Item, Obstacle, Unread

MISSING = "network.endpoint-missing"
_BY_NAT = (NAT_GATEWAY, "nat-instance", "network-interface")


@dataclass(frozen=True, slots=True)
class Names:
    """The confirmed names of a broken way, and the others that would mend it too."""

    confirmed: tuple[Obstacle, ...]
    others: tuple[Obstacle, ...]


def missing(scene: Scene) -> Obstacle:
    """The endpoint that would serve the need."""
    service = scene.need.service
    kind = "Gateway" if service in GATEWAY_SERVICES else "Interface"
    fields: dict[str, object] = {
        "service": service,
        "vpc": scene.vpc_id,
        "subnet": scene.subnet_id,
        "region": scene.region,
        "type": kind,
    }
    facts = {"vpc": scene.vpc_id, "service": service, "found": 0}
    return Obstacle(MISSING, fields, (Evidence("ec2:DescribeVpcEndpoints", facts),))


def _no_route(scene: Scene) -> Obstacle:
    fields: dict[str, object] = {
        "subnet": scene.subnet_id,
        "route_table": scene.table_id,
        "vpc": scene.vpc_id,
    }
    return Obstacle(NO_ROUTE, fields)


def _other_subnets(scene: Scene) -> list[Item]:
    subnets = scene.view.subnets
    if isinstance(subnets, Unread):
        return []
    return [s for s in subnets if s.get("VpcId") in (None, scene.vpc_id)]


def others_go_by_nat(scene: Scene) -> bool:
    """Whether another subnet of the VPC has a default route to a NAT."""
    for subnet in _other_subnets(scene):
        table = route_table_of(scene.view, subnet)
        if subnet.get("SubnetId") == scene.subnet_id or isinstance(table, Unread):
            continue
        route = default_route(table.get("Routes") or ())
        if route is not None and way_of(route)[0] in _BY_NAT:
            return True
    return False


def _public_was_meant(scene: Scene, public: Public) -> bool:
    """Whether the missing way was evidently one to the internet."""
    if public.lack != "no-route":
        return True
    if works_with_endpoints(scene):
        return False
    return others_go_by_nat(scene) or scene.interface.public_ip is True


def name_it(scene: Scene, found: Found, public: Public) -> Names:
    """Names a public way that is lacking, in the presence of what endpoints there are."""
    own = public.route.obstacles
    others = (_no_route(scene),) if public.lack == "public-ip" else ()
    if not scene.need.service or scene.region != scene.view.region:
        # No endpoint of this VPC could serve it.
        return Names(own, others)
    meant = _public_was_meant(scene, public)
    if found.faults:
        only_route = all(fault.kind == NOT_ASSOCIATED for fault in found.faults)
        if only_route and meant and not works_with_endpoints(scene):
            return Names(own, found.faults + others)
        return Names(found.faults, own + others)
    if meant:
        return Names(own, (missing(scene), *others))
    return Names((missing(scene),), own + others)
