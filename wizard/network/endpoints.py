"""VPC endpoints: which one serves this need, which one only seems to.

An interface endpoint with private DNS takes the service's name over for the whole VPC, so a task
goes to it even where a NAT gateway would do. A gateway endpoint takes over whatever the prefix
list's route in the task's own route table matches.
Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.network.facts import SHARED, is_shared
from wizard.network.routes import is_blackhole, list_route
from wizard.network.scene import Scene
from wizard.network.types import Evidence, Item, Obstacle, Unread
from wizard.policy.logic import Truth, all_of

NOT_AVAILABLE = "network.endpoint-not-available"
PRIVATE_DNS_OFF = "network.endpoint-private-dns-off"
VPC_DNS_OFF = "network.vpc-dns-off"
NOT_ASSOCIATED = "network.gateway-not-associated"

_WORKING = ("available", "partial")
GATEWAY_SERVICES = ("s3", "dynamodb")


@dataclass(frozen=True, slots=True)
class Found:
    """What there is for a need.

    `interface` takes the name over, if `captures`; `gateway` has its route in effect, if `routed`.
    `faults`: what keeps an endpoint that exists (`faulty`) from serving this task.
    """

    interface: Item | None = None
    captures: Truth = False
    gateway: Item | None = None
    routed: Truth = False
    faults: tuple[Obstacle, ...] = ()
    unread: tuple[Unread, ...] = ()
    faulty: Item | None = None


def serves(endpoint: Item, region: str, service: str) -> bool:
    """Whether an endpoint is for this service of this region.

    Service names start with `com.amazonaws`, in China for some services with `cn.com.amazonaws`,
    in other partitions otherwise; they all end in region and service.
    """
    return str(endpoint.get("ServiceName", "")).endswith(f".{region}.{service}")


def kind_of(endpoint: Item) -> str:
    """`interface`, `gateway`, ...; where the answer leaves it out, by what only one kind has.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
    """
    told = str(endpoint.get("VpcEndpointType") or "").lower()
    if told:
        return told
    if any(endpoint.get(key) for key in ("SubnetIds", "NetworkInterfaceIds", "Groups")):
        return "interface"
    name = str(endpoint.get("ServiceName", "")).rsplit(".", 1)[-1]
    return "gateway" if name in GATEWAY_SERVICES else "interface"


def is_interface(endpoint: Item) -> bool:
    """Whether it is an interface endpoint."""
    return kind_of(endpoint) == "interface"


def is_gateway(endpoint: Item) -> bool:
    """Whether it is a gateway endpoint."""
    return kind_of(endpoint) == "gateway"


def endpoint_id(endpoint: Item) -> str:
    """`vpce-...`"""
    return str(endpoint.get("VpcEndpointId", ""))


def state(endpoint: Item) -> str:
    """Its state in lower case; the API and its documentation write it differently."""
    return str(endpoint.get("State", "available")).lower()


def of_vpc(scene: Scene) -> tuple[Item, ...] | Unread:
    """The VPC's endpoints, without those that are deleted."""
    endpoints = scene.view.endpoints
    if isinstance(endpoints, Unread):
        return endpoints
    mine = [e for e in endpoints if e.get("VpcId") in (None, scene.vpc_id)]
    return tuple(e for e in mine if state(e) != "deleted")


def _fault(scene: Scene, kind: str, endpoint: Item, **more: object) -> Obstacle:
    fields: dict[str, object] = {
        "endpoint": endpoint_id(endpoint),
        "service": scene.need.service,
        "vpc": scene.vpc_id,
        **more,
    }
    return Obstacle(kind, fields, (Evidence("ec2:DescribeVpcEndpoints", fields),))


def _availability(scene: Scene, endpoint: Item) -> Obstacle | None:
    if state(endpoint) not in _WORKING:
        return _fault(scene, NOT_AVAILABLE, endpoint, state=state(endpoint))
    return None


def _private_dns(endpoint: Item) -> Truth:
    """Whether the name leads to the endpoint from within the VPC; None where it was not told.

    For S3 it may be limited to resolvers of on-premises networks; the VPC's own tasks then go by
    the gateway endpoint.
    """
    options = endpoint.get("DnsOptions") or {}
    if options.get("PrivateDnsOnlyForInboundResolverEndpoint") is True:
        return False
    told = endpoint.get("PrivateDnsEnabled")
    return None if told is None else bool(told)


