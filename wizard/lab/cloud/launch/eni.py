"""Network interfaces in moto's subnets, with addresses that are really free."""

from __future__ import annotations

import ipaddress
import zlib
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface

# AWS keeps the first four addresses of a subnet and the last one for itself
# (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
_RESERVED_FRONT = 4


def find_subnet(ec2: EC2Backend, subnet_id: str) -> Any:
    """moto's subnet; None when it is gone."""
    for zone in ec2.subnets.values():
        if subnet_id in zone:
            return zone[subnet_id]
    return None


def taken(ec2: EC2Backend, subnet_id: str) -> set[str]:
    """The private addresses in use in a subnet."""
    return {
        str(address["PrivateIpAddress"])
        for eni in ec2.enis.values()
        if eni.subnet.id == subnet_id
        for address in eni.private_ip_addresses
    }


def free_address(ec2: EC2Backend, subnet: Any) -> str | None:
    """The lowest free address of a subnet; None when it is full."""
    used = taken(ec2, subnet.id)
    network = ipaddress.ip_network(subnet.cidr_block)
    for offset in range(_RESERVED_FRONT, network.num_addresses - 1):
        address = str(network[offset])
        if address not in used:
            return address
    return None


def create(
    ec2: EC2Backend, subnet: Any, groups: list[str], description: str, public: bool = False
) -> NetworkInterface | None:
    """A new interface as an AWS service makes it for itself; None when the subnet is full."""
    address = free_address(ec2, subnet)
    if address is None:
        return None
    eni: NetworkInterface = ec2.create_network_interface(
        subnet, address, group_ids=groups, description=description
    )
    eni.requester_managed = True
    eni.status = "in-use"
    if public:
        seed = zlib.crc32(eni.id.encode())
        eni.public_ip = f"18.{seed % 200 + 20}.{seed // 200 % 256}.{seed // 51200 % 254 + 1}"
    return eni
