"""Amazon EBS volumes that a deployment brings along: what the ECS API refuses of them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-ebs-config.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/configure-ebs-volume.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
ECS asks EC2 for the volume before it takes the service: EC2's own error comes back inside its
refusal (the acceptance tests of hashicorp/terraform-provider-aws#43502 show one whole).
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from wizard.lab.cloud.context import Context
from wizard.lab.cloud.ecs.validate import OLD_PLATFORMS
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity import guard
from wizard.lab.cloud.identity.guard import service_may_assume
from wizard.lab.cloud.identity.resources import Need
from wizard.lab.cloud.state import Record

# GiB by volume type (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
# API_TaskManagedEBSVolumeConfiguration.html).
_SIZES = {
    "gp2": (1, 16384),
    "gp3": (1, 16384),
    "io1": (4, 16384),
    "io2": (4, 16384),
    "st1": (125, 16384),
    "sc1": (125, 16384),
    "standard": (1, 1024),
}
_IOPS = ("gp3", "io1", "io2")
# IOPS for each GiB at most (https://docs.aws.amazon.com/ebs/latest/userguide/
# ebs-volume-types.html).
_RATIO = {"gp3": 500, "io1": 50, "io2": 1000}
ECS = "ecs.amazonaws.com"


def _invalid(text: str) -> AwsError:
    return AwsError("InvalidParameterException", text)


def check_definition_volumes(p: dict[str, Any]) -> None:
    """Raises ClientException for volumes that a task definition cannot have.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
    """
    volumes = p.get("volumes") or []
    kinds = ("host", "dockerVolumeConfiguration", "efsVolumeConfiguration",
             "fsxWindowsFileServerVolumeConfiguration")  # fmt: skip
    for volume in volumes:
        used = [k for k in kinds if volume.get(k)]
        if len(used) + bool(volume.get("configuredAtLaunch")) > 1:
            # Verbatim in cloudposse/terraform-aws-ecs-alb-service-task#185.
            raise AwsError(
                "ClientException",
                "When the volume parameter is specified, only one volume configuration type"
                " should be used.",
            )
    if sum(bool(v.get("configuredAtLaunch")) for v in volumes) > 1:
        # specify-ebs-config.html: only one volume can be configured at launch. No public source
        # for the words was found.
        raise AwsError(
            "ClientException", "Only one volume can be configured at launch in a task definition."
        )


def check_volumes(
    context: Context, definition: Record, given: list[Record], platform: str
) -> list[Record]:
    """The volume configurations of a service or task, as far as ECS accepts them.

    Args:
        definition: the task definition that the tasks are made of.
        given: ``volumeConfigurations`` of the call.
        platform: the platform version, ``LATEST`` included.

    Raises:
        AwsError: InvalidParameterException, or the denial of iam:PassRole.
    """
    wanted = [v["name"] for v in definition.get("volumes") or [] if v.get("configuredAtLaunch")]
    names = [str(v.get("name")) for v in given]
    if wanted and not given:
        # configure-ebs-volume.html; no public source for the words was found.
        raise _invalid(
            f"The task definition's volume '{wanted[0]}' is configured at launch. Specify a volume"
            " configuration for it and try again."
        )
    if [n for n in names if n not in wanted]:
        # As go-to-k/cdkd#806 reports it.
        raise _invalid(
            "Volume configuration provided but no matching configuredAtLaunch volume found in task"
            " definition"
        )
    if given and platform in OLD_PLATFORMS:
        # ebs-volumes.html, considerations; no public source for the words was found.
        raise _invalid(
            "Amazon EBS volumes are supported on Fargate platform version 1.4.0 or later (Linux)."
        )
    for volume in given:
        managed = volume.get("managedEBSVolume") or {}
        _check_role(context, str(managed.get("roleArn") or ""))
        _check_configuration(context, str(volume["name"]), managed)
    return given


def _check_role(context: Context, role: str) -> None:
    keys: dict[str, str | list[str]] = {"iam:PassedToService": ECS}
    need = Need("iam:PassRole", role, keys)
    guard.require(context.cloud, context.caller, need, "ecs", context.region)
    if not may_assume(role, context.account, context.arn("ecs", "*")):
        raise _invalid(f"{role_refusal(role)}.")


def may_assume(role: str, account: str, source: str) -> bool:
    """Whether ECS itself may assume an infrastructure role (infrastructure_IAM_role.html)."""
    keys: dict[str, str | list[str]] = {"aws:SourceAccount": account, "aws:SourceArn": source}
    return service_may_assume(role, ECS, keys)


def role_refusal(role: str) -> str:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/
    troubleshoot-ebs-volumes-scenarios.html, word for word."""
    return (
        f"ECS was unable to assume the configured ECS Infrastructure Role '{role}'. Please verify"
        " that the role being passed has the proper trust relationship with Amazon ECS"
    )


def _check_configuration(context: Context, name: str, managed: Record) -> None:
    wrong = _ec2_error(context, managed)
    if wrong is not None:
        code, text = wrong
        raise _invalid(
            f"ECS managed EBS volume configuration was invalid for volume '{name}'. Encountered"
            f" '{code}' error from AmazonEC2: \"{text}\""
        )


def _ec2_error(context: Context, managed: Record) -> tuple[str, str] | None:
    """What CreateVolume says: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
    errors-overview.html, the texts as public reports show them."""
    kind = str(managed.get("volumeType") or "gp3")
    size, iops = managed.get("sizeInGiB"), int(managed.get("iops") or 0)
    snapshot = managed.get("snapshotId")
    known = ec2_backends[context.account][context.region].snapshots
    missing, combined = "MissingParameter", "InvalidParameterCombination"
    rules = (
        (size is None and not snapshot, missing,
         "The request must contain the parameter size/snapshot"),
        (kind not in _SIZES, "UnknownVolumeType",
         f"Unsupported volume type '{kind}' for volume creation."),
        (snapshot and snapshot not in known, "InvalidSnapshot.NotFound",
         f"The snapshot '{snapshot}' does not exist."),
        (iops and kind not in _IOPS, combined,
         f"The parameter iops is not supported for {kind} volumes."),
        (managed.get("throughput") and kind != "gp3", combined,
         f"The parameter throughput is not supported for {kind} volumes."),
        (kind in ("io1", "io2") and not iops, missing,
         f"The parameter iops must be specified for {kind} volumes."),
    )  # fmt: skip
    for broken, code, text in rules:
        if broken:
            return code, text
    return None if size is None else _size_error(kind, int(size), iops)


def _size_error(kind: str, size: int, iops: int) -> tuple[str, str] | None:
    low, high = _SIZES[kind]
    # gp3 has 3000 IOPS at any size, so that a ratio is only asked of what is above.
    free = 3000 if kind == "gp3" else 0
    text = ""
    if size < low:
        text = f"Volume of {size}GiB is too small; minimum is {low}GiB."
    elif size > high:
        text = f"Volume of {size}GiB is too large; maximum is {high}GiB."
    elif iops > max(free, size * _RATIO.get(kind, 1)):
        most = _RATIO[kind]
        text = f"Iops to volume size ratio of {iops / size:.6f} is too high; maximum is {most}"
    return ("InvalidParameterValue", text) if text else None
