"""The values that go into and come out of a question about the network.

The parts of `NetworkView` are lists as boto3 returns them (`Subnets`, `RouteTables`, ...), each
of them for the whole VPC, or `Unread`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from wizard.policy.types import Unread

__all__ = [
    "Evidence",
    "Interface",
    "Items",
    "Need",
    "NetworkView",
    "Obstacle",
    "Reach",
    "State",
    "Unread",
]

Item = Mapping[str, Any]
Items = Sequence[Item] | Unread
State = Literal["open", "blocked", "unverified", "unknown"]


def _not_asked(call: str) -> Unread:
    return Unread(call, "not-asked")


@dataclass(frozen=True, slots=True)
class NetworkView:
    """Everything that was read about one VPC.

    `vpc`: its entry of DescribeVpcs. `dns_support`, `dns_hostnames`: DescribeVpcAttribute.
    `prefix_lists`: entries of DescribeManagedPrefixLists, each with `Entries` (of
    GetManagedPrefixListEntries) or `Cidrs` (of DescribePrefixLists) where those were read.
    `mount_targets`: DescribeMountTargets, each with `SecurityGroups` where those were read.
    `dhcp_options`: the VPC's entry of DescribeDhcpOptions, or None for the default set.
    `private_zones`: HostedZoneSummaries of ListHostedZonesByVPC. `resolver_rules`: entries of
    ListResolverRules whose rule is associated with the VPC. `profiles`: ProfileAssociations of
    ListProfileAssociations for the VPC. `instances`: entries of DescribeInstances.

    A part that is `Unread` with `not-asked` was left out because it seldom decides. Where it
    does, the answer is `unknown` and names it: read it then, and ask again.
    """

    region: str
    account: str = ""
    partition: str = "aws"
    vpc: Item | Unread = field(default_factory=lambda: _not_asked("ec2:DescribeVpcs"))
    dns_support: bool | Unread = field(
        default_factory=lambda: _not_asked("ec2:DescribeVpcAttribute")
    )
    dns_hostnames: bool | Unread = field(
        default_factory=lambda: _not_asked("ec2:DescribeVpcAttribute")
    )
    subnets: Items = field(default_factory=lambda: _not_asked("ec2:DescribeSubnets"))
    route_tables: Items = field(default_factory=lambda: _not_asked("ec2:DescribeRouteTables"))
    security_groups: Items = field(default_factory=lambda: _not_asked("ec2:DescribeSecurityGroups"))
    network_acls: Items = field(default_factory=lambda: _not_asked("ec2:DescribeNetworkAcls"))
    endpoints: Items = field(default_factory=lambda: _not_asked("ec2:DescribeVpcEndpoints"))
    nat_gateways: Items = field(default_factory=lambda: _not_asked("ec2:DescribeNatGateways"))
    internet_gateways: Items = field(
        default_factory=lambda: _not_asked("ec2:DescribeInternetGateways")
    )
    prefix_lists: Items = field(
        default_factory=lambda: _not_asked("ec2:DescribeManagedPrefixLists")
    )
    network_interfaces: Items = field(
        default_factory=lambda: _not_asked("ec2:DescribeNetworkInterfaces")
    )
    mount_targets: Items = field(
        default_factory=lambda: _not_asked("elasticfilesystem:DescribeMountTargets")
    )
    dhcp_options: Item | Unread | None = None
    private_zones: Items = field(default_factory=lambda: _not_asked("route53:ListHostedZonesByVPC"))
    resolver_rules: Items = field(
        default_factory=lambda: _not_asked("route53resolver:ListResolverRules")
    )
    profiles: Items = field(
        default_factory=lambda: _not_asked("route53profiles:ListProfileAssociations")
    )
    instances: Items = field(default_factory=lambda: _not_asked("ec2:DescribeInstances"))


@dataclass(frozen=True, slots=True)
class Interface:
    """The network interface that a Fargate task gets, or would get.

    `public_ip`: assignPublicIp is ENABLED. `address`: its private IPv4 address, if the task
    already has one. `ipv6`: it has an IPv6 address.
    """

    subnet_id: str
    security_groups: tuple[str, ...] = ()
    public_ip: bool | Unread = False
    address: str = ""
    ipv6: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a task must reach.

    Either `service` (the end of the endpoint's service name: `ecr.api`, `ecr.dkr`, `s3`, `logs`,
    `ssmmessages`, `secretsmanager`, `ssm`, `kms`, or `efs` for a mount target) or `host` on the
    internet. `region` is the service's, empty for the view's own. `actions`, `resources` and
    `principal` are what an endpoint's policy would be asked; `bucket` for S3. `file_system` for
    EFS. `stage`: where Fargate meets it (see `wizard.network.needs.STAGES`). `source`: what in the
    task definition needs it, such as `image:web` or `secret:web/DB_PASSWORD`. `ipv4_only`: its
    name has IPv4 addresses alone.
    """

    service: str = ""
    host: str = ""
    region: str = ""
    port: int = 443
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    bucket: str = ""
    principal: str = ""
    file_system: str = ""
    stage: str = ""
    source: str = ""
    ipv4_only: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read and from which call; `facts` holds ids and values, never prose."""

    call: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way, named by the cause id of the catalogue.

    `first`: the first thing that the traffic would meet. `fields`: those that the catalogue names
    for this cause, and details beside them.
    """

    kind: str
    fields: Mapping[str, Any]
    evidence: tuple[Evidence, ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Can it be reached?

    `state`: `open` (every part was read and lets it through), `blocked` (`obstacles` say why),
    `unverified` (there is a way, whose further course cannot be seen from here), `unknown`
    (what would decide was not read; see `unread`). `way`: `interface-endpoint`,
    `gateway-endpoint`, `internet-gateway`, `nat-gateway`, `nat-instance`, `transit-gateway`, ...,
    `vpc` (inside it), or empty. `obstacles` are confirmed and in the order in which they are met.
    `remedies`: other names of the same broken way (each of them mended would open a way too), or
    things that could not be proven: to be offered as suspected. `may_be`: the kinds of obstacles
    that what was not read may hide, beside those of a blocked way too; empty where that may be any.
    `beyond`: what was not read of the rest of a blocked way, where more may stand in it.
    """

    need: Need
    state: State
    way: str = ""
    obstacles: tuple[Obstacle, ...] = ()
    remedies: tuple[Obstacle, ...] = ()
    unread: tuple[Unread, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    may_be: tuple[str, ...] = ()
    beyond: tuple[Unread, ...] = ()
