"""Can this network interface open a connection to that service, and by which way?

https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html#route-tables-priority
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.models.security_groups import SecurityGroup
from moto.ec2.models.vpcs import VPCEndPoint

from wizard.lab.cloud.launch.filters import acl_admits, acl_of, rule_admits, within
from wizard.lab.cloud.launch.hosts import endpoint_service, host, public_address
from wizard.lab.cloud.state import Cloud

# Where answers come back to (https://docs.aws.amazon.com/vpc/latest/userguide/
# custom-network-acl.html#nacl-ephemeral-ports); Fargate's Linux hosts use this range.
EPHEMERAL = (32768, 60999)
HTTPS = 443


@dataclass(frozen=True)
class Way:
    """The outcome: open by an endpoint or the internet, or closed with what a client would see."""

    open: bool
    address: str
    endpoint: VPCEndPoint | None = None
    # "timeout", "no-such-host": how the attempt ends when it is not open.
    fault: str = ""


@dataclass(frozen=True)
class Place:
    """Where a task's interface sits."""

    ec2: EC2Backend
    eni: NetworkInterface
    region: str
    account: str

    @property
    def vpc(self) -> Any:
        return self.ec2.vpcs[self.eni.subnet.vpc_id]

    @property
    def subnet_id(self) -> str:
        return str(self.eni.subnet.id)

    @property
    def address(self) -> str:
        return str(self.eni.private_ip_address)

    @property
    def groups(self) -> list[SecurityGroup]:
        found: list[SecurityGroup] = self.eni._group_set
        return found


def place(cloud: Cloud, account: str, region: str, eni_id: str) -> Place | None:
    """The place of an interface; None when it is gone."""
    ec2: EC2Backend = ec2_backends[account][region]
    eni = ec2.enis.get(eni_id)
    return None if eni is None else Place(ec2, eni, region, account)


def way_to(spot: Place, service: str, region: str | None = None, port: int = HTTPS) -> Way:
    """The way from *spot* to an AWS service (its endpoint's short name) in *region*."""
    target_region = region or spot.region
    public = public_address(target_region, service)
    if not spot.vpc.enable_dns_support:
        return Way(False, host(target_region, service, spot.account), fault="no-such-host")
    endpoint = interface_endpoint(spot, service) if target_region == spot.region else None
    if endpoint is not None:
        return _by_endpoint(spot, endpoint, port)
    if service in ("s3", "dynamodb") and target_region == spot.region:
        gateway = gateway_endpoint(spot, service)
        if gateway is not None:
            listed = gateway.destination_prefix_list_id
            fine = _leaves(spot, public, port, listed) and _acl_lets_through(spot, public, port)
            return Way(fine, public, gateway, "" if fine else "timeout")
    return _by_internet(spot, public, port)


def interface_endpoint(spot: Place, service: str) -> VPCEndPoint | None:
    """The interface endpoint that answers the service's own name inside the VPC, if any.

    Private DNS needs both DNS attributes of the VPC and an endpoint that is available
    (https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html#enable-private-dns).
    """
    name = endpoint_service(spot.region, service)
    if not (spot.vpc.enable_dns_support and spot.vpc.enable_dns_hostnames):
        return None
    for endpoint in spot.ec2.vpc_end_points.values():
        if (
            endpoint.vpc_id == spot.vpc.id
            and endpoint.service_name == name
            and str(endpoint.vpc_endpoint_type).lower() == "interface"
            and endpoint.state == "available"
            and endpoint.private_dns_enabled
        ):
            found: VPCEndPoint = endpoint
            return found
    return None


def gateway_endpoint(spot: Place, service: str) -> VPCEndPoint | None:
    """The gateway endpoint whose route is in the subnet's own route table, if any."""
    name = endpoint_service(spot.region, service)
    table = route_table(spot.ec2, spot.vpc.id, spot.subnet_id)
    for endpoint in spot.ec2.vpc_end_points.values():
        if (
            endpoint.service_name == name
            and str(endpoint.vpc_endpoint_type or "gateway").lower() == "gateway"
            and endpoint.state == "available"
            and table is not None
            and table.id in endpoint.route_table_ids
        ):
            found: VPCEndPoint = endpoint
            return found
    return None


