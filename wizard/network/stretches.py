"""The stretches that every way has: the task's groups, and the ACLs at both ends."""

from __future__ import annotations

from wizard.network.acls import Passage, passes, way_back
from wizard.network.facts import acl_of, is_shared, subnet_networks
from wizard.network.groups import Admission, Protocol, admits
from wizard.network.scene import Part, Scene, blocked, join
from wizard.network.targets import Target
from wizard.network.types import Evidence, Item, Unread

EGRESS_CLOSED = "network.task-group-egress-closed"
ACL_BLOCKS = "network.acl-blocks"


def groups_part(scene: Scene, target: Target, protocol: Protocol = "tcp") -> Part:
    """Whether the task's security groups let the way out."""
    groups = scene.interface.security_groups
    answer = admits(scene.view, groups, "egress", target, scene.need.port, protocol)
    return egress_part(scene, answer)


def egress_part(scene: Scene, answer: Admission) -> Part:
    """What the answer of the task's groups means."""
    groups = scene.interface.security_groups
    if answer.ok is True:
        facts = {"groups": groups, "direction": "egress", "port": scene.need.port, "allowed": True}
        return Part(evidence=(Evidence("ec2:DescribeSecurityGroups", facts),))
    if answer.ok is None:
        doubt = Unread("ec2:DescribeSecurityGroups", "address-not-known")
        return Part(None, unread=answer.unread or (doubt,))
    facts = {"groups": groups, "direction": "egress", "port": scene.need.port, "allowed": False}
    evidence = Evidence("ec2:DescribeSecurityGroups", facts)
    fields: dict[str, object] = {"group": groups[0], "groups": groups, "port": scene.need.port}
    return blocked(EGRESS_CLOSED, fields, evidence)


def _acl_part(scene: Scene, acl: Item, subnet: Item, passages: tuple[Passage, Passage]) -> Part:
    """One subnet's ACL: the way to the service, and the way back."""
    for passage, direction in zip(passages, ("there", "back"), strict=True):
        if passage.ok is False:
            fields: dict[str, object] = {
                "acl": acl.get("NetworkAclId", ""),
                "subnet": subnet.get("SubnetId", ""),
                "direction": direction,
                "rule": passage.rule,
                "port": scene.need.port,
            }
            evidence = Evidence("ec2:DescribeNetworkAcls", fields)
            return blocked(ACL_BLOCKS, fields, evidence)
    if any(passage.ok is None for passage in passages):
        return Part(None, unread=(Unread("ec2:DescribeNetworkAcls", "address-not-known"),))
    seen = {"acl": acl.get("NetworkAclId", ""), "subnet": subnet.get("SubnetId", "")}
    return Part(evidence=(Evidence("ec2:DescribeNetworkAcls", {**seen, "allowed": True}),))


def near_acl(
    scene: Scene,
    target: Target,
    subnet: Item | None = None,
    *,
    client: bool = True,
    protocol: Protocol = "tcp",
) -> Part:
    """The ACL on the client's side: out to the port, back to the client's ports."""
    near = subnet or scene.subnet
    acl = acl_of(scene.view, near)
    if isinstance(acl, Unread):
        return Part(None, unread=(acl,))
    port = scene.need.port
    out = passes(acl, target, (port, port), egress=True, protocol=protocol)
    back = way_back(acl, target, egress=False, client=client, protocol=protocol)
    return _acl_part(scene, acl, near, (out, back))


def far_acl(scene: Scene, source: Target, subnet: Item, *, client: bool = True) -> Part:
    """The ACL on the serving side: in to the port, back out to the client's ports."""
    acl = acl_of(scene.view, subnet)
    if isinstance(acl, Unread):
        why = "shared-vpc" if is_shared(scene.view, subnet) else acl.why
        return Part(None, unread=(Unread(acl.call, why),))
    port = scene.need.port
    inward = passes(acl, source, (port, port), egress=False)
    back = way_back(acl, source, egress=True, client=client)
    return _acl_part(scene, acl, subnet, (inward, back))


def acls_between(scene: Scene, subnet: Item, target: Target) -> Part:
    """The ACLs between the task's subnet and another one of the VPC; none within one subnet."""
    if subnet.get("SubnetId") == scene.subnet_id:
        return Part()
    source = scene.task()
    if not source.exact:
        source = Target(subnet_networks(scene.subnet), groups=source.groups)
    return join((near_acl(scene, target), far_acl(scene, source, subnet)))
