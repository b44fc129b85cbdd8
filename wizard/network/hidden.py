"""What may be wrong where something was not read."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.network.endpoints import (
    GATEWAY_SERVICES,
    NOT_ASSOCIATED,
    NOT_AVAILABLE,
    PRIVATE_DNS_OFF,
    VPC_DNS_OFF,
    vpc_dns,
)
from wizard.network.facts import vpc_networks
from wizard.network.groups import admits
from wizard.network.holes import BLACKHOLE, NO_ROUTE
from wizard.network.naming import MISSING
from wizard.network.private import GROUP_CLOSED, POLICY_DENIES
from wizard.network.public import PUBLIC_IP
from wizard.network.scene import Scene
from wizard.network.stretches import ACL_BLOCKS, EGRESS_CLOSED, near_acl
from wizard.network.targets import Target, internet
from wizard.network.types import Unread

_BY_CALL = {
    "ec2:DescribeRouteTables": (MISSING, NOT_ASSOCIATED, NO_ROUTE, BLACKHOLE, PUBLIC_IP),
    "ec2:DescribeNatGateways": (NO_ROUTE, BLACKHOLE),
    "ec2:DescribeInternetGateways": (NO_ROUTE, BLACKHOLE),
    "ec2:DescribeSecurityGroups": (EGRESS_CLOSED, GROUP_CLOSED),
    "ec2:DescribeNetworkAcls": (ACL_BLOCKS,),
}
"""What each call would prove or refute of a way whose other stretches were read, and are open."""


def open_causes(unread: Iterable[Unread]) -> tuple[str, ...]:
    """The causes that may stand in a way that is open but for what was not read; empty for any."""
    calls = [one.call for one in unread]
    if not all(call in _BY_CALL for call in calls):
        return ()
    return tuple(dict.fromkeys(cause for call in calls for cause in _BY_CALL[call]))


def hidden_causes(scene: Scene) -> tuple[str, ...]:
    """The causes that an endpoint nobody has shown may be in the way by.

    What lies on this side of it was read: the task's groups and the only ACL of a VPC are no
    question where they let the task reach the whole VPC.
    """
    causes = [MISSING, NOT_AVAILABLE, POLICY_DENIES, PRIVATE_DNS_OFF, GROUP_CLOSED]
    targets = [Target(vpc_networks(scene.view, scene.subnet))]
    if scene.need.service in GATEWAY_SERVICES:
        causes.append(NOT_ASSOCIATED)
        targets.append(internet(scene.need.service))
    if vpc_dns(scene)[0] is not True:
        causes.append(VPC_DNS_OFF)
    groups, port = scene.interface.security_groups, scene.need.port
    if any(admits(scene.view, groups, "egress", one, port).ok is not True for one in targets):
        causes.append(EGRESS_CLOSED)
    acls = scene.view.network_acls
    alone = not isinstance(acls, Unread) and len(acls) == 1
    if not alone or any(near_acl(scene, one).ok is not True for one in targets):
        causes.append(ACL_BLOCKS)
    return tuple(causes)
