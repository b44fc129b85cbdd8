"""The way from a load balancer to a task: the groups at both ends, the ACLs of both subnets.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html
(the balancer's group lets out, the targets' group lets in: the traffic and the health check port),
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html
(a Network Load Balancer asks from its own addresses; its traffic may come with the client's),
https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
(requests of Elastic Load Balancing use the ports 1024 to 65535).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from wizard.network.facts import networks, subnet_networks, subnet_of
from wizard.network.groups import Admission, Direction, Protocol, admits
from wizard.network.scene import Part, Scene, blocked, join, scene_of, unread
from wizard.network.stretches import far_acl, near_acl
from wizard.network.targets import Target
from wizard.network.types import Evidence, Interface, Item, Need, NetworkView, Unread

GROUP_BLOCKS = "lb.group-blocks"
_GROUPS = "ec2:DescribeSecurityGroups"
_UNKNOWN = Unread(_GROUPS, "address-not-known")
_ANYBODY = (IPv4Network("0.0.0.0/0"),)


@dataclass(frozen=True, slots=True)
class Balancer:
    """A load balancer: the ids of its subnets and groups; `groups` None where it did not say."""

    subnets: tuple[str, ...]
    groups: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """A connection that the balancer opens. `relayed`: a Network Load Balancer passes it on, with
    its own address or with the client's."""

    port: int
    protocol: Protocol = "tcp"
    relayed: bool = False


def approach(view: NetworkView, interface: Interface, balancer: Balancer, probe: Probe) -> Part:
    """Whether the balancer's connection gets to the task and its answer back.

    Obstacles are `lb.group-blocks` and `network.acl-blocks`, their field `side` being `out` at
    the balancer's end and `in` at the task's; suspects are groups that shut out the
    balancer's node in the task's zone, and ACLs that do so in some of its subnets.
    """
    scene = scene_of(view, interface, Need(port=probe.port))
    if isinstance(scene, Unread):
        return unread(scene)
    groups = join((_lets_out(scene, balancer, probe), _lets_in(scene, balancer, probe)))
    # Relayed traffic would be judged by addresses that nobody knows.
    return groups if probe.relayed else join((groups, _acls(scene, balancer)))


def _lets_out(scene: Scene, balancer: Balancer, probe: Probe) -> Part:
    if balancer.groups is None:
        return unread(Unread("elasticloadbalancing:DescribeLoadBalancers", "unexpected-answer"))
    if not balancer.groups:
        return Part()
    answer = admits(scene.view, balancer.groups, "egress", scene.task(), probe.port, probe.protocol)
    return _judged(answer, "egress", balancer.groups, probe)


def _lets_in(scene: Scene, balancer: Balancer, probe: Probe) -> Part:
    mine = scene.interface.security_groups
    known = [subnet_of(scene.view, one) for one in balancer.subnets]
    subnets = [one for one in known if not isinstance(one, Unread)]

    def admitted(source: Target) -> Admission:
        return admits(scene.view, mine, "ingress", source, probe.port, probe.protocol)

    answers = [admitted(source) for source in _sources(_ranges(subnets), balancer, probe)]
    agreed = all(one.ok is answers[0].ok for one in answers)
    if agreed and answers[0].ok is None and not probe.relayed:
        # Without cross-zone load balancing a task is asked from its own zone alone.
        near = Target(_ranges(_of_zone(scene, subnets)), groups=balancer.groups or ())
        if admitted(near).ok is False:
            shut = _judged(Admission(False), "ingress", mine, probe)
            return Part(None, suspects=shut.obstacles, unread=(_UNKNOWN,))
    return _judged(answers[0] if agreed else Admission(None), "ingress", mine, probe)


def _ranges(subnets: Iterable[Item]) -> tuple[IPv4Network, ...]:
    return networks(one.get("CidrBlock", "") for one in subnets)


def _of_zone(scene: Scene, subnets: Iterable[Item]) -> list[Item]:
    """Those of `subnets` that are in the task's own zone."""
    zone = scene.subnet.get("AvailabilityZone")
    return [one for one in subnets if zone and one.get("AvailabilityZone") == zone]


def _sources(own: tuple[IPv4Network, ...], balancer: Balancer, probe: Probe) -> Iterable[Target]:
    """Whom the task's groups may see: the balancer, and where it relays, anybody."""
    groups = balancer.groups or ()
    yield Target(own, groups=groups)
    if probe.relayed:
        yield Target(_ANYBODY, groups=groups)


def _judged(answer: Admission, direction: Direction, groups: tuple[str, ...], probe: Probe) -> Part:
    side = "out" if direction == "egress" else "in"
    fields: dict[str, object] = {"groups": groups, "port": probe.port, "side": side}
    evidence = Evidence(_GROUPS, fields)
    if answer.ok is None:
        return unread(*(answer.unread or (_UNKNOWN,)))
    return Part(evidence=(evidence,)) if answer.ok else blocked(GROUP_BLOCKS, fields, evidence)


def _acls(scene: Scene, balancer: Balancer) -> Part:
    """The ACLs between the balancer's subnets and the task's: one way must be open."""
    ways = [_from_subnet(scene, balancer, one) for one in balancer.subnets]
    shut = tuple(obstacle for way in ways for obstacle in way.obstacles)
    if not shut:
        return Part(None if any(w.ok is None for w in ways) else True, unread=join(ways).unread)
    if all(way.ok is False for way in ways):
        return Part(False, shut, evidence=join(ways).evidence)
    doubt = Unread("ec2:DescribeNetworkAcls", "address-not-known")
    return Part(None, suspects=shut, unread=join(ways).unread or (doubt,))


def _from_subnet(scene: Scene, balancer: Balancer, subnet_id: str) -> Part:
    if subnet_id == scene.subnet_id:
        return Part()
    subnet = subnet_of(scene.view, subnet_id)
    if isinstance(subnet, Unread):
        return unread(subnet)
    source = Target(subnet_networks(subnet), groups=balancer.groups or ())
    leaving = near_acl(scene, scene.task(), subnet, client=False)
    arriving = far_acl(scene, source, scene.subnet, client=False)
    return join((_at(leaving, "out"), _at(arriving, "in")))


def _at(part: Part, side: str) -> Part:
    """The part, its obstacles marked with the end that they stand at."""
    marked = (replace(o, fields={**o.fields, "side": side}) for o in part.obstacles)
    return replace(part, obstacles=tuple(marked))
