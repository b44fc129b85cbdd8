"""Network interfaces get addresses that are free, and none when the subnet is full.

moto takes a random address, twice the same one if it so happens.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
"""

from __future__ import annotations

import re

from moto.ec2.models import EC2Backend, ec2_backends

from wizard.lab.cloud.context import Context, after, before
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.launch.eni import find_subnet, free_address
from wizard.lab.cloud.wire import Answer


def _ec2(context: Context) -> EC2Backend:
    backend: EC2Backend = ec2_backends[context.account][context.region]
    return backend


@before("ec2", "CreateNetworkInterface")
def check_room(context: Context) -> None:
    """Refuses an interface in a full subnet."""
    subnet = find_subnet(_ec2(context), str(context.params.get("SubnetId")))
    if subnet is not None and free_address(_ec2(context), subnet) is None:
        raise AwsError(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the request.",
        )


@after("ec2", "CreateNetworkInterface")
def take_free_address(context: Context, answer: Answer) -> None:
    """Gives a new interface the lowest free address, unless one was asked for."""
    if context.params.get("PrivateIpAddress") or context.params.get("PrivateIpAddresses"):
        return
    match = re.search(rb"<networkInterfaceId>(eni-[0-9a-f]+)<", answer.body)
    ec2 = _ec2(context)
    eni = ec2.enis.get(match.group(1).decode()) if match else None
    if eni is None or len(eni.private_ip_addresses) != 1:
        return
    old = str(eni.private_ip_address)
    eni.private_ip_addresses = []
    address = free_address(ec2, eni.subnet) or old
    eni.private_ip_address = address
    eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    answer.body = answer.body.replace(f">{old}<".encode(), f">{address}<".encode())
