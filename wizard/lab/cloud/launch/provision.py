"""The first step: a network interface in the subnet, and room in the account's quota.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
"""

from __future__ import annotations

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.lifecycle import mark
from wizard.lab.cloud.launch import eni
from wizard.lab.cloud.launch.attempt import Attempt


def provision(attempt: Attempt) -> str | None:
    """Makes the task's interface. It is refused when the subnet is full."""
    task, ec2 = attempt.task, attempt.ec2
    network = task["_network"]
    subnet_id = task["_subnet"]
    subnet = eni.find_subnet(ec2, subnet_id)
    public = network["assignPublicIp"] == "ENABLED"
    if subnet is None:
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        return (
            "Unexpected EC2 error while attempting to Create Network Interface in subnet"
            f" '{subnet_id}': InvalidSubnetID.NotFound"
        )
    attachment = task["attachments"][0]
    description = attempt.store.arn(f"attachment/{attachment['id']}")
    made = eni.create(ec2, subnet, network["securityGroups"], description, public)
    if made is None:
        state = "enabled" if public else "disabled"
        return (
            "Unexpected EC2 error while attempting to Create Network Interface with public IP"
            f" assignment {state} in subnet '{subnet_id}': InsufficientFreeAddressesInSubnet"
        )
    task["_eni"] = made.id
    _attach(attempt, made, attachment)
    mark(task, "PENDING")
    return None


def _attach(attempt: Attempt, made: object, attachment: dict[str, object]) -> None:
    task = attempt.task
    interface = attempt.ec2.enis[task["_eni"]]
    address = str(interface.private_ip_address)
    details = [
        ("subnetId", task["_subnet"]),
        ("networkInterfaceId", interface.id),
        ("macAddress", interface.mac_address),
        ("privateDnsName", _dns_name(address, attempt.region)),
        ("privateIPv4Address", address),
    ]
    attachment["status"] = "ATTACHED"
    attachment["details"] = [{"name": n, "value": v} for n, v in details]
    for container in task["containers"]:
        container["networkInterfaces"] = [
            {"attachmentId": attachment["id"], "privateIpv4Address": address}
        ]
    task["availabilityZone"] = interface.subnet.availability_zone
    task["connectivity"] = "CONNECTED"
    task["connectivityAt"] = stamp(attempt.when)


def _dns_name(address: str, region: str) -> str:
    zone = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{zone}"
