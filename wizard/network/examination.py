"""Puts the ways together into one answer.

A name that an interface endpoint has taken over is reached through it or not at all; the same
holds for addresses that a gateway endpoint's route matches. Everything else goes the public way.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wizard.network.endpoints import Found, find_endpoints
from wizard.network.facts import networks, subnet_of, vpc_networks
from wizard.network.groups import admits
from wizard.network.hidden import hidden_causes, open_causes
from wizard.network.mounts import mount_reach
from wizard.network.naming import Names, missing, name_it
from wizard.network.private import beyond, through_gateway, through_interface
from wizard.network.public import Public, public_way
from wizard.network.resolvers import resolution
from wizard.network.routes import destination
from wizard.network.scene import Part, Scene, join, scene_of, unread
from wizard.network.sixth import is_ipv6_only, only_ipv6
from wizard.network.standing import STANDS_IN, is_inside, known_zone, private_routes, standing
from wizard.network.stretches import groups_part, near_acl
from wizard.network.targets import Target, host, internet
from wizard.network.types import (
    Evidence,
    Interface,
    Need,
    NetworkView,
    Obstacle,
    Reach,
    State,
    Unread,
)

SUBNET_FULL = "network.subnet-full"


def _marked(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """The obstacles, each once, the first of them marked."""
    unique: list[Obstacle] = []
    for obstacle in obstacles:
        if not any(o.kind == obstacle.kind and o.fields == obstacle.fields for o in unique):
            unique.append(obstacle)
    return tuple(replace(o, first=index == 0) for index, o in enumerate(unique))


def _state(part: Part) -> State:
    if part.ok is None:
        return "unknown"
    if not part.ok:
        return "blocked"
    return "open" if part.verified else "unverified"


def reach_of(need: Need, way: str, part: Part) -> Reach:
    """The answer that one way gives."""
    return Reach(
        need=need,
        state=_state(part),
        way=way,
        obstacles=_marked(part.obstacles),
        remedies=part.suspects,
        unread=part.unread if part.ok is None else (),
        evidence=part.evidence,
        may_be=open_causes(part.unread) if part.ok is None else (),
        beyond=part.unread if part.ok is False else (),
    )


def _closed_anyway(scene: Scene) -> tuple[Obstacle, ...]:
    """What would stop the task even if a way were there: groups or an ACL that let the port out
    neither to the internet nor to the VPC itself, nor to a network that a route leads to."""
    outside = internet(scene.need.service)
    inside = Target(vpc_networks(scene.view, scene.subnet))
    far = (Target(networks([destination(route)])) for route in private_routes(scene))
    targets = (outside, inside, *(one for one in far if one.networks))
    found: tuple[Obstacle, ...] = ()
    groups = scene.interface.security_groups
    answers = [admits(scene.view, groups, "egress", one, scene.need.port).ok for one in targets]
    if not any(one is not False for one in answers) and not _names_something(scene):
        found += groups_part(scene, outside).obstacles
    acls = [near_acl(scene, target) for target in targets]
    if all(part.ok is False for part in acls):
        found += acls[0].obstacles
    return found


def _unseen_anyway(scene: Scene) -> tuple[Unread, ...]:
    """What was not read of the groups and the ACL, which a way that is lacking would have too."""
    outside = internet(scene.need.service)
    parts = (groups_part(scene, outside), near_acl(scene, outside))
    return tuple(dict.fromkeys(one for part in parts if part.ok is None for one in part.unread))


def _names_something(scene: Scene) -> bool:
    """Whether a rule for the port names a group or a list: then it lets out to something."""
    groups = scene.view.security_groups
    if isinstance(groups, Unread):
        return True
    mine = [g for g in groups if g.get("GroupId") in scene.interface.security_groups]
    rules = [r for g in mine for r in g.get("IpPermissionsEgress") or ()]
    return any(r.get("UserIdGroupPairs") or r.get("PrefixListIds") for r in rules)


def _lacking(scene: Scene, found: Found, public: Public) -> Reach:
    """There is no public way: give it its name, unless something unseen may stand in."""
    names: Names = name_it(scene, found, public)
    every, evidence = (*names.confirmed, *names.others), public.route.evidence
    closed = (*resolution(scene).obstacles, *_closed_anyway(scene))
    if found.captures is None and scene.need.service and found.unread:
        # An endpoint that nobody has shown us may be there and serve.
        return Reach(
            scene.need,
            "blocked" if closed else "unknown",
            obstacles=_marked(closed),
            remedies=every,
            unread=found.unread,
            evidence=evidence,
            may_be=hidden_causes(scene),
        )
    instead = standing(scene, found)
    if closed and (instead.by or instead.unread):
        return Reach(scene.need, "blocked", public.way, _marked(closed), every, evidence=evidence)
    if instead.by:
        seen = (instead.by, *evidence)
        return Reach(scene.need, "unverified", way=STANDS_IN, evidence=seen)
    if instead.unread:
        return Reach(
            scene.need, "unknown", remedies=every, unread=instead.unread, evidence=evidence
        )
    return Reach(
        scene.need,
        "blocked",
        way=public.way,
        obstacles=_marked((*closed, *names.confirmed, *_beyond(scene, found, names, closed))),
        remedies=names.others,
        evidence=evidence,
        beyond=_unseen_anyway(scene),
    )


def _beyond(
    scene: Scene, found: Found, names: Names, closed: tuple[Obstacle, ...]
) -> tuple[Obstacle, ...]:
    """What else is wrong with the endpoint whose faults are the name of the broken way."""
    if found.faulty is None or names.confirmed != found.faults:
        return ()
    told = {one.kind for one in closed}
    return tuple(one for one in beyond(scene, found.faulty) if one.kind not in told)


def _by_public(scene: Scene, found: Found) -> Reach:
    public = public_way(scene)
    if public.lack:
        return _lacking(scene, found, public)
    route = public.route
    served = found.captures is not False or found.gateway is not None
    if isinstance(scene.table, Unread) and scene.need.service and not served:
        # No endpoint serves: where the table leads nowhere, that is what is lacking.
        route = replace(route, suspects=found.faults or (missing(scene),))
    part = join((resolution(scene), public.rest, route))
    hidden = scene.need.service and found.interface is None and found.captures is None
    if hidden and part.ok:
        # An endpoint that was not read would take the name over, broken or not.
        part = join((part, unread(*found.unread)))
        return replace(reach_of(scene.need, public.way, part), may_be=hidden_causes(scene))
    zone = known_zone(scene)
    if zone and part.ok:
        part = replace(part, verified=False, evidence=(*part.evidence, zone))
    return reach_of(scene.need, public.way, part)


def _perhaps_interface(scene: Scene, found: Found, part: Part) -> Reach:
    """An endpoint is there; whether the name leads to it (the VPC's DNS) was not read."""
    other = _by_public(scene, replace(found, captures=False, interface=None))
    if part.ok is True and other.state == "open":
        return reach_of(scene.need, "interface-endpoint", part)
    if part.ok is False and other.state == "blocked":
        return reach_of(scene.need, "interface-endpoint", part)
    doubt = replace(part, ok=None, obstacles=(), suspects=part.obstacles + part.suspects)
    return reach_of(scene.need, "interface-endpoint", join((doubt, unread(*found.unread))))


def _within(scene: Scene) -> Reach:
    """A host that is given as an address in this VPC, or in a network that a route leads to."""
    target = Target(host(scene.need.host), exact=True)
    seen = Evidence("ec2:DescribeRouteTables", {"route_table": scene.table_id})
    part = Part(evidence=(seen,), verified=False)
    return reach_of(scene.need, "vpc", join((part, groups_part(scene, target))))


def _special(scene: Scene) -> Reach | None:
    """The answers that hang on neither endpoints nor a way to the internet."""
    if is_ipv6_only(scene.subnet):
        return only_ipv6(scene)
    if scene.need.service == "efs":
        return reach_of(scene.need, "vpc", join((resolution(scene), mount_reach(scene))))
    return _within(scene) if scene.need.host and is_inside(scene) else None


def examine(view: NetworkView, interface: Interface, need: Need) -> Reach:
    """Whether the interface reaches what is needed, by which way, and what stands in it.

    Never raises for what was read or not read. FIPS and dual-stack variants of a service's name
    are outside of what is looked at.
    """
    scene = scene_of(view, interface, need)
    if isinstance(scene, Unread):
        return Reach(need, "unknown", unread=(scene,))
    special = _special(scene)
    if special:
        return special
    found = find_endpoints(scene)
    if found.interface is not None:
        part = join((resolution(scene), through_interface(scene, found.interface)))
        if found.captures:
            return reach_of(need, "interface-endpoint", part)
        return _perhaps_interface(scene, found, part)
    if found.gateway is not None and found.routed:
        part = join((resolution(scene), through_gateway(scene, found.gateway)))
        return reach_of(need, "gateway-endpoint", part)
    return _by_public(scene, found)


def examine_subnet(view: NetworkView, subnet_id: str, wanted: int = 1) -> Reach:
    """Whether the subnet has addresses left for `wanted` more interfaces.

    AvailableIpAddressCount leaves out the five addresses that AWS keeps:
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """
    need = Need(stage="eni", source=f"subnet:{subnet_id}")
    subnet = subnet_of(view, subnet_id)
    if isinstance(subnet, Unread):
        return Reach(need, "unknown", unread=(subnet,))
    free = subnet.get("AvailableIpAddressCount")
    if free is None:
        return Reach(need, "unknown", unread=(Unread("ec2:DescribeSubnets", "no-count"),))
    fields: dict[str, object] = {"subnet": subnet_id, "free": int(free), "wanted": wanted}
    evidence = Evidence("ec2:DescribeSubnets", fields)
    if int(free) >= wanted:
        return Reach(need, "open", "vpc", evidence=(evidence,))
    full = Obstacle(SUBNET_FULL, fields, (evidence,), first=True)
    return Reach(need, "blocked", obstacles=(full,), evidence=(evidence,))
