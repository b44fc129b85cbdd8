"""What may stand in for an endpoint with private DNS: a private hosted zone and its like.

One VPC can hold the endpoints of many. Their private DNS is then off, and a private hosted zone
of the service's name, associated with every VPC, leads to them over a transit gateway or peering;
a resolver rule or a Route 53 profile does the same. Where they lead cannot be seen from here.
Sources: https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html (zones of
profiles are not in it),
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from wizard.network.endpoints import PRIVATE_DNS_OFF, VPC_DNS_OFF, Found
from wizard.network.facts import networks, vpc_networks
from wizard.network.resolvers import servers
from wizard.network.routes import (
    ANYWHERE,
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    destination,
    is_blackhole,
    is_list_route,
    way_of,
)
from wizard.network.scene import Scene
from wizard.network.types import Evidence, Item, Items, Unread

ZONES, RULES = "route53:ListHostedZonesByVPC", "route53resolver:ListResolverRules"
PROFILES = "route53profiles:ListProfileAssociations"
STANDS_IN = "private-zone"
"""The way where something else than an endpoint of the VPC answers the name."""

_HOSTS = {
    "ecr.api": ("api.ecr", "ecr.api", "ecr"),
    "ecr.dkr": ("dkr.ecr", "ecr.dkr", "dkr-ecr"),
    "kinesis-streams": ("kinesis", "kinesis-streams"),
    "kinesis-firehose": ("firehose", "kinesis-firehose"),
}
"""What stands before the region in the service's host names, where it is not its own name."""
_SUFFIXES = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws")

_PUBLIC_HOSTS = (
    "amazonaws.com",
    "azurecr.io",
    "docker.com",
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "gitlab.com",
    "k8s.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "pkg.dev",
    "public.ecr.aws",
    "quay.io",
    "splunkcloud.com",
)
"""Hosts that are known to be on the internet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`by`: what answers the name instead, as it was read. `unread`: what was not read that would
    tell. Neither: nothing stands in."""

    by: Evidence | None = None
    unread: tuple[Unread, ...] = ()


def names_of(scene: Scene) -> tuple[str, ...]:
    """The host names that lead to the need, without wildcards."""
    need = scene.need
    if not need.service:
        return (need.host.lower().rstrip("."),)
    heads = _HOSTS.get(need.service, (need.service,))
    return tuple(f"{head}.{scene.region}.{end}" for head in heads for end in _SUFFIXES)


def _covers(zone: str, names: Iterable[str]) -> bool:
    """Whether a zone answers for one of the names, or for some of the names below it."""
    zone = zone.lower().rstrip(".")
    dotted = f".{zone}"
    return bool(zone) and any(
        name == zone or name.endswith(dotted) or zone.endswith(f".{name}") for name in names
    )


def is_public_host(host: str) -> bool:
    """Whether a host is known to be on the internet."""
    return any(host == one or host.endswith(f".{one}") for one in _PUBLIC_HOSTS)


def private_routes(scene: Scene) -> list[Item]:
    """Routes that lead to other networks: VPCs, offices, appliances. The default route is not
    among them: what is asked here is asked because that one is lacking."""
    no_such = ("local", INTERNET_GATEWAY, NAT_GATEWAY, "egress-only-gateway")
    return [
        route
        for route in scene.routes
        if way_of(route)[0] not in no_such
        and destination(route) != ANYWHERE
        and not is_blackhole(route)
        and not is_list_route(route)
    ]


def _by_zone(scene: Scene) -> Evidence | Unread | None:
    zones = scene.view.private_zones
    if isinstance(zones, Unread):
        return zones
    for zone in zones:
        # An endpoint's own private DNS is a zone too, owned by its service.
        owner = str((zone.get("Owner") or {}).get("OwningService", ""))
        if not owner.startswith("vpce.") and _covers(str(zone.get("Name", "")), names_of(scene)):
            facts = {"zone": zone.get("Name", ""), "zone_id": zone.get("HostedZoneId", "")}
            return Evidence(ZONES, facts | {"vpc": scene.vpc_id})
    return None


def _by_rule(scene: Scene) -> Evidence | Unread | None:
    rules = scene.view.resolver_rules
    if isinstance(rules, Unread):
        return rules
    for rule in rules:
        forwards = str(rule.get("RuleType", "FORWARD")).upper() == "FORWARD"
        domain = str(rule.get("DomainName", ""))
        if forwards and (domain == "." or _covers(domain, names_of(scene))):
            facts = {"zone": domain, "zone_id": rule.get("Id", ""), "vpc": scene.vpc_id}
            return Evidence(RULES, facts)
    return None


def _by_profile(scene: Scene) -> Evidence | Unread | None:
    profiles: Items = scene.view.profiles
    if isinstance(profiles, Unread):
        return profiles
    for profile in profiles:
        name = profile.get("ProfileId", "")
        return Evidence(PROFILES, {"zone": name, "zone_id": name, "vpc": scene.vpc_id})
    return None


def _by_server(scene: Scene) -> Evidence | None:
    own = servers(scene)
    if isinstance(own, Unread) or not own:
        return None
    zone = ", ".join(own)
    return Evidence("ec2:DescribeDhcpOptions", {"zone": zone, "zone_id": "", "vpc": scene.vpc_id})


def standing(scene: Scene, found: Found) -> Standing:
    """What may answer the name of a need for which there is no way to be seen.

    Without a route to another network nothing outside of the VPC can help, so nothing is asked;
    then only an endpoint of this VPC whose private DNS is off can be what a zone leads to, or a
    host that nobody knows to be on the internet.
    """
    leads_on = bool(private_routes(scene))
    kinds = {fault.kind for fault in found.faults}
    local = kinds == {PRIVATE_DNS_OFF}
    unknown_host = bool(scene.need.host) and not is_public_host(scene.need.host)
    if VPC_DNS_OFF in kinds or not (leads_on or local or unknown_host):
        return Standing()
    asked = [_by_server(scene), _by_zone(scene)]
    if leads_on:
        asked += [_by_rule(scene), _by_profile(scene)]
    by = next((one for one in asked if isinstance(one, Evidence)), None)
    return Standing(by, () if by else tuple(one for one in asked if isinstance(one, Unread)))


def is_inside(scene: Scene) -> bool:
    """Whether the host is given as an address of the VPC, or of a network that a route names."""
    try:
        address = ip_address(scene.need.host)
    except ValueError:
        return False
    own = vpc_networks(scene.view, scene.subnet)
    far = networks(destination(route) for route in private_routes(scene))
    return any(address in one for one in (*own, *far))


def known_zone(scene: Scene) -> Evidence | None:
    """A private zone for the name, if the zones were read anyway."""
    found = _by_zone(scene)
    return None if isinstance(found, Unread) else found
