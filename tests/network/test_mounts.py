"""EFS: the mount target of the task's zone, and NFS in the groups of both ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    OTHER_SUBNET,
    TASK_GROUP,
    TASK_SUBNET,
    ask,
    changed,
    group,
    isolated,
    kinds,
    rule,
    with_item,
)
from wizard.network import Need, NetworkView, Unread

EFS = Need("efs", file_system="fs-1", port=2049)


def world(**fields: Any) -> NetworkView:
    """A mount target in the task's subnet whose group admits NFS from the task."""
    target = {
        "MountTargetId": "fsmt-1",
        "FileSystemId": "fs-1",
        "SubnetId": TASK_SUBNET,
        "VpcId": "vpc-1",
        "IpAddress": "10.0.1.50",
        "LifeCycleState": "available",
        "AvailabilityZoneName": "eu-west-1a",
        "SecurityGroups": ["sg-efs"],
    }
    view = replace(isolated(), mount_targets=[target | fields])
    nfs = group("sg-efs", [rule(2049, group=TASK_GROUP)])
    return changed(view, "security_groups", lambda groups: groups.append(nfs))


def test_a_mount_target_in_order_is_reached_without_any_way_out() -> None:
    assert ask(world(), EFS).state == "open"


def test_the_port_of_nfs_is_taken_where_none_is_said() -> None:
    assert ask(world(), Need("efs", file_system="fs-1")).state == "open"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"FileSystemId": "fs-2"}, "no-mount-target"),
        ({"SubnetId": OTHER_SUBNET, "AvailabilityZoneName": "eu-west-1b"}, "no-mount-target"),
        ({"LifeCycleState": "creating"}, "not-available"),
        ({"SecurityGroups": ["sg-endpoint"]}, "group-closed"),
    ],
)
def test_what_is_wrong_with_the_mount_target_is_named(fields: dict[str, Any], reason: str) -> None:
    reach = ask(world(**fields), EFS)
    assert [o.kind for o in reach.obstacles] == ["storage.efs-unreachable"]
    assert reach.obstacles[0].fields["file_system"] == "fs-1"
    assert reach.obstacles[0].fields["reason"] == reason


def test_a_mount_target_in_the_same_zone_but_another_subnet_serves() -> None:
    assert ask(world(SubnetId="subnet-p"), EFS).state == "open"


def test_a_task_group_that_lets_only_https_out_is_named() -> None:
    only = [rule(443, cidr="0.0.0.0/0")]
    view = with_item(world(), "security_groups", TASK_GROUP, IpPermissionsEgress=only)
    reach = ask(view, EFS)
    assert kinds(reach) == ["task-group-egress-closed"]
    assert reach.obstacles[0].fields["port"] == 2049


def test_a_mount_target_in_another_vpc_is_unverified() -> None:
    assert ask(world(VpcId="vpc-2"), EFS).state == "unverified"


def test_groups_or_targets_that_were_not_read_are_unknown() -> None:
    denied = Unread("elasticfilesystem:DescribeMountTargets", "AccessDenied")
    assert ask(replace(world(), mount_targets=denied), EFS).unread == (denied,)
    assert ask(world(SecurityGroups=None), EFS).state == "unknown"
