"""How EC2's things look where fixes change them: endpoints, security groups, a VPC's DNS."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wizard.core.unread import Unread
from wizard.fixes.request import Look

Parameters = Mapping[str, Any]
Seen = Callable[[Look, Parameters], Any]
GONE = ("deleted", "deleting", "failed", "rejected", "expired")
"""States of an endpoint that carries no traffic and never will again.
https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html (endpoint states)
"""


def field(answer: Any, *path: str) -> Any:
    """Return what `answer` holds at `path`; None and `Unread` go through."""
    for step in path:
        if answer is None or isinstance(answer, Unread):
            return answer
        answer = answer.get(step)
    return answer


def document(value: Any) -> Any:
    """Return a policy document as a mapping, from the mapping or the text that an answer holds."""
    return json.loads(value) if isinstance(value, str) else value


def filters(**values: str | list[str]) -> list[dict[str, Any]]:
    """Return EC2 filters: `filters(vpc_id="vpc-1")` for the filter `vpc-id`."""
    return [
        {"Name": name.replace("_", "-"), "Values": [value] if isinstance(value, str) else value}
        for name, value in values.items()
    ]


def endpoint_state(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan shows of an endpoint, as DescribeVpcEndpoints answers it."""
    kept = {name: endpoint[name] for name in ("VpcId", "ServiceName", "VpcEndpointType")}
    if endpoint["VpcEndpointType"] == "Gateway":
        return kept | {"RouteTableIds": sorted(endpoint.get("RouteTableIds") or ())}
    groups = [one["GroupId"] for one in endpoint.get("Groups") or ()]
    return kept | {
        "SubnetIds": sorted(endpoint.get("SubnetIds") or ()),
        "SecurityGroupIds": sorted(groups),
        "PrivateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
    }


def _living(answer: Any) -> Any:
    endpoints = field(answer, "VpcEndpoints")
    if endpoints is None or isinstance(endpoints, Unread):
        return endpoints
    return [one for one in endpoints if str(one.get("State", "")).lower() not in GONE]


def endpoints_of(look: Look, vpc: str, service_name: str) -> Any:
    """Return the endpoints in `vpc` to `service_name` that are not gone; or `Unread`."""
    wanted = filters(vpc_id=vpc, service_name=service_name)
    return _living(look("ec2:DescribeVpcEndpoints", Filters=wanted))


def endpoint_by_id(look: Look, endpoint: str) -> Any:
    """Return the endpoint with this id, None where it is gone; or `Unread`."""
    found = _living(look("ec2:DescribeVpcEndpoints", VpcEndpointIds=[endpoint]))
    return found[0] if isinstance(found, list) and found else found or None


def _endpoint_by_service(look: Look, wanted: Parameters) -> Any:
    found = endpoints_of(look, wanted["VpcId"], wanted["ServiceName"])
    if not isinstance(found, list):
        return found
    kind = wanted.get("VpcEndpointType", "Gateway")
    return next((one for one in found if one["VpcEndpointType"] == kind), None)


def created_endpoint(look: Look, wanted: Parameters) -> Any:
    """Return the living endpoint of this kind to this service in this VPC."""
    found = _endpoint_by_service(look, wanted)
    return endpoint_state(found) if isinstance(found, Mapping) else found


def found_endpoint(look: Look, wanted: Parameters) -> Any:
    """Return what CreateVpcEndpoint would have answered."""
    found = _endpoint_by_service(look, wanted)
    if not isinstance(found, Mapping):
        return found
    return {"VpcEndpoint": {"VpcEndpointId": found["VpcEndpointId"]}}


def deleted_endpoint(look: Look, wanted: Parameters) -> Any:
    """Return the endpoint with this id, as long as it lives."""
    found = endpoint_by_id(look, wanted["VpcEndpointIds"][0])
    return endpoint_state(found) if isinstance(found, Mapping) else found


