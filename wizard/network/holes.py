"""Ways that lead nowhere: a route to a target that is gone, and no route at all."""

from __future__ import annotations

from typing import Literal

from wizard.network.routes import ANYWHERE, destination, way_of
from wizard.network.scene import Part, Scene, blocked
from wizard.network.types import Evidence, Item

BLACKHOLE = "network.route-blackhole"
NO_ROUTE = "network.no-internet-route"

Lack = Literal["", "blackhole", "public-ip", "no-route", "nat-stuck"]
"""What the public way lacks: its target, a public address, a route, or a way on behind the NAT."""


def table_evidence(scene: Scene, route: Item | None) -> Evidence:
    """A route of the task's table as it was read, or that there is no default route."""
    facts: dict[str, object] = {"route_table": scene.table_id, "subnet": scene.subnet_id}
    if route is None:
        return Evidence("ec2:DescribeRouteTables", facts | {"destination": ANYWHERE, "target": ""})
    way, target = way_of(route)
    facts |= {"destination": destination(route), "target": target, "way": way}
    return Evidence("ec2:DescribeRouteTables", facts | {"state": route.get("State", "active")})


def hole(
    scene: Scene, table_id: str, route: Item, *more: Evidence, state: str = "blackhole"
) -> Part:
    """A route whose target is gone, or forwards nothing (`state` says how it is)."""
    way, target = way_of(route)
    fields: dict[str, object] = {
        "route_table": table_id,
        "subnet": scene.subnet_id,
        "destination": destination(route),
        "target": target,
        "way": way,
        "state": state,
    }
    return blocked(BLACKHOLE, fields, table_evidence(scene, route), *more)


def no_route(scene: Scene, subnet_id: str, table_id: str, *more: Evidence) -> Part:
    """A subnet without a way to the internet."""
    fields: dict[str, object] = {
        "subnet": subnet_id,
        "route_table": table_id,
        "vpc": scene.vpc_id,
    }
    return blocked(NO_ROUTE, fields, *more)
