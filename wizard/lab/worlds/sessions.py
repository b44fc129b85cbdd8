"""Worlds in which ECS Exec is let in and the session breaks: its key, its log, its user."""

from __future__ import annotations

import json

from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, private
from wizard.lab.worlds.goals import shell
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_TASK_ROLE = "app-task-role"
_GROUP = "/ecs/exec"


def _enabled(world: World, *more: str) -> None:
    private(world, more=more)
    world.notes["service"] = {"exec_": True}


def _configure(world: World, **given: object) -> None:
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName=world.cluster)
    ecs.update_cluster(cluster=world.cluster, configuration={"executeCommandConfiguration": given})


def _key_of(world: World) -> str:
    made: str = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.notes["key"] = made
    return made


def _key_denied(world: World) -> None:
    """The task role may not open data keys with the cluster's KMS key."""
    _enabled(world, "kms")
    _configure(world, kmsKeyId=_key_of(world), logging="DEFAULT")


def _use_key(world: World) -> None:
    grant(_TASK_ROLE, "kms:Decrypt", resource=str(world.notes["key"]))(world)


def _key_gone(world: World) -> None:
    _enabled(world, "kms")
    _configure(world, kmsKeyId="alias/exec", logging="DEFAULT")
    world.notes["key"] = "alias/exec"
    grant(_TASK_ROLE, "kms:Decrypt")(world)


def _make_key(name: str) -> Act:
    def mend(world: World) -> None:
        kms = world.client("kms")
        kms.create_alias(AliasName=name, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])

    return mend


def _group_unencrypted(world: World) -> None:
    _enabled(world)
    world.client("logs").create_log_group(logGroupName=_GROUP)
    _configure(
        world,
        logging="OVERRIDE",
        logConfiguration={"cloudWatchLogGroupName": _GROUP, "cloudWatchEncryptionEnabled": True},
    )


def _encrypt_group(world: World) -> None:
    world.client("logs").associate_kms_key(logGroupName=_GROUP, kmsKeyId=_key_of(world))


def _bucket_denied(world: World) -> None:
    _enabled(world)
    _configure(
        world,
        logging="OVERRIDE",
        logConfiguration={"s3BucketName": "exec-audit-logs", "s3EncryptionEnabled": False},
    )


def _run_as_stranger(world: World) -> None:
    _enabled(world)
    inputs = {"runAsEnabled": True, "runAsDefaultUser": "ssm-user"}
    content = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs}
    world.client("ssm").create_document(
        Name="SSM-SessionManagerRunShell",
        DocumentType="Session",
        DocumentFormat="JSON",
        Content=json.dumps(content),
    )


def _run_as_nobody(world: World) -> None:
    world.client("ssm").delete_document(Name="SSM-SessionManagerRunShell")


def _key(world: World) -> dict[str, str]:
    return {"key": str(world.notes["key"])}


WORLDS = (
    BrokenWorld(
        name="exec-key-denied-to-the-task-role",
        symptom="exec.encryption-failed",
        text=r"Fetching data key failed: .*AccessDeniedException: User: .*perform: kms:Decrypt",
        build=_key_denied,
        causes=(Planted("exec.encryption-misconfigured", _use_key, _key),),
        decoy=grant("ecsTaskExecutionRole", "kms:*"),
        goal=shell,
    ),
    BrokenWorld(
        name="exec-key-missing",
        symptom="exec.encryption-failed",
        text=r"KMSEncryption failed on client .*Error calling KMS GenerateDataKey API: NotFoundExc",
        build=_key_gone,
        causes=(Planted("exec.encryption-misconfigured", _make_key("alias/exec"), _key),),
        decoy=_make_key("alias/other"),
        goal=shell,
    ),
    BrokenWorld(
        name="exec-log-group-unencrypted",
        symptom="exec.encryption-failed",
        text=r"encryption is not set up on the selected CloudWatch Logs log group",
        build=_group_unencrypted,
        causes=(
            Planted(
                "exec.encryption-misconfigured", _encrypt_group, lambda w: {"log_group": _GROUP}
            ),
        ),
        decoy=grant(_TASK_ROLE, "logs:*"),
        goal=shell,
    ),
    BrokenWorld(
        name="exec-log-bucket-denied",
        symptom="exec.encryption-failed",
        text=r"unable to validate encryption on Amazon S3 bucket\. Error: AccessDenied",
        build=_bucket_denied,
        causes=(
            Planted(
                "exec.encryption-misconfigured",
                grant(_TASK_ROLE, "s3:GetEncryptionConfiguration", "s3:PutObject"),
            ),
        ),
        decoy=grant("ecsTaskExecutionRole", "s3:*"),
        goal=shell,
    ),
    BrokenWorld(
        name="run-as-names-a-stranger",
        symptom="exec.run-as-user-missing",
        text=r"failed to start pty since RunAs user ssm-user does not exist",
        build=_run_as_stranger,
        causes=(Planted("exec.run-as-user-missing", _run_as_nobody),),
        decoy=grant(_TASK_ROLE, "ssm:*"),
        goal=shell,
    ),
)
