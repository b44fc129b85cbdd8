"""One question in work: the scene it is asked in, and the parts of its answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wizard.network.facts import route_table_of, subnet_networks, subnet_of, vpc_id
from wizard.network.targets import Target, host
from wizard.network.types import (
    Evidence,
    Interface,
    Item,
    Need,
    NetworkView,
    Obstacle,
    Unread,
)
from wizard.policy.logic import Truth, all_of


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of the way: whether it is open, and what stands in it.

    `verified` False: open as far as can be seen. `suspects`: obstacles that could not be proven.
    """

    ok: Truth = True
    obstacles: tuple[Obstacle, ...] = ()
    suspects: tuple[Obstacle, ...] = ()
    unread: tuple[Unread, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    verified: bool = True


def join(parts: Iterable[Part]) -> Part:
    """Stretches one after the other: all must be open."""
    every = list(parts)
    return Part(
        ok=all_of(p.ok for p in every),
        obstacles=tuple(o for p in every for o in p.obstacles),
        suspects=tuple(o for p in every for o in p.suspects),
        unread=tuple(dict.fromkeys(u for p in every for u in p.unread)),
        evidence=tuple(e for p in every for e in p.evidence),
        verified=all(p.verified for p in every),
    )


def blocked(kind: str, fields: dict[str, object], *evidence: Evidence) -> Part:
    """A stretch that is proven to be closed."""
    return Part(False, (Obstacle(kind, fields, evidence),), evidence=evidence)


def unread(*what: Unread) -> Part:
    """A stretch of which too little was read."""
    return Part(None, unread=what)


@dataclass(frozen=True, slots=True)
class Scene:
    """The interface in its subnet, and what it needs."""

    view: NetworkView
    interface: Interface
    need: Need
    subnet: Item
    table: Item | Unread

    @property
    def subnet_id(self) -> str:
        """The task's subnet."""
        return self.interface.subnet_id

    @property
    def vpc_id(self) -> str:
        """The task's VPC."""
        return vpc_id(self.view, self.subnet)

    @property
    def region(self) -> str:
        """The region of the service that is needed."""
        return self.need.region or self.view.region

    @property
    def table_id(self) -> str:
        """The route table in effect, empty if it was not read."""
        return "" if isinstance(self.table, Unread) else str(self.table.get("RouteTableId", ""))

    @property
    def routes(self) -> tuple[Item, ...]:
        """The routes in effect; empty if they were not read (look at `table` first)."""
        return () if isinstance(self.table, Unread) else tuple(self.table.get("Routes") or ())

    def task(self) -> Target:
        """The task as the other end of somebody's connection."""
        groups = self.interface.security_groups
        if self.interface.address:
            return Target(host(self.interface.address), exact=True, groups=groups)
        return Target(subnet_networks(self.subnet), groups=groups)


def _default_group(view: NetworkView, subnet: Item) -> tuple[str, ...]:
    """The VPC's default group, which a task gets that names none.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
    """
    if isinstance(view.security_groups, Unread):
        return ()
    for group in view.security_groups:
        if group.get("GroupName") == "default" and group.get("VpcId") == subnet.get("VpcId"):
            return (str(group.get("GroupId", "")),)
    return ()


def scene_of(view: NetworkView, interface: Interface, need: Need) -> Scene | Unread:
    """Puts the interface into its subnet; Unread if the subnet was not read."""
    subnet = subnet_of(view, interface.subnet_id)
    if isinstance(subnet, Unread):
        return subnet
    if not interface.security_groups:
        interface = replace(interface, security_groups=_default_group(view, subnet))
    return Scene(view, interface, need, subnet, route_table_of(view, subnet))
