"""Fixes of the way out of a subnet: a default route to a NAT gateway, a network ACL."""

from typing import Any

from wizard.core.plan import Change, Plan
from wizard.fixes.ec2_states import default_route, filters
from wizard.fixes.planners.common import deployment, known, plan_of, read
from wizard.fixes.planners.place import obstacles, place_of, route_tables, table_of
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say

ANYWHERE = "0.0.0.0/0"
_HTTPS = 443
_CREATE, _REPLACE = "ec2:CreateRoute", "ec2:ReplaceRoute"


@fix("route.to-nat", permissions=(_CREATE, _REPLACE, "ecs:UpdateService"))
def route_to_nat(request: FixRequest) -> Plan:
    """Lead the default route of the task's subnets to a NAT gateway that is there.

    A NAT gateway is not created here: it needs a public subnet and an address of its own.
    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html
    """
    place = place_of(request)
    named = [one.route_table for one in obstacles(request) if one.route_table]
    tables = list(dict.fromkeys(named)) or route_tables(request, place)
    changes = []
    for table in tables:
        route = known(default_route(request.look, table))
        if route is None or route["State"] == "blackhole":
            changes.append(_route(request, table, route, _nat(request, place.vpc, table)))
    more, notes = deployment(request) if changes else ([], [])
    return plan_of(request, changes + more, notes)


def _route(request: FixRequest, table: str, before: Any, nat: str) -> Change:
    parameters = {
        "RouteTableId": table,
        "DestinationCidrBlock": ANYWHERE,
        "NatGatewayId": nat,
    }
    return Change(
        operation=_REPLACE if before else _CREATE,
        parameters=parameters,
        before=before,
        after={"DestinationCidrBlock": ANYWHERE, "Target": nat, "State": "active"},
        # A route to something that is gone cannot be made again.
        undo=None if before else "ec2:DeleteRoute",
        undo_parameters={} if before else {"RouteTableId": table, "DestinationCidrBlock": ANYWHERE},
        effect=request.effect(route_table=table, target=nat),
        cost=request.cost(target=nat),
    )


def _nat(request: FixRequest, vpc: str, table: str) -> str:
    """Return a public NAT gateway that is available and does not itself use `table`."""
    wanted = filters(vpc_id=vpc, state="available")
    answer = read(request, "ec2:DescribeNatGateways", Filter=wanted)
    for one in (answer or {}).get("NatGateways", ()):
        public = one.get("ConnectivityType", "public") == "public"
        if public and table_of(request, vpc, one["SubnetId"]) != table:
            return str(one["NatGatewayId"])
    raise Refused(say("no-nat", vpc=vpc))


@fix("acl.open", manual=True)
def open_acl(request: FixRequest) -> Plan:
    """Show the rules that a network ACL needs; which numbers are free is for its owner to say.

    https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
    """
    commands: dict[str, None] = {}
    for one in obstacles(request):
        # A load balancer's request comes in to the task (`says`), everything else goes out.
        there, back = ("ingress", "egress") if one.says == "in" else ("egress", "ingress")
        port = one.port if one.stage == "health" else _HTTPS
        base = f"aws ec2 create-network-acl-entry --network-acl-id {one.acl} --rule-number 90"
        base += f" --protocol tcp --rule-action allow --cidr-block {ANYWHERE}"
        if one.acl:
            commands[f"{base} --{there} --port-range From={port},To={port}"] = None
            commands[f"{base} --{back} --port-range From=1024,To=65535"] = None
    notes = [{"en": command, "ja": command} for command in commands]
    return plan_of(request, [], notes)
