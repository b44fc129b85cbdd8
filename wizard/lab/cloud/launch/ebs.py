"""The Amazon EBS volume of a task: made and attached while it starts, gone when it has stopped.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-ebs-volumes.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-ebs-volumes-scenarios.html
ECS does all of it as the infrastructure role, in a session that it calls ECSTaskVolumesForEBS.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.elastic_block_store import Volume
from moto.kms.models import kms_backends

from wizard.lab.cloud.context import Context, before
from wizard.lab.cloud.ecs.store import Store, find_definition
from wizard.lab.cloud.ecs.volumes import may_assume, role_refusal
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.guard import decide
from wizard.lab.cloud.identity.principals import iam, of_role
from wizard.lab.cloud.identity.resources import Need
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.state import Cloud, Record
from wizard.lab.cloud.wire import partition_of

TYPE = "AmazonElasticBlockStorage"
_SESSION = "ECSTaskVolumesForEBS"
_KEY_REFUSED = (
    'ECS failed to set up the EBS volume. Encountered IdempotentParameterMismatch"; "The client'
    " token you have provided is associated with a resource that is already deleted. Please use a"
    ' different client token."'
)
_TIMED_OUT = "ECS timed out while configuring the EBS volume attachment to your Task."
# What ECS needs of a key (ebs-volumes.html#ebs-kms-encryption).
_KEY_ACTIONS = ("kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext")
_LINUX_FILE_SYSTEMS = ("ext3", "ext4", "xfs")


@dataclass
class TaskAttachment:
    """EC2's view of a volume that a task has; EbsInstanceBlockDevice names no instance then.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VolumeAttachment.html
    """

    volume: Volume
    associated_resource: str
    delete_on_termination: bool
    attach_time: datetime
    status: str = "attached"
    device: str = "/dev/xvdba"
    instance_owning_service: str = "fargate.amazonaws.com"

    @property
    def volume_id(self) -> str:
        return str(self.volume.id)

    @property
    def state(self) -> str:
        return self.status

    @property
    def instance(self) -> Any:
        """What moto names when it refuses to delete a volume in use."""
        return _Holder(self.associated_resource)


@dataclass
class _Holder:
    id: str


def attachments(task_arn: str, volumes: list[Record], *, service: bool) -> list[Record]:
    """A new task's attachments for its volume configurations, made but not attached.

    Those of a service's tasks always go with the task (configure-ebs-volume.html).
    """
    made = []
    for volume in volumes:
        managed = volume.get("managedEBSVolume") or {}
        policy = managed.get("terminationPolicy") or {}
        goes = service or policy.get("deleteOnTermination") is not False
        details = [
            ("roleArn", managed["roleArn"]),
            ("volumeName", volume["name"]),
            ("deleteOnTermination", str(goes).lower()),
        ]
        made.append(
            {
                "id": str(uuid.uuid4()),
                "type": TYPE,
                "status": "CREATED",
                "details": [{"name": n, "value": str(v)} for n, v in details],
                "_managed": managed,
                "_goes": goes,
            }
        )
    return made


def _of(task: Record) -> list[Record]:
    return [a for a in task["attachments"] if a["type"] == TYPE]


def attach(attempt: Attempt) -> str | None:
    """Makes and attaches the task's volume; gives the status reason when that fails, or None."""
    for attachment in _of(attempt.task):
        reason = _attach(attempt, attachment)
        if reason is not None:
            attachment["status"] = "FAILED"
            attachment["details"].append({"name": "statusReason", "value": reason})
            return reason
    return None


def _attach(attempt: Attempt, attachment: Record) -> str | None:
    managed, task = attachment["_managed"], attempt.task
    hand = _Hand(attempt.cloud, attempt.store, str(task["taskArn"]), str(managed["roleArn"]))
    if not hand.may_make():
        # troubleshoot-ebs-volumes-scenarios.html gives the one reason for a missing trust, a
        # missing permission and a role that is not there yet.
        return role_refusal(hand.role)
    if not hand.may_use_key(managed):
        return _KEY_REFUSED
    volume = _make(attempt, managed)
    attachment["details"].append({"name": "volumeId", "value": volume.id})
    attachment["_volume"] = volume.id
    system = str(managed.get("filesystemType") or "xfs")
    if not _fits(attempt, volume, system):
        return _TIMED_OUT
    attempt.cloud.memory.ec2.setdefault(volume.id, {})["filesystem"] = system
    arn, goes = str(task["taskArn"]), bool(attachment["_goes"])
    taken = TaskAttachment(volume, arn, goes, datetime.fromtimestamp(attempt.when, UTC))
    volume.attachment = taken  # type: ignore[assignment]
    attachment["status"] = "ATTACHED"
    return None


def _fits(attempt: Attempt, volume: Volume, system: str) -> bool:
    """Whether Linux can mount it, and a snapshot's own file system is the one asked for."""
    if system not in _LINUX_FILE_SYSTEMS:
        return False
    snapshot = attempt.ec2.snapshots.get(volume.snapshot_id) if volume.snapshot_id else None
    if snapshot is None or snapshot.volume is None:
        return True
    known = attempt.cloud.memory.ec2.get(snapshot.volume.id, {}).get("filesystem")
    return known in (None, system)


