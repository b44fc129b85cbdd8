"""The network ways that the task needs, judged by what was read of its VPC."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from wizard.aws.calls import both
from wizard.aws.evidence import note_reach
from wizard.aws.readers.more import MORE_CALLS, wanted, with_more
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Obstacle, Way
from wizard.core.unread import Maybe, Unread, merged
from wizard.network.examination import examine, examine_subnet
from wizard.network.hidden import open_causes
from wizard.network.private import GROUP_CLOSED
from wizard.network.types import Interface, Need, NetworkView, Reach
from wizard.network.types import Unread as Unseen


@reader("reaches", calls=MORE_CALLS)
async def reaches(reading: Reading) -> Maybe[list[Reach]]:
    """Every way that the task needs, from every subnet it may start in."""
    view, interfaces, needs = (
        await reading.part("network-view"),
        await reading.part("task-interfaces"),
        await reading.part("needs"),
    )
    for one in (needs, interfaces, view):
        if isinstance(one, Unread):
            return one
    found = _examined(view, interfaces, needs)
    for _ in range(_ROUNDS):
        calls = wanted(found)
        if not calls:
            break
        view = await with_more(reading, view, calls)
        found = _examined(view, interfaces, needs)
    found += [examine_subnet(view, interface.subnet_id) for interface in interfaces]
    for reach in found:
        note_reach(reading, reach)
    return found


_ROUNDS = 3
"""What was left out decides seldom, and hardly ever twice."""


def _examined(view: NetworkView, interfaces: list[Interface], needs: list[Need]) -> list[Reach]:
    return [
        examine(view, _with_default_group(view, interface), need)
        for need in needs
        for interface in interfaces
    ]


def _with_default_group(view: NetworkView, interface: Interface) -> Interface:
    """Without groups of its own, an interface gets the VPC's default group
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html)."""
    if interface.security_groups or isinstance(view.security_groups, Unseen):
        return interface
    groups = view.security_groups
    default = tuple(one["GroupId"] for one in groups if one.get("GroupName") == "default")
    return Interface(
        interface.subnet_id, default, interface.public_ip, interface.address, interface.ipv6
    )


@reader("obstacles")
async def obstacles(reading: Reading) -> Maybe[tuple[Obstacle, ...]]:
    """What stands in the ways; one entry for each cause, service and thing."""
    found, balancers = await both(reading.part("reaches"), reading.part("balancer-obstacles"))
    if isinstance(found, Unread):
        return found
    made: dict[tuple[Any, ...], Obstacle] = {}
    for reach in found:
        doubt: Maybe[str] = _undecided([reach]) or "suspected"
        for status, some in (("confirmed", reach.obstacles), (doubt, reach.remedies)):
            for one in some:
                obstacle = _obstacle(one, status, reach.need)
                made.setdefault(_identity(obstacle), obstacle)
    undecided = _undecided(found) or _unverified(found)
    if undecided and not made and not balancers:
        return undecided
    if undecided:
        open_ = [one for one in found if _undecided([one]) or _unverified([one])]
        among = _may_be(open_, {one.cause for one in made.values() if one.status == undecided})
        if among is None or among:
            unknown = replace(undecided, among=among or ())
            made[(undecided,)] = Obstacle(unknown, undecided, open_[0].need.stage or "eni")
    for obstacle in (*_beyond(found, made.values()), *balancers):
        made.setdefault(_identity(obstacle), obstacle)
    confirmed = {_remedied(one) for one in made.values() if one.status == "confirmed"}
    return tuple(
        one for one in made.values() if one.status == "confirmed" or _remedied(one) not in confirmed
    )


def _beyond(found: Sequence[Reach], made: Iterable[Obstacle]) -> Iterator[Obstacle]:
    """Yield what may stand in blocked ways besides, for want of what was not read of their rest."""
    named = {one.cause for one in made}
    for reach in found:
        causes = [one for one in open_causes(reach.beyond) if one not in named]
        if not any("endpoint" in one.fields for one in reach.obstacles):
            causes = [one for one in causes if one != GROUP_CLOSED]
        if causes:
            unread = merged(*(Unread(one.call, one.why) for one in reach.beyond))
            unknown = replace(unread, among=tuple(causes))
            yield Obstacle(unknown, unknown, reach.need.stage or "eni")


def _may_be(ways: Sequence[Reach], named: Container[Maybe[str]]) -> tuple[str, ...] | None:
    """The causes that may stand in `ways` that could not be judged, but for those that are `named`
    already; None where it may be any."""
    if not all(one.may_be for one in ways):
        return None
    every = dict.fromkeys(cause for one in ways for cause in one.may_be)
    return tuple(one for one in every if one not in named)


def _remedied(one: Obstacle) -> tuple[Any, ...]:
    """What a remedy must not repeat: it is confirmed already."""
    return _identity(replace(one, status="suspected"))


def _undecided(found: Sequence[Reach]) -> Unread | None:
    """What kept a way from being judged: then an empty list would say too much."""
    unread = dict.fromkeys(Unread(one.call, one.why) for reach in found for one in reach.unread)
    return merged(*unread) if unread else None


def _unverified(found: Sequence[Reach]) -> Unread | None:
    """A way whose further course nobody can read from here: nothing is proven, nothing refuted."""
    reach = next((one for one in found if one.state == "unverified"), None)
    if reach is None:
        return None
    seen = (one.call for one in reach.evidence if one.call.startswith(_ANSWERS))
    return Unread(next(seen, "ec2:DescribeRouteTables"), "no-way")


_ANSWERS = ("route53", "ec2:DescribeDhcpOptions")
"""Calls that tell of somebody else who answers names."""


def _identity(one: Obstacle) -> tuple[Any, ...]:
    """What makes two obstacles one finding, the status last."""
    # An ACL that keeps names from being found is shut for the rest as a rule: one finding.
    port = one.port if one.group else None
    thing = (one.endpoint, one.route_table, one.group, one.acl, port)
    # As a remedy, a route is offered once for its table.
    subnet = one.subnet if one.cause in _BY_SUBNET and one.status == "confirmed" else None
    service = one.service if one.cause in _BY_SERVICE else None
    return (one.cause, service, subnet, *thing, one.status)


_BY_SUBNET = (
    "network.public-ip-missing",
    "network.no-internet-route",
    "network.subnet-full",
)
_BY_SERVICE = ("network.endpoint-missing",)


def _obstacle(one: Any, status: Maybe[str], need: Need) -> Obstacle:
    fields = dict(one.fields)
    return Obstacle(
        cause=one.kind,
        status=status,
        stage=need.stage or "eni",
        service=fields.get("service") or need.service or None,
        vpc=fields.get("vpc"),
        subnet=fields.get("subnet"),
        endpoint=fields.get("endpoint"),
        route_table=fields.get("route_table"),
        group=fields.get("group"),
        task_group=fields.get("task_group") or None,
        acl=fields.get("acl"),
        state=fields.get("state"),
        host=need.host or None,
        port=fields.get("port"),
    )


@reader("ways")
async def ways(reading: Reading) -> Maybe[tuple[Way, ...]]:
    """Each needed way and whether it is open."""
    found = await reading.part("reaches")
    if isinstance(found, Unread):
        return found
    return tuple(_way(one) for one in found if one.need.service or one.need.host)


def _way(reach: Reach) -> Way:
    state: Maybe[str] = _undecided([reach]) or reach.state
    name = reach.need.service or reach.need.host
    return Way(name, reach.need.stage, state, reach.way or None)
