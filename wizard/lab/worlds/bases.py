"""What most worlds begin with: places that are right, and the small changes that mend."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, World, allow
from wizard.lab.worlds.model import Act

EVERYWHERE = "0.0.0.0/0"
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
ALL_TRAFFIC = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": EVERYWHERE}]}]


def rest(world: World) -> World:
    """Roles, an image and a log group, where the network is there already."""
    return world.roles().repository().log_group()


def private(world: World, *without: str, more: tuple[str, ...] = (), **network: Any) -> World:
    """Private subnets behind VPC endpoints, ``without`` some; and the rest."""
    names = [n for n in (*ALL_ENDPOINTS, *more) if n not in without]
    return rest(world.network(endpoints=names, **network))


def natted(world: World, **network: Any) -> World:
    """Private subnets behind a NAT gateway, and the rest."""
    return rest(world.network(nat=True, **network))


def public(world: World, **network: Any) -> World:
    """Public subnets and public addresses, and the rest."""
    return rest(world.network(public=True, **network))


def in_turn(*acts: Act) -> Act:
    """Several acts as one."""

    def run(world: World) -> None:
        for act in acts:
            act(world)

    return run


def grant(role: str, *actions: str, resource: str | list[str] = "*", name: str = "more") -> Act:
    """Puts an inline policy with *actions* on a role."""

    def run(world: World) -> None:
        world.client("iam").put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=allow(*actions, resource=resource)
        )

    return run


def deny(*actions: str) -> str:
    """A policy document that denies *actions* and says nothing else."""
    statement = {"Effect": "Deny", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def container(**changes: Any) -> Act:
    """Registers the task definition with the one container changed so."""
    return lambda world: world.task_definition(containers=[world.container(**changes)])


def definition(**changes: Any) -> Act:
    """Registers the task definition with these of its own parameters changed."""
    return lambda world: world.task_definition(**changes)


def noted(key: str) -> Callable[[World], str]:
    """Reads one of the world's notes."""
    return lambda world: str(world.notes[key])


def admit_https(group: Callable[[World], str]) -> Act:
    """Lets 443 into a security group from the whole VPC."""

    def run(world: World) -> None:
        rule = HTTPS | {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
        world.client("ec2").authorize_security_group_ingress(
            GroupId=group(world), IpPermissions=[rule]
        )

    return run
