"""The DNS names of VPC endpoints.

https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
"""

from __future__ import annotations

import zlib

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.vpcs import VPCEndPoint

from wizard.lab.cloud.context import Context
from wizard.lab.cloud.launch import eni as interfaces
from wizard.lab.cloud.launch.hosts import host, short_name


def private_name(context: Context, service_name: str) -> str:
    """The name that private DNS gives to an interface endpoint of a service."""
    service = short_name(service_name)
    if service == "ecr.dkr":
        return host(context.region, service).replace(".dkr", "dkr", 1)
    return (
        host(context.region, service) if service != "s3" else f"s3.{context.region}.amazonaws.com"
    )


def own_names(context: Context, endpoint: VPCEndPoint) -> list[dict[str, str]]:
    """The names that an endpoint has of its own: one for the region, one for each zone.

    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    ec2: EC2Backend = ec2_backends[context.account][context.region]
    domain = private_name(context, endpoint.service_name).replace("amazonaws", "vpce.amazonaws")
    unique = f"{endpoint.id}-{zlib.crc32(endpoint.id.encode()):08x}"
    found = [interfaces.find_subnet(ec2, s) for s in endpoint.subnet_ids or []]
    zones = [str(subnet.availability_zone) for subnet in found if subnet is not None]
    names = [unique, *(f"{unique}-{zone}" for zone in zones)]
    zone_id = f"Z{zlib.crc32(endpoint.service_name.encode()):08X}EXAMPLE"
    return [{"dns_name": f"{name}.{domain}", "hosted_zone_id": zone_id} for name in names]


def give_names(context: Context, endpoint: VPCEndPoint) -> None:
    """Adds the service's own name to an endpoint with private DNS, or takes it away."""
    own = [e for e in endpoint.dns_entries or [] if e["dns_name"].startswith("vpce-")]
    if endpoint.private_dns_enabled:
        name = private_name(context, endpoint.service_name)
        name = f"*.{name}" if name.startswith("dkr.") else name
        own = [*own, {"dns_name": name, "hosted_zone_id": "ZONEIDPENDING"}]
    endpoint.dns_entries = own
