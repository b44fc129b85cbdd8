"""EFS: a mount target in the task's zone that admits NFS from the task.

Sources: https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html (one mount target per zone, its
name leads to the one in the client's zone), https://docs.aws.amazon.com/efs/latest/ug/network-access.html
(port 2049 in the groups of both ends).
"""

from __future__ import annotations

from dataclasses import replace

from wizard.network.endpoints import VPC_DNS_OFF
from wizard.network.facts import find, networks
from wizard.network.groups import admits
from wizard.network.scene import Part, Scene, blocked, join, unread
from wizard.network.stretches import acls_between, groups_part
from wizard.network.targets import Target, host
from wizard.network.types import Evidence, Item, Obstacle, Unread
from wizard.policy.logic import Truth

EFS_UNREACHABLE = "storage.efs-unreachable"
NFS = 2049
_CALL = "elasticfilesystem:DescribeMountTargets"


def _unreachable(scene: Scene, reason: str, call: str = _CALL, **more: object) -> Part:
    fields: dict[str, object] = {
        "file_system": scene.need.file_system,
        "subnet": scene.subnet_id,
        "zone": str(scene.subnet.get("AvailabilityZone", "")),
        "reason": reason,
        **more,
    }
    return blocked(EFS_UNREACHABLE, fields, Evidence(call, fields))


def _same_zone(scene: Scene, target: Item) -> Truth:
    """Whether it is in the task's zone; None where neither it nor its subnet says so."""
    if target.get("SubnetId") == scene.subnet_id:
        return True
    subnet = find(scene.view.subnets, "SubnetId", str(target.get("SubnetId", "")))
    theirs = {} if subnet is None or isinstance(subnet, Unread) else subnet
    pairs = (
        (
            target.get("AvailabilityZoneId") or theirs.get("AvailabilityZoneId"),
            "AvailabilityZoneId",
        ),
        (target.get("AvailabilityZoneName") or theirs.get("AvailabilityZone"), "AvailabilityZone"),
    )
    for zone, key in pairs:
        if zone and scene.subnet.get(key):
            return bool(zone == scene.subnet[key])
    return None


def _names(scene: Scene) -> Part:
    """A file system's name is found where the VPC has DNS hostnames on; the mount may yet go by
    address. https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html"""
    if scene.view.dns_hostnames is not False:
        return Part()
    fields: dict[str, object] = {"vpc": scene.vpc_id, "attribute": "enableDnsHostnames"}
    evidence = Evidence("ec2:DescribeVpcAttribute", fields | {"value": False})
    return Part(suspects=(Obstacle(VPC_DNS_OFF, fields, (evidence,)),), verified=False)


def _admission(scene: Scene, target: Item) -> Part:
    groups = target.get("SecurityGroups")
    if groups is None or isinstance(groups, Unread):
        call = "elasticfilesystem:DescribeMountTargetSecurityGroups"
        return unread(groups if isinstance(groups, Unread) else Unread(call, "not-asked"))
    answer = admits(scene.view, groups, "ingress", scene.task(), scene.need.port)
    if answer.ok is None:
        return Part(None, unread=answer.unread)
    if answer.ok:
        return Part()
    mine = scene.interface.security_groups
    return _unreachable(
        scene,
        "group-closed",
        "ec2:DescribeSecurityGroups",
        mount_target=target.get("MountTargetId", ""),
        groups=tuple(groups),
        task_group=mine[0] if mine else "",
        port=scene.need.port,
    )


def _path(scene: Scene, target: Item) -> Part:
    address = str(target.get("IpAddress", ""))
    groups = target.get("SecurityGroups")
    theirs = () if groups is None or isinstance(groups, Unread) else tuple(groups)
    subnet = find(scene.view.subnets, "SubnetId", str(target.get("SubnetId", "")))
    ranges = host(address) if address else ()
    if subnet is None or isinstance(subnet, Unread):
        acls = unread(subnet or Unread("ec2:DescribeSubnets", "not-found"))
    else:
        ranges = ranges or networks([subnet.get("CidrBlock", "")])
        acls = acls_between(scene, subnet, Target(ranges, bool(address), theirs))
    return join((groups_part(scene, Target(ranges, bool(address), theirs)), acls))


def mount_reach(scene: Scene) -> Part:
    """All that lies between the task and its file system's mount target."""
    if scene.need.port != NFS:
        scene = replace(scene, need=replace(scene.need, port=NFS))
    targets = scene.view.mount_targets
    if isinstance(targets, Unread):
        return unread(targets)
    mine = [t for t in targets if t.get("FileSystemId") == scene.need.file_system]
    here = [t for t in mine if t.get("VpcId") in (None, scene.vpc_id)]
    if mine and not here:
        # In another VPC: by peering or a transit gateway, with a name of the user's own.
        return Part(verified=False)
    zones = [_same_zone(scene, target) for target in here]
    near = next((t for t, same in zip(here, zones, strict=True) if same), None)
    if near is None and None in zones:
        return unread(Unread(_CALL, "zone-not-told"))
    if near is None:
        return _unreachable(scene, "no-mount-target")
    state = str(near.get("LifeCycleState", "available")).lower()
    if state != "available":
        return _unreachable(scene, "not-available", state=state)
    facts = {"mount_target": near.get("MountTargetId", ""), "subnet": near.get("SubnetId", "")}
    there = Part(evidence=(Evidence(_CALL, facts),))
    return join((there, _names(scene), _path(scene, near), _admission(scene, near)))