def modified_endpoint(look: Look, wanted: Parameters) -> Any:
    """Return those attributes of the endpoint that the call changes."""
    found = endpoint_by_id(look, wanted["VpcEndpointId"])
    if not isinstance(found, Mapping):
        return found
    shown: dict[str, Any] = {}
    if wanted.keys() & {"AddRouteTableIds", "RemoveRouteTableIds"}:
        shown["RouteTableIds"] = sorted(found.get("RouteTableIds") or ())
    if wanted.keys() & {"AddSecurityGroupIds", "RemoveSecurityGroupIds"}:
        shown["SecurityGroupIds"] = sorted(one["GroupId"] for one in found.get("Groups") or ())
    if "PrivateDnsEnabled" in wanted:
        shown["PrivateDnsEnabled"] = bool(found.get("PrivateDnsEnabled"))
    if wanted.keys() & {"PolicyDocument", "ResetPolicy"}:
        shown["PolicyDocument"] = document(found.get("PolicyDocument"))
    return shown


def _group_by_name(look: Look, wanted: Parameters) -> Any:
    where = filters(vpc_id=wanted["VpcId"], group_name=wanted["GroupName"])
    found = field(look("ec2:DescribeSecurityGroups", Filters=where), "SecurityGroups")
    return found[0] if isinstance(found, list) and found else found or None


def _group_state(found: Any) -> Any:
    if not isinstance(found, Mapping):
        return found
    return {"GroupName": found["GroupName"], "VpcId": found["VpcId"]}


def created_group(look: Look, wanted: Parameters) -> Any:
    """Return the group of this name in this VPC."""
    return _group_state(_group_by_name(look, wanted))


def deleted_group(look: Look, wanted: Parameters) -> Any:
    """Return the group with this id."""
    return _group_state(group_by_id(look, wanted["GroupId"]))


def found_group(look: Look, wanted: Parameters) -> Any:
    """Return what CreateSecurityGroup would have answered."""
    found = _group_by_name(look, wanted)
    return {"GroupId": found["GroupId"]} if isinstance(found, Mapping) else found


def group_by_id(look: Look, group: str) -> Any:
    """Return the security group with this id, None where there is none; or `Unread`."""
    found = field(look("ec2:DescribeSecurityGroups", GroupIds=[group]), "SecurityGroups")
    return found[0] if isinstance(found, list) and found else found or None


def rules(permissions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return IP permissions as a flat list: protocol, ports and one peer each."""
    flat = []
    for one in permissions:
        base = {"protocol": one["IpProtocol"], "from": one.get("FromPort"), "to": one.get("ToPort")}
        peers = [pair["GroupId"] for pair in one.get("UserIdGroupPairs") or ()]
        peers += [block["CidrIp"] for block in one.get("IpRanges") or ()]
        peers += [block["CidrIpv6"] for block in one.get("Ipv6Ranges") or ()]
        peers += [item["PrefixListId"] for item in one.get("PrefixListIds") or ()]
        flat += [base | {"peer": peer} for peer in peers]
    return flat


def rules_seen(side: str) -> Seen:
    """Return how to see those rules of a call that the group has on `side`; None: none."""

    def seen(look: Look, wanted: Parameters) -> Any:
        group = group_by_id(look, wanted["GroupId"])
        if not isinstance(group, Mapping):
            return group
        have = rules(group.get(side) or ())
        return [rule for rule in rules(wanted["IpPermissions"]) if rule in have] or None

    return seen


def vpc_attribute(look: Look, wanted: Parameters) -> Any:
    """Return those attributes of the VPC that the call changes."""
    shown = {}
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        if name in wanted:
            attribute = name[0].lower() + name[1:]
            answer = look("ec2:DescribeVpcAttribute", VpcId=wanted["VpcId"], Attribute=attribute)
            value = field(answer, name, "Value")
            if isinstance(value, Unread):
                return value
            shown[name] = value
    return shown


_TARGETS = (
    "NatGatewayId",
    "GatewayId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "VpcPeeringConnectionId",
)


def default_route(look: Look, table: str) -> Any:
    """Return the default IPv4 route of a route table and its state, None without one."""
    found = field(look("ec2:DescribeRouteTables", RouteTableIds=[table]), "RouteTables")
    if not isinstance(found, list) or not found:
        return found or None
    for one in found[0].get("Routes", ()):
        if one.get("DestinationCidrBlock") == "0.0.0.0/0":
            target = next((one[name] for name in _TARGETS if one.get(name)), "")
            state = one.get("State", "active")
            return {"DestinationCidrBlock": "0.0.0.0/0", "Target": target, "State": state}
    return None


def route(look: Look, wanted: Parameters) -> Any:
    """Return the default route of the call's table."""
    return default_route(look, wanted["RouteTableId"])
