"""EFS volumes, mounted by amazon-efs-utils over the task's own interface.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
"""

from __future__ import annotations

from typing import Any

from moto.efs.models import EFSBackend, efs_backends

from wizard.lab.cloud.ecr import dns_suffix
from wizard.lab.cloud.identity.evaluate import Named, Policies, Request, evaluate
from wizard.lab.cloud.identity.guard import decide
from wizard.lab.cloud.identity.principals import parsed
from wizard.lab.cloud.identity.resources import Need
from wizard.lab.cloud.launch import file_words as words
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.network import Place, reaches_interface
from wizard.lab.cloud.state import Record

_NFS = 2049
_MOUNT = "elasticfilesystem:ClientMount"


def mount_volumes(attempt: Attempt) -> str | None:
    """Mounts each EFS volume; gives why that failed, or None."""
    for volume in attempt.definition.get("volumes") or []:
        wanted = volume.get("efsVolumeConfiguration")
        if wanted:
            reason = _mount(attempt, wanted)
            if reason is not None:
                return reason
    return None


def _mount(attempt: Attempt, wanted: Record) -> str | None:
    backend: EFSBackend = efs_backends[attempt.store.account][attempt.region]
    system = str(wanted["fileSystemId"])
    spot = attempt.place
    target = _target(backend, system, spot)
    if spot is None or target is None:
        name = f"{system}.efs.{attempt.region}.{dns_suffix(attempt.region)}"
        return words.efs_unresolved(name)
    eni = spot.ec2.enis.get(target.network_interface_id)
    if eni is None or not reaches_interface(spot, eni, _NFS):
        return words.efs_timeout()
    point = str((wanted.get("authorizationConfig") or {}).get("accessPointId") or "")
    known = point in backend.access_points
    if (point and not known) or not _may_mount(attempt, backend, wanted):
        return words.efs_denied()
    return None


def _target(backend: EFSBackend, system: str, spot: Place | None) -> Any:
    """The mount target in the task's own zone, which is the one its name resolves to."""
    found = backend.file_systems_by_id.get(system)
    if found is None or spot is None or not spot.vpc.enable_dns_support:
        return None
    zone = spot.eni.subnet.availability_zone
    for target in found.iter_mount_targets():
        same = target.subnet_vpc_id == spot.vpc.id
        if same and spot.ec2.get_subnet(target.subnet_id).availability_zone == zone:
            return target
    return None


def _may_mount(attempt: Attempt, backend: EFSBackend, wanted: Record) -> bool:
    """Without a policy everybody may mount; with one, it and the task role decide."""
    system = backend.file_systems_by_id[str(wanted["fileSystemId"])]
    arn = attempt.arn("elasticfilesystem", f"file-system/{system.file_system_id}")
    policy = parsed(system.file_system_policy) if system.file_system_policy else None
    encrypted = wanted.get("transitEncryption") == "ENABLED"
    context: dict[str, str | list[str]] = {
        "aws:SecureTransport": "true" if encrypted else "false",
        "elasticfilesystem:AccessedViaMountTarget": "true",
    }
    authorization = wanted.get("authorizationConfig") or {}
    who = attempt.role("taskRoleArn") if authorization.get("iam") == "ENABLED" else None
    if who is None:
        if policy is None:
            return True
        anonymous = Request(_MOUNT, arn, "*", context=context)
        return evaluate(anonymous, Policies(resource=Named(arn, policy))).allowed
    if policy is None:
        # EFS's default policy lets every client in, with IAM or without.
        return True
    need = Need(_MOUNT, arn, context)
    by_role = decide(attempt.cloud, who, need, attempt.region)
    request = Request(_MOUNT, arn, who.arn, context=context, aliases=who.aliases,
                      account_names=who.account_names)  # fmt: skip
    by_policy = evaluate(request, Policies(resource=Named(arn, policy)))
    if by_policy.explicit or by_role.explicit:
        return False
    return by_role.allowed or by_policy.allowed
