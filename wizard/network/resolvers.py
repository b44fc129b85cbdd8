"""Whether names can be looked up: the VPC's own resolver, or servers of the user's.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html (the resolver at
the VPC's second address and at 169.254.169.253; groups and ACLs do not filter it),
https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html (domain-name-servers),
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/verify-connectivity.html (with servers
of one's own, port 53 must be open to them).
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from wizard.network.endpoints import vpc_dns
from wizard.network.facts import subnet_networks, vpc_networks
from wizard.network.scene import Part, Scene, blocked, join, unread
from wizard.network.stretches import groups_part, near_acl
from wizard.network.targets import Target, host
from wizard.network.types import Evidence, Unread

AMAZON = "AmazonProvidedDNS"
_LINK_LOCAL = "169.254.169.253"
_DNS = 53
_CALL = "ec2:DescribeDhcpOptions"


def servers(scene: Scene) -> tuple[str, ...] | Unread:
    """The name servers of the VPC's DHCP options that are not Amazon's; empty for Amazon's."""
    options = scene.view.dhcp_options
    if isinstance(options, Unread):
        return options
    named: list[str] = []
    for setting in (options or {}).get("DhcpConfigurations") or ():
        if setting.get("Key") == "domain-name-servers":
            named += [str(value.get("Value", "")) for value in setting.get("Values") or ()]
    amazons = {AMAZON, _LINK_LOCAL, "", *_second_addresses(scene)}
    return () if any(name in amazons for name in named) else tuple(named)


def _second_addresses(scene: Scene) -> set[str]:
    """The resolver's address in each of the VPC's ranges: the network's own plus two."""
    ranges = vpc_networks(scene.view, scene.subnet)
    return {str(IPv4Address(int(one.network_address) + 2)) for one in ranges}


def _address(name: str) -> Target | None:
    try:
        found = host(name)
    except ValueError:
        return None
    return Target(found, exact=True) if found else None


def _asking(scene: Scene, named: tuple[str, ...]) -> Part:
    """Whether the task may ask one of the servers: UDP to port 53, out of its groups and ACL."""
    targets = [_address(name) for name in named]
    asking = replace(scene, need=replace(scene.need, port=_DNS))
    ways = [_to_server(asking, target) for target in targets if target]
    if len(ways) < len(targets) or not all(way.ok is False for way in ways):
        return Part()
    return ways[0]


def _to_server(asking: Scene, server: Target) -> Part:
    groups = groups_part(asking, server, "udp")
    if any(server.networks[0].subnet_of(near) for near in subnet_networks(asking.subnet)):
        return groups
    return join((groups, near_acl(asking, server, protocol="udp")))


def resolution(scene: Scene) -> Part:
    """Whether the task's names are answered.

    Amazon's resolver answers unless enableDnsSupport is off. Servers of the user's own must be
    reachable; what they answer cannot be seen.
    """
    own = servers(scene)
    if isinstance(own, Unread):
        # With them unread, neither a disabled resolver nor an open one proves anything.
        return unread(own)
    if own:
        facts = {"servers": own}
        seen = Part(evidence=(Evidence(_CALL, facts),), verified=False)
        return join((seen, _asking(scene, own)))
    if scene.view.dns_support is not False:
        return Part()
    _, off, _ = vpc_dns(scene)
    return blocked(off[0].kind, dict(off[0].fields), *off[0].evidence)