def vpc_dns(scene: Scene) -> tuple[Truth, tuple[Obstacle, ...], tuple[Unread, ...]]:
    """Whether private DNS can work: enableDnsSupport and enableDnsHostnames are both on.

    https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    """
    values: list[Truth] = []
    off: list[Obstacle] = []
    missing: list[Unread] = []
    attributes = (
        ("enableDnsSupport", scene.view.dns_support),
        ("enableDnsHostnames", scene.view.dns_hostnames),
    )
    for attribute, value in attributes:
        if isinstance(value, Unread):
            values.append(None)
            missing.append(value)
            continue
        values.append(value)
        if not value:
            fields: dict[str, object] = {"vpc": scene.vpc_id, "attribute": attribute}
            evidence = Evidence("ec2:DescribeVpcAttribute", fields | {"value": False})
            off.append(Obstacle(VPC_DNS_OFF, fields, (evidence,)))
    return all_of(values), tuple(off), tuple(dict.fromkeys(missing))


def _interface_found(scene: Scene, endpoints: Iterable[Item]) -> Found:
    """The endpoint that takes the name over, or the faults of the one that comes closest."""
    dns, dns_off, dns_unread = vpc_dns(scene)
    closest: tuple[Obstacle, ...] = ()
    faulty: Item | None = None
    for endpoint in endpoints:
        trouble = _availability(scene, endpoint)
        faults: tuple[Obstacle, ...] = (trouble,) if trouble else ()
        private = _private_dns(endpoint)
        if private is False:
            faults += (_fault(scene, PRIVATE_DNS_OFF, endpoint),)
        if not faults and dns is not False:
            untold = (Unread("ec2:DescribeVpcEndpoints", "no-private-dns-told"),)
            doubts = (dns_unread if dns is None else ()) + (untold if private is None else ())
            return Found(endpoint, all_of((dns, private)), unread=doubts)
        faults = dns_off + faults
        if faulty is None or len(faults) < len(closest):
            closest, faulty = faults, endpoint
    return Found(faults=closest, faulty=faulty)


def _gateway_found(scene: Scene, endpoints: Iterable[Item]) -> Found:
    """The gateway endpoint in effect, or why the one that exists is not."""
    closest: tuple[Obstacle, ...] = ()
    faulty: Item | None = None
    for endpoint in endpoints:
        trouble = _availability(scene, endpoint)
        if isinstance(scene.table, Unread):
            return Found(gateway=endpoint, routed=None, unread=(scene.table,))
        route = list_route(scene.routes, endpoint_id(endpoint))
        listed = scene.table_id in (endpoint.get("RouteTableIds") or ())
        if (listed or route) and not trouble and not (route and is_blackhole(route)):
            return Found(gateway=endpoint, routed=True)
        if trouble:
            closest, faulty = (trouble,), endpoint
        elif not closest:
            closest = (_fault(scene, NOT_ASSOCIATED, endpoint, route_table=scene.table_id),)
            faulty = endpoint
    return Found(faults=closest, faulty=faulty)


def find_endpoints(scene: Scene) -> Found:
    """What the VPC has for this need. The name is looked up before any route is."""
    if not scene.need.service:
        return Found()
    endpoints = of_vpc(scene)
    if isinstance(endpoints, Unread):
        return Found(captures=None, routed=None, unread=(endpoints,))
    fitting = [e for e in endpoints if serves(e, scene.region, scene.need.service)]
    if not fitting and is_shared(scene.view, scene.subnet):
        hidden = Unread("ec2:DescribeVpcEndpoints", SHARED)
        return Found(captures=None, routed=None, unread=(hidden,))
    interface = _interface_found(scene, [e for e in fitting if is_interface(e)])
    gateway = _gateway_found(scene, [e for e in fitting if is_gateway(e)])
    # S3 has a gateway endpoint of its own kind: an interface endpoint beside it is often meant
    # for other networks, and its private DNS is off on purpose.
    faulty = gateway if gateway.faults or gateway.gateway else interface
    return Found(
        interface.interface,
        interface.captures,
        gateway.gateway,
        gateway.routed,
        faulty.faults,
        interface.unread + gateway.unread,
        faulty.faulty,
    )


def works_with_endpoints(scene: Scene) -> bool:
    """Whether the VPC was evidently made to work by endpoints: it has those for pulling images."""
    endpoints = of_vpc(scene)
    if isinstance(endpoints, Unread):
        return False
    return any(
        is_interface(e) and serves(e, scene.view.region, name)
        for e in endpoints
        for name in ("ecr.dkr", "ecr.api")
    )