def _by_endpoint(spot: Place, endpoint: VPCEndPoint, port: int) -> Way:
    enis = [spot.ec2.enis[i] for i in endpoint.network_interface_ids if i in spot.ec2.enis]
    if not enis:
        return Way(False, "10.0.0.1", endpoint, "timeout")
    # The name resolves to all interfaces; one in the task's own zone is preferred by Route 53
    # only if the endpoint is zonal, so any of them must do: take the nearest.
    enis.sort(key=lambda e: e.subnet.id != spot.subnet_id)
    eni = enis[0]
    target = str(eni.private_ip_address)
    groups = [spot.ec2.get_security_group_from_id(g) for g in endpoint.security_group_ids]
    eni._group_set = [g for g in groups if g is not None]
    fine = reaches_interface(spot, eni, port)
    return Way(fine, target, endpoint, "" if fine else "timeout")


def reaches_interface(spot: Place, eni: NetworkInterface, port: int) -> bool:
    """Whether a connection from *spot* to another interface of the VPC comes about."""
    there: list[SecurityGroup] = eni._group_set
    address = str(eni.private_ip_address)
    return (
        _leaves(spot, address, port, None, there)
        and _enters(there, spot, port)
        and _acl_between(spot, eni, port)
    )


def _leaves(
    spot: Place,
    address: str,
    port: int,
    prefix_list: str | None = None,
    groups: Iterable[SecurityGroup] = (),
) -> bool:
    ids = {g.id for g in groups}
    return any(
        rule_admits(rule, address, port, prefix_list, ids)
        for group in spot.groups
        for rule in group.egress_rules
    )


def _enters(groups: Iterable[SecurityGroup], spot: Place, port: int) -> bool:
    ids = {g.id for g in spot.groups}
    return any(
        rule_admits(rule, spot.address, port, None, ids)
        for group in groups
        for rule in group.ingress_rules
    )


def route_table(ec2: EC2Backend, vpc_id: str, subnet_id: str) -> RouteTable | None:
    """The subnet's own route table, else the main one of the VPC."""
    main = None
    for table in ec2.route_tables.values():
        if table.vpc_id != vpc_id:
            continue
        if subnet_id in table._associations.values():
            return table
        if table.main_association_id is not None:
            main = table
    return main


def _route_for(table: RouteTable | None, address: str) -> Route | None:
    best: tuple[int, Route] | None = None
    for route in table.routes if table else []:
        cidr = route.destination_cidr_block
        if cidr and within(address, cidr):
            length = ipaddress.ip_network(cidr, strict=False).prefixlen
            if best is None or length > best[0]:
                best = (length, route)
    return best[1] if best else None


def _by_internet(spot: Place, address: str, port: int) -> Way:
    table = route_table(spot.ec2, spot.vpc.id, spot.subnet_id)
    fine = (
        _route_goes_out(spot, _route_for(table, address))
        and _leaves(spot, address, port)
        and _acl_lets_through(spot, address, port)
    )
    return Way(fine, address, fault="" if fine else "timeout")


def _route_goes_out(spot: Place, route: Route | None) -> bool:
    if route is None or route.local:
        return False
    if route.nat_gateway is not None:
        return _nat_works(spot, route.nat_gateway.id)
    gateway = route.gateway_id
    if gateway and gateway.startswith("igw-"):
        return _attached(spot, gateway) and bool(spot.eni.public_ip)
    # A transit gateway, peering or appliance: what lies behind it is not the lab's to know.
    return bool(route.transit_gateway_id or route.network_interface_id)


def _attached(spot: Place, gateway: str) -> bool:
    found = spot.ec2.internet_gateways.get(gateway)
    return found is not None and found.vpc is not None and found.vpc.id == spot.vpc.id


def _nat_works(spot: Place, nat_id: str) -> bool:
    nat = spot.ec2.nat_gateways.get(nat_id)
    if nat is None or nat.state != "available":
        return False
    table = route_table(spot.ec2, nat.vpc_id, nat.subnet_id)
    route = _route_for(table, "52.0.0.1")
    gateway = route.gateway_id if route else None
    return bool(gateway) and str(gateway).startswith("igw-") and _attached(spot, str(gateway))


def _acl_lets_through(spot: Place, address: str, port: int) -> bool:
    acl = acl_of(spot.ec2, spot.vpc.id, spot.subnet_id)
    return acl_admits(acl, True, address, (port, port)) and acl_admits(
        acl, False, address, EPHEMERAL
    )


def _acl_between(spot: Place, eni: NetworkInterface, port: int) -> bool:
    """Traffic inside one subnet never meets its ACL; between subnets it meets both."""
    if eni.subnet.id == spot.subnet_id:
        return True
    there = acl_of(spot.ec2, spot.vpc.id, eni.subnet.id)
    return (
        _acl_lets_through(spot, str(eni.private_ip_address), port)
        and acl_admits(there, False, spot.address, (port, port))
        and acl_admits(there, True, spot.address, EPHEMERAL)
    )
