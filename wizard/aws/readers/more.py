"""What seldom decides, and is read of a VPC only where it does: who else answers a name, what
runs behind a route, which addresses an endpoint has, what a prefix list holds.

Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ListResolverRuleAssociations.html,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ListProfileAssociations.html
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from wizard.aws.answers import Refused
from wizard.aws.calls import both, together
from wizard.aws.reading import Reading
from wizard.network.types import NetworkView, Reach
from wizard.network.types import Unread as Unseen

ZONES = "route53:ListHostedZonesByVPC"
RULES = "route53resolver:ListResolverRules"
BOUND = "route53resolver:ListResolverRuleAssociations"
PROFILES = "route53profiles:ListProfileAssociations"
INSTANCES = "ec2:DescribeInstances"
INTERFACES = "ec2:DescribeNetworkInterfaces"
ENTRIES = "ec2:GetManagedPrefixListEntries"
MORE_CALLS = (ZONES, RULES, BOUND, PROFILES, INSTANCES, INTERFACES, ENTRIES)

_MOST = 200
"""Values that one filter of EC2 takes."""
_NOT_OFFERED = (
    "invalidaction",
    "notimplemented",
    "notimplementederror",
    "unknownaction",
    "unknownoperation",
    "unknownoperationexception",
    "404",
    "501",
)


def wanted(found: Iterable[Reach]) -> frozenset[str]:
    """The calls that would decide and were not made."""
    return frozenset(
        one.call
        for reach in found
        for one in reach.unread
        if one.why == "not-asked" and one.call in _PARTS
    )


async def with_more(reading: Reading, view: NetworkView, calls: frozenset[str]) -> NetworkView:
    """The view with the parts that `calls` tell of."""
    names = sorted(calls)
    read = await together(*(_PARTS[name][1](reading, view) for name in names))
    return replace(view, **{_PARTS[name][0]: one for name, one in zip(names, read, strict=True)})


def _vpc(view: NetworkView) -> str:
    return "" if isinstance(view.vpc, Unseen) else str(view.vpc.get("VpcId", ""))


def _not_offered(refused: Refused) -> bool:
    """Whether there is no such operation here: then nobody can have made such a thing. AWS itself
    never answers with an HTML page."""
    return refused.code.lower() in _NOT_OFFERED or refused.message.lstrip().startswith("<")


async def _offered(reading: Reading, call: str, key: str, **params: Any) -> Any:
    answer = await reading.call(call, **params)
    if isinstance(answer, Refused):
        return [] if _not_offered(answer) else Unseen(call, answer.code)
    return answer.get(key) or []


async def _zones(reading: Reading, view: NetworkView) -> Any:
    where = {"VPCId": _vpc(view), "VPCRegion": view.region}
    return await _offered(reading, ZONES, "HostedZoneSummaries", **where)


async def _rules(reading: Reading, view: NetworkView) -> Any:
    of_vpc = [{"Name": "VPCId", "Values": [_vpc(view)]}]
    rules, bound = await both(
        _offered(reading, RULES, "ResolverRules"),
        _offered(reading, BOUND, "ResolverRuleAssociations", Filters=of_vpc),
    )
    for one in (bound, rules):
        if isinstance(one, Unseen):
            return Unseen(RULES, one.why)
    ids = {one.get("ResolverRuleId") for one in bound}
    return [rule for rule in rules if rule.get("Id") in ids]


async def _profiles(reading: Reading, view: NetworkView) -> Any:
    return await _offered(reading, PROFILES, "ProfileAssociations", ResourceId=_vpc(view))


def _routes(view: NetworkView) -> Iterator[Any]:
    tables = () if isinstance(view.route_tables, Unseen) else view.route_tables
    for table in tables:
        yield from table.get("Routes") or ()


async def _by_ids(
    reading: Reading, call: str, key: str, name: str, ids: Iterable[Any]
) -> list[Any] | Unseen:
    values = sorted({str(one) for one in ids if one})[:_MOST]
    if not values:
        return []
    answer = await reading.call(call, Filters=[{"Name": name, "Values": values}])
    if isinstance(answer, Refused):
        return Unseen(call, answer.code)
    return list(answer.get(key) or ())


async def _instances(reading: Reading, view: NetworkView) -> Any:
    ids = (route.get("InstanceId") for route in _routes(view))
    found = await _by_ids(reading, INSTANCES, "Reservations", "instance-id", ids)
    if isinstance(found, Unseen):
        return found
    return [one for some in found for one in some.get("Instances") or ()]


async def _interfaces(reading: Reading, view: NetworkView) -> Any:
    ids = [r.get("NetworkInterfaceId") for r in _routes(view) if not r.get("InstanceId")]
    endpoints = () if isinstance(view.endpoints, Unseen) else view.endpoints
    ids += [one for endpoint in endpoints for one in endpoint.get("NetworkInterfaceIds") or ()]
    return await _by_ids(reading, INTERFACES, "NetworkInterfaces", "network-interface-id", ids)


def _named_lists(view: NetworkView) -> Iterator[str]:
    groups = () if isinstance(view.security_groups, Unseen) else view.security_groups
    for group in groups:
        for rule in (
            *(group.get("IpPermissions") or ()),
            *(group.get("IpPermissionsEgress") or ()),
        ):
            yield from (str(one.get("PrefixListId")) for one in rule.get("PrefixListIds") or ())
    for route in _routes(view):
        if route.get("DestinationPrefixListId"):
            yield str(route["DestinationPrefixListId"])


async def _lists(reading: Reading, view: NetworkView) -> Any:
    """The entries of the lists that groups and routes name, beside those that are known."""
    known = [] if isinstance(view.prefix_lists, Unseen) else list(view.prefix_lists)
    missing = sorted({*_named_lists(view)} - {str(one.get("PrefixListId")) for one in known})
    answers = await together(*(reading.call(ENTRIES, PrefixListId=one) for one in missing))
    for name, answer in zip(missing, answers, strict=True):
        entries: Any
        if isinstance(answer, Refused):
            entries = Unseen(ENTRIES, answer.code)
        else:
            # A list that is shared no longer goes on to work in rules, and is not shown.
            entries = answer.get("Entries") or Unseen(ENTRIES, "none-shown")
        known.append({"PrefixListId": name, "Entries": entries})
    return known


Read = Callable[[Reading, NetworkView], Awaitable[Any]]
_PARTS: dict[str, tuple[str, Read]] = {
    ZONES: ("private_zones", _zones),
    RULES: ("resolver_rules", _rules),
    PROFILES: ("profiles", _profiles),
    INSTANCES: ("instances", _instances),
    INTERFACES: ("network_interfaces", _interfaces),
    ENTRIES: ("prefix_lists", _lists),
}
"""The call that the network asks for, the part of the view that it fills, and how it is read."""
