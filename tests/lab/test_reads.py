"""What a diagnosis reads beside ECS: quotas, file systems, hosted zones, each asked of IAM."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import World, allow

from .helpers import refused
from .shapes import Watch

REGION = "ap-northeast-1"
ON_DEMAND, SPOT = "L-3032A538", "L-36FBB829"


def test_the_quota_of_fargate_is_the_settings(lab: Lab) -> None:
    quotas = lab.client("service-quotas")
    watch = Watch(quotas)
    lab.settings(fargate_vcpus=2)
    got = quotas.get_service_quota(ServiceCode="fargate", QuotaCode=ON_DEMAND)["Quota"]
    assert (got["QuotaName"], got["Value"]) == ("Fargate On-Demand vCPU resource count", 2.0)
    assert got["QuotaArn"] == f"arn:aws:servicequotas:{REGION}:123456789012:fargate/{ON_DEMAND}"
    default = quotas.get_aws_default_service_quota(ServiceCode="fargate", QuotaCode=SPOT)
    assert (default["Quota"]["QuotaName"], default["Quota"]["Value"]) == (
        "Fargate Spot vCPU resource count", 6.0,
    )  # fmt: skip
    every = quotas.list_service_quotas(ServiceCode="fargate")["Quotas"]
    assert {(q["QuotaCode"], q["Value"]) for q in every} == {(ON_DEMAND, 2.0), (SPOT, 2.0)}
    assert quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    assert watch.problems == []


def test_a_quota_that_is_not_there_and_one_that_may_not_be_read(lab: Lab) -> None:
    quotas = lab.client("service-quotas")
    for service, code in (("fargate", "L-00000000"), ("nosuch", ON_DEMAND)):
        found, _ = refused(partial(quotas.get_service_quota, ServiceCode=service, QuotaCode=code))
        assert found == "NoSuchResourceException"
    World(lab).role("worker")
    theirs = lab.client("service-quotas", "role/worker/me")
    code, text = refused(lambda: theirs.list_service_quotas(ServiceCode="fargate"))
    assert code == "AccessDeniedException"
    assert "not authorized to perform: servicequotas:ListServiceQuotas" in text


def _file_system(lab: Lab) -> tuple[World, str, str]:
    world = World(lab).network()
    efs = lab.client("efs")
    system = efs.create_file_system(CreationToken="x")["FileSystemId"]
    target = efs.create_mount_target(
        FileSystemId=system, SubnetId=world.subnets[0], SecurityGroups=[world.task_group]
    )
    return world, str(system), str(target["MountTargetId"])


def test_a_file_system_is_described_down_to_its_mount_targets_groups(lab: Lab) -> None:
    world, system, target = _file_system(lab)
    point = lab.client("efs").create_access_point(ClientToken="x", FileSystemId=system)
    world.role("worker", inline=allow("elasticfilesystem:Describe*"))
    efs = lab.client("efs", "role/worker/me")
    assert efs.describe_file_systems(FileSystemId=system)["FileSystems"]
    targets = efs.describe_mount_targets(FileSystemId=system)["MountTargets"]
    assert [t["MountTargetId"] for t in targets] == [target]
    groups = efs.describe_mount_target_security_groups(MountTargetId=target)
    assert groups["SecurityGroups"] == [world.task_group]
    points = efs.describe_access_points(FileSystemId=system)["AccessPoints"]
    assert [p["AccessPointId"] for p in points] == [point["AccessPointId"]]
    code, text = refused(lambda: efs.describe_file_system_policy(FileSystemId=system))
    assert (code, bool(text)) == ("PolicyNotFound", True)
    assert refused(lambda: efs.describe_file_systems(FileSystemId="fs-0123"))[0] == (
        "FileSystemNotFound"
    )


def test_efs_refuses_without_saying_which_resource_or_policy(lab: Lab) -> None:
    world, system, target = _file_system(lab)
    world.role("worker")
    efs = lab.client("efs", "role/worker/me")
    calls: dict[str, Callable[[], Any]] = {
        "DescribeFileSystems": efs.describe_file_systems,
        "DescribeMountTargets": lambda: efs.describe_mount_targets(FileSystemId=system),
        "DescribeMountTargetSecurityGroups": lambda: efs.describe_mount_target_security_groups(
            MountTargetId=target
        ),
    }
    for name, call in calls.items():
        assert refused(call) == (
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/worker/me is not authorized to perform:"
            f" elasticfilesystem:{name} on the specified resource",
        )


def test_one_file_system_may_be_readable_and_another_not(lab: Lab) -> None:
    world, system, target = _file_system(lab)
    arn = f"arn:aws:elasticfilesystem:{REGION}:123456789012:file-system/{system}"
    world.role("worker", inline=allow("elasticfilesystem:*", resource=arn))
    efs = lab.client("efs", "role/worker/me")
    assert efs.describe_mount_target_security_groups(MountTargetId=target)["SecurityGroups"]
    assert refused(lambda: efs.describe_file_systems(FileSystemId="fs-0123"))[0] == (
        "AccessDeniedException"
    )


@pytest.mark.parametrize("may", [True, False])
def test_private_hosted_zones_are_found_by_their_vpc(lab: Lab, may: bool) -> None:
    world = World(lab).network()
    name = f"logs.{REGION}.amazonaws.com"
    lab.client("route53").create_hosted_zone(
        Name=name,
        CallerReference="1",
        VPC={"VPCRegion": REGION, "VPCId": world.vpc},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )
    world.role("worker", inline=allow("route53:ListHostedZonesByVPC") if may else None)
    zones = lab.client("route53", "role/worker/me")
    if may:
        watch = Watch(zones)
        found = zones.list_hosted_zones_by_vpc(VPCId=world.vpc, VPCRegion=REGION)
        assert [z["Name"] for z in found["HostedZoneSummaries"]] == [f"{name}."]
        other = zones.list_hosted_zones_by_vpc(VPCId="vpc-0123456789abcdef0", VPCRegion=REGION)
        assert other["HostedZoneSummaries"] == []
        assert watch.problems == []
    else:
        code, text = refused(
            lambda: zones.list_hosted_zones_by_vpc(VPCId=world.vpc, VPCRegion=REGION)
        )
        assert code == "AccessDenied"
        assert "perform: route53:ListHostedZonesByVPC" in text
