"""VPC endpoints as EC2 keeps them: states, private DNS and its conflicts, interfaces, routes.

https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, IMPLEMENTED_ENDPOINT_SERVICES, VPCEndPoint

from wizard.lab.cloud.agenda import act, schedule
from wizard.lab.cloud.context import Context, after, before
from wizard.lab.cloud.ec2.names import give_names, own_names, private_name
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.launch import eni as interfaces
from wizard.lab.cloud.launch.hosts import short_name
from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Answer

# Nominal seconds until an interface endpoint is available, and until a deleted one is forgotten.
_PENDING_S = 45.0
_DELETING_S = 20.0
GATEWAYS = ("s3", "dynamodb")
KNOWN = {*AWS_ENDPOINT_SERVICES, *IMPLEMENTED_ENDPOINT_SERVICES, "ecr.api", "ecr.dkr", "s3",
          "logs", "ssmmessages", "ssm", "ec2messages", "secretsmanager", "kms", "sts", "monitoring",
          "elasticfilesystem", "ecs", "ecs-agent", "ecs-telemetry", "dynamodb"}  # fmt: skip


def _ec2(context: Context) -> EC2Backend:
    backend: EC2Backend = ec2_backends[context.account][context.region]
    return backend


def _is_interface(endpoint: VPCEndPoint) -> bool:
    return str(endpoint.vpc_endpoint_type or "Gateway").lower() == "interface"


def _alive(endpoint: VPCEndPoint) -> bool:
    return endpoint.state not in ("deleted", "deleting", "failed", "rejected")


@before("ec2", "CreateVpcEndpoint")
def check_create(context: Context) -> None:
    """Refuses an endpoint that EC2 would refuse."""
    p, ec2 = context.params, _ec2(context)
    kind = str(p.get("VpcEndpointType") or "Gateway")
    name = str(p.get("ServiceName", ""))
    vpc = ec2.vpcs.get(str(p.get("VpcId")))
    if vpc is None:
        text = f"The Vpc Id {p.get('VpcId')} does not exist"
        raise AwsError("InvalidVpcId.NotFound", text, 400)
    wrong_kind = kind == "Gateway" and short_name(name) not in GATEWAYS
    if short_name(name) not in KNOWN or f".{context.region}." not in name or wrong_kind:
        text = f"The Vpc Endpoint Service '{name}' does not exist"
        raise AwsError("InvalidServiceName", text, 400)
    if kind == "Interface":
        if p.get("PrivateDnsEnabled") is not False:
            _check_private_dns(context, vpc, name)
        _check_subnets(context, vpc, [], p.get("SubnetIds") or [])
    else:
        _check_routes(context, name, p.get("RouteTableIds") or [])
    _check_policy(p.get("PolicyDocument"))


def _check_policy(text: object) -> None:
    if text:
        try:
            json.loads(str(text))
        except ValueError:
            raise AwsError(
                "InvalidPolicyDocument", "The policy document is not valid JSON"
            ) from None


def _check_private_dns(context: Context, vpc: Any, name: str, but: str = "") -> None:
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        raise AwsError(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC"
            f" attributes set to true for {vpc.id}",
        )
    for other in _ec2(context).vpc_end_points.values():
        if (
            other.vpc_id == vpc.id
            and other.service_name == name
            and other.id != but
            and _is_interface(other)
            and _alive(other)
            and other.private_dns_enabled
        ):
            domain = private_name(context, name)
            raise AwsError(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting DNS"
                f" domain for {domain} in the VPC {vpc.id}",
            )


def _check_subnets(context: Context, vpc: Any, present: list[str], added: list[str]) -> None:
    ec2 = _ec2(context)
    zones: set[str] = set()
    for subnet_id in [*present, *added]:
        subnet = interfaces.find_subnet(ec2, subnet_id)
        if subnet is None:
            text = f"The subnet ID '{subnet_id}' does not exist"
            raise AwsError("InvalidSubnetID.NotFound", text)
        if subnet.vpc_id != vpc.id:
            text = f"The subnet '{subnet_id}' does not belong to the VPC '{vpc.id}'"
            raise AwsError("InvalidParameter", text)
        if subnet.availability_zone in zones:
            raise AwsError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}",
            )
        zones.add(str(subnet.availability_zone))
        if subnet_id in added and interfaces.free_address(ec2, subnet) is None:
            text = f"Insufficient free addresses in subnet '{subnet_id}'"
            raise AwsError("InsufficientFreeAddressesInSubnet", text)


def _prefix_list(ec2: EC2Backend, name: str) -> str | None:
    lists = ec2.managed_prefix_lists.values()
    return next((str(p.id) for p in lists if p.prefix_list_name == name), None)


def _check_routes(context: Context, name: str, tables: list[str]) -> None:
    ec2 = _ec2(context)
    listed = _prefix_list(ec2, name)
    for table_id in tables:
        table = ec2.route_tables.get(table_id)
        if table is None:
            text = f"The routeTable ID '{table_id}' does not exist"
            raise AwsError("InvalidRouteTableId.NotFound", text)
        if any(r.destination_prefix_list_id == listed for r in table.routes):
            text = f"route table {table_id} already has a route with destination-prefix-list-id"
            raise AwsError("RouteAlreadyExists", f"{text} {listed}")


@after("ec2", "CreateVpcEndpoint")
def finish_create(context: Context, answer: Answer) -> None:
    """Gives a new interface endpoint its groups, real addresses, names and its pending time."""
    match = re.search(rb"<vpcEndpointId>(vpce-[0-9a-f]+)<", answer.body)
    ec2 = _ec2(context)
    endpoint = ec2.vpc_end_points.get(match.group(1).decode()) if match else None
    if endpoint is None:
        return
    if endpoint.vpc_endpoint_type is None:
        endpoint.vpc_endpoint_type = "Gateway"
    if not _is_interface(endpoint):
        endpoint.private_dns_enabled = False
        return
    if not endpoint.security_group_ids:
        default = ec2.get_default_security_group(endpoint.vpc_id)
        endpoint.security_group_ids = [default.id] if default else []
    for eni_id in endpoint.network_interface_ids:
        ec2.enis.pop(eni_id, None)
    endpoint.network_interface_ids = []
    endpoint.dns_entries = own_names(context, endpoint)
    for subnet_id in endpoint.subnet_ids or []:
        _add_interface(ec2, endpoint, subnet_id)
    give_names(context, endpoint)
    endpoint.state = "pending"
    answer.body = answer.body.replace(b"<state>available</state>", b"<state>pending</state>")
    _later(context.cloud, context, endpoint.id, "endpoint.available", _PENDING_S)


def _later(cloud: Cloud, context: Context, endpoint: str, kind: str, seconds: float) -> None:
    due = cloud.clock.after(seconds)
    schedule(cloud, due, kind, context.account, context.region, endpoint)


def _add_interface(ec2: EC2Backend, endpoint: VPCEndPoint, subnet_id: str) -> None:
    subnet = interfaces.find_subnet(ec2, subnet_id)
    text = f"VPC Endpoint Interface {endpoint.id}"
    made = interfaces.create(ec2, subnet, endpoint.security_group_ids, text)
    if made is not None:
        made.interface_type = "vpc_endpoint"
        endpoint.network_interface_ids.append(made.id)


@act("endpoint.available")
def available(cloud: Cloud, when: float, account: str, region: str, endpoint_id: str) -> None:
    """A pending endpoint becomes available, unless it was deleted meanwhile."""
    endpoint = ec2_backends[account][region].vpc_end_points.get(endpoint_id)
    if endpoint is not None and endpoint.state == "pending":
        endpoint.state = "available"


@before("ec2", "ModifyVpcEndpoint")
def check_modify(context: Context) -> None:
    """Refuses a change that EC2 would refuse."""
    p, ec2 = context.params, _ec2(context)
    endpoint = ec2.vpc_end_points.get(str(p.get("VpcEndpointId")))
    if endpoint is None or not _alive(endpoint):
        text = f"The Vpc Endpoint Id '{p.get('VpcEndpointId')}' does not exist"
        raise AwsError("InvalidVpcEndpointId.NotFound", text)
    vpc = ec2.vpcs[endpoint.vpc_id]
    if p.get("PrivateDnsEnabled") and not endpoint.private_dns_enabled:
        _check_private_dns(context, vpc, endpoint.service_name, endpoint.id)
    gone = set(p.get("RemoveSubnetIds") or [])
    present = [s for s in endpoint.subnet_ids or [] if s not in gone]
    added = [s for s in p.get("AddSubnetIds") or [] if s not in present]
    if _is_interface(endpoint):
        _check_subnets(context, vpc, present, added)
    tables = [t for t in p.get("AddRouteTableIds") or [] if t not in endpoint.route_table_ids]
    _check_routes(context, endpoint.service_name, tables)
    _check_policy(p.get("PolicyDocument"))


@after("ec2", "ModifyVpcEndpoint")
def finish_modify(context: Context, answer: Answer) -> None:
    """What moto leaves undone: private DNS, interfaces, their groups, routes, policy reset."""
    p, ec2 = context.params, _ec2(context)
    endpoint = ec2.vpc_end_points[str(p["VpcEndpointId"])]
    if p.get("ResetPolicy"):
        endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
    if p.get("PrivateDnsEnabled") is not None and _is_interface(endpoint):
        endpoint.private_dns_enabled = bool(p["PrivateDnsEnabled"])
        give_names(context, endpoint)
    if _is_interface(endpoint):
        _sync_interfaces(ec2, endpoint)
    else:
        _sync_routes(ec2, endpoint, p)


def _sync_interfaces(ec2: EC2Backend, endpoint: VPCEndPoint) -> None:
    wanted = list(endpoint.subnet_ids or [])
    for eni_id in list(endpoint.network_interface_ids):
        eni = ec2.enis.get(eni_id)
        if eni is None or eni.subnet.id not in wanted:
            ec2.enis.pop(eni_id, None)
            endpoint.network_interface_ids.remove(eni_id)
        else:
            groups = [ec2.get_security_group_from_id(g) for g in endpoint.security_group_ids]
            eni._group_set = [g for g in groups if g is not None]
            wanted.remove(eni.subnet.id)
    for subnet_id in wanted:
        _add_interface(ec2, endpoint, subnet_id)


def _sync_routes(ec2: EC2Backend, endpoint: VPCEndPoint, p: dict[str, Any]) -> None:
    listed = endpoint.destination_prefix_list_id
    if listed is None:
        return
    for table_id in p.get("RemoveRouteTableIds") or []:
        routes = ec2.route_tables[table_id]._routes if table_id in ec2.route_tables else {}
        for key, route in list(routes.items()):
            if route.gateway_id == endpoint.id:
                del routes[key]
    for table_id in p.get("AddRouteTableIds") or []:
        table = ec2.route_tables[table_id]
        if not any(r.gateway_id == endpoint.id for r in table.routes):
            ec2.create_route(
                table_id, None, gateway_id=endpoint.id, destination_prefix_list_id=listed
            )


@after("ec2", "DeleteVpcEndpoints")
def finish_delete(context: Context, answer: Answer) -> None:
    """A deleted endpoint is seen as ``deleting`` for a while and then no more."""
    ec2 = _ec2(context)
    for endpoint_id in context.params.get("VpcEndpointIds") or []:
        endpoint = ec2.vpc_end_points.get(endpoint_id)
        if endpoint is not None:
            endpoint.state = "deleting"
            _later(context.cloud, context, endpoint_id, "endpoint.forgotten", _DELETING_S)


@act("endpoint.forgotten")
def forgotten(cloud: Cloud, when: float, account: str, region: str, endpoint_id: str) -> None:
    """A deleted endpoint disappears."""
    ec2_backends[account][region].vpc_end_points.pop(endpoint_id, None)
