"""Routes whose target has gone are blackholes.

https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html
"""

from __future__ import annotations

from moto.ec2.models.route_tables import Route


def _state(route: Route) -> str:
    if route.nat_gateway is not None and route.nat_gateway.state != "available":
        return "blackhole"
    if route.gateway is not None and route.gateway_id and route.gateway_id.startswith("igw-"):
        gateways = route.route_table.ec2_backend.internet_gateways
        found = gateways.get(route.gateway_id)
        if found is None or found.vpc is None:
            return "blackhole"
    return "active"


# moto answers "active" for ever; its template reads this property of each route.
Route.state = property(_state)  # type: ignore[method-assign,assignment]