def _make(attempt: Attempt, managed: Record) -> Volume:
    ec2: EC2Backend = attempt.ec2
    zone = attempt.task["availabilityZone"]
    kind = str(managed.get("volumeType") or "gp3")
    volume = ec2.create_volume(
        size=managed.get("sizeInGiB"),  # type: ignore[arg-type]
        zone_name=zone,
        snapshot_id=managed.get("snapshotId"),
        encrypted=bool(managed.get("encrypted") or managed.get("kmsKeyId")),
        kms_key_id=managed.get("kmsKeyId"),
        volume_type=kind,
        iops=managed.get("iops"),
        throughput=managed.get("throughput") or (125 if kind == "gp3" else None),
    )
    made: Volume = volume
    made.add_tags(_tags(attempt, managed))
    return made


def _tags(attempt: Attempt, managed: Record) -> dict[str, str]:
    """configure-ebs-volume.html#ebs-volume-tagging: ECS's own two, and those of the call."""
    task = attempt.task
    tags = {"AmazonECSCreated": str(task["taskArn"]), "AmazonECSManaged": "true"}
    for specification in managed.get("tagSpecifications") or []:
        listed = list(specification.get("tags") or [])
        if specification.get("propagateTags") == "SERVICE":
            service = attempt.store.services.get(str(task.get("_service_key"))) or {}
            listed += service.get("tags") or []
        elif specification.get("propagateTags") == "TASK_DEFINITION":
            found = find_definition(attempt.store, str(task["taskDefinitionArn"])) or {}
            listed += found.get("_tags") or []
        tags |= {str(t["key"]): str(t.get("value", "")) for t in listed}
    return tags


@dataclass(frozen=True)
class _Hand:
    """ECS acting as an infrastructure role for one task."""

    cloud: Cloud
    store: Store
    task_arn: str
    role: str

    def _arn(self, rest: str) -> str:
        partition, region = partition_of(self.store.region), self.store.region
        return f"arn:{partition}:ec2:{region}:{self.store.account}:{rest}"

    def may(self, action: str, resource: str, **keys: str) -> bool:
        """Whether the role, assumed by ECS, may do that."""
        if not may_assume(self.role, self.store.account, self.store.arn("*")):
            return False
        parts = self.role.split(":", 5)
        roles = iam(parts[4], parts[1]).roles.values()
        found = next((r for r in roles if r.arn == self.role), None)
        if found is None:
            return False
        need = Need(action, resource, dict(keys))
        return decide(self.cloud, of_role(found, _SESSION), need, self.store.region).allowed

    def _tagged(self, kind: str, action: str, volume: str, **more: str) -> bool:
        keys = {
            f"aws:{kind}/AmazonECSCreated": self.task_arn,
            f"aws:{kind}/AmazonECSManaged": "true",
        } | more
        return self.may(action, self._arn(f"volume/{volume}"), **keys)

    def may_make(self) -> bool:
        """AmazonECSInfrastructureRolePolicyForVolumes grants all of these."""
        create = {"ec2:CreateAction": "CreateVolume"}
        return (
            self._tagged("RequestTag", "ec2:CreateVolume", "*")
            and self._tagged("RequestTag", "ec2:CreateTags", "*", **create)
            and self._tagged("ResourceTag", "ec2:AttachVolume", "*")
            and self.may("ec2:DescribeVolumes", "*")
        )

    def may_remove(self, volume: str) -> bool:
        """Whether it can be detached and deleted."""
        return all(
            self._tagged("ResourceTag", action, volume)
            for action in ("ec2:DetachVolume", "ec2:DeleteVolume")
        )

    def may_use_key(self, managed: Record) -> bool:
        """Whether the customer's key exists and lets the role make a volume with it."""
        given = managed.get("kmsKeyId")
        if not given or str(given).endswith("alias/aws/ebs"):
            return True
        backend = kms_backends[self.store.account][self.store.region]
        name = str(given).rsplit(":", 1)[-1].removeprefix("key/")
        if name.startswith("alias/"):
            name = str(backend.get_key_id_from_alias(name) or "")
        key = backend.keys.get(name)
        if key is None or key.key_state != "Enabled":
            return False
        return all(self.may(action, key.arn) for action in _KEY_ACTIONS)


def release(cloud: Cloud, store: Store, task: Record) -> bool:
    """Detaches a stopped task's volumes and deletes those that go with it.

    Gives False when the infrastructure role does not let ECS: then the task stays in
    DEPROVISIONING, as AWS's troubleshooting page says.
    """
    ec2 = ec2_backends[store.account][store.region]
    for attachment in _of(task):
        volume = ec2.volumes.get(str(attachment.get("_volume")))
        if volume is None:
            continue
        role = str(attachment["_managed"]["roleArn"])
        hand = _Hand(cloud, store, str(task["taskArn"]), role)
        if not hand.may_remove(volume.id):
            return False
        volume.attachment = None
        if attachment["_goes"]:
            del ec2.volumes[volume.id]
            cloud.memory.ec2.pop(volume.id, None)
        attachment["_volume"] = None
    return True


@before("ec2", "DetachVolume")
def not_from_a_task(context: Context) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html"""
    ec2 = ec2_backends[context.account][context.region]
    volume = ec2.volumes.get(str(context.params.get("VolumeId")))
    if volume is not None and isinstance(volume.attachment, TaskAttachment):
        raise AwsError(
            "UnsupportedOperationException", "Unable to detach volume attached to ECS tasks", 400
        )
