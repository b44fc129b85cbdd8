"""Worlds in which a deployment goes well and ECS Exec does not open."""

from __future__ import annotations

import json

from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, in_turn, private, public
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_NOT_ENABLED = r"execute command was not enabled when the task was run or the execute command agent"
_TASK_ROLE = "app-task-role"
_GROUP = "/ecs/exec"


def _service(exec_: bool = True) -> Act:
    def build(world: World) -> None:
        private(world)
        world.notes["service"] = {"exec_": exec_}

    return build


def _enable(world: World) -> None:
    world.client("ecs").update_service(
        cluster=world.cluster, service="web", enableExecuteCommand=True
    )


def _enabled_later(world: World) -> None:
    """Exec is switched on after the task has started, and nothing is deployed anew."""
    public(world)
    world.service(exec_=False).settle()
    _enable(world)


def _with(changes: dict[str, object]) -> Act:
    def build(world: World) -> None:
        _service()(world)
        world.task_definition(containers=[world.container(**changes)])

    return build


def _plain_container(world: World) -> None:
    world.task_definition()
    deploy(world)


def _bigger(world: World) -> None:
    """The same container in a bigger task."""
    made = world.client("ecs").describe_task_definition(taskDefinition=world.definition)
    containers = made["taskDefinition"]["containerDefinitions"]
    world.task_definition(containers=containers, memory="1024")
    deploy(world)


def _agent_dies(world: World) -> None:
    _service()(world)
    world.push("team/app", "v1", labels={"lab.agent": "dies"})


def _agent_lives(world: World) -> None:
    world.push("team/app", "v1")
    deploy(world)


def _container(world: World) -> dict[str, str]:
    return {"container": "app"}


def _configure(world: World, **given: object) -> None:
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName=world.cluster)
    ecs.update_cluster(
        cluster=world.cluster, configuration={"executeCommandConfiguration": given}
    )


def _key_of(world: World) -> str:
    made: str = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.notes["key"] = made
    return made


def _key_denied(world: World) -> None:
    """The task role may not open data keys with the cluster's KMS key."""
    _service()(world)
    _configure(world, kmsKeyId=_key_of(world), logging="DEFAULT")


def _use_key(world: World) -> None:
    grant(_TASK_ROLE, "kms:Decrypt", resource=str(world.notes["key"]))(world)


def _key_gone(world: World) -> None:
    _service()(world)
    _configure(world, kmsKeyId="alias/exec", logging="DEFAULT")
    world.notes["key"] = "alias/exec"
    grant(_TASK_ROLE, "kms:Decrypt")(world)


def _make_key(name: str) -> Act:
    def mend(world: World) -> None:
        kms = world.client("kms")
        kms.create_alias(
            AliasName=name, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"]
        )

    return mend


def _group_unencrypted(world: World) -> None:
    _service()(world)
    world.client("logs").create_log_group(logGroupName=_GROUP)
    _configure(
        world,
        logging="OVERRIDE",
        logConfiguration={"cloudWatchLogGroupName": _GROUP, "cloudWatchEncryptionEnabled": True},
    )


def _encrypt_group(world: World) -> None:
    world.client("logs").associate_kms_key(logGroupName=_GROUP, kmsKeyId=_key_of(world))


def _bucket_denied(world: World) -> None:
    _service()(world)
    _configure(
        world,
        logging="OVERRIDE",
        logConfiguration={"s3BucketName": "exec-audit-logs", "s3EncryptionEnabled": False},
    )


def _run_as(world: World, user: str) -> str:
    inputs = {"runAsEnabled": True, "runAsDefaultUser": user}
    return json.dumps(
        {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs}
    )


def _run_as_stranger(world: World) -> None:
    _service()(world)
    world.client("ssm").create_document(
        Name="SSM-SessionManagerRunShell",
        DocumentType="Session",
        DocumentFormat="JSON",
        Content=_run_as(world, "ssm-user"),
    )


def _run_as_nobody(world: World) -> None:
    world.client("ssm").delete_document(Name="SSM-SessionManagerRunShell")


def _key(world: World) -> dict[str, str]:
    return {"key": str(world.notes["key"])}


def _group(world: World) -> dict[str, str]:
    return {"log_group": _GROUP}


_KEYS = {"environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE"}]}

WORLDS = (
    BrokenWorld(
        name="exec-disabled-on-the-service",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_service(exec_=False),
        causes=(
            Planted(
                "exec.disabled-on-service", in_turn(_enable, deploy), lambda w: {"service": "web"}
            ),
        ),
        decoy=deploy,
        goal=shell,
    ),
    BrokenWorld(
        name="task-older-than-exec",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_enabled_later,
        causes=(
            Planted(
                "exec.task-predates-enable",
                deploy,
                lambda w: {"task": str(w.tasks()[0]["taskArn"])},
            ),
        ),
        decoy=_enable,
        goal=shell,
    ),
    BrokenWorld(
        name="keys-in-the-environment",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_with(_KEYS),
        causes=(Planted("exec.keys-in-environment", _plain_container, _container),),
        decoy=_bigger,
        goal=shell,
    ),
    BrokenWorld(
        name="root-filesystem-read-only",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_with({"readonlyRootFilesystem": True}),
        causes=(Planted("exec.read-only-root", _plain_container, _container),),
        decoy=_bigger,
        goal=shell,
    ),
    BrokenWorld(
        name="exec-agent-dies",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_agent_dies,
        causes=(Planted("exec.agent-not-running", _agent_lives, _container),),
        decoy=grant(_TASK_ROLE, "ssm:*"),
        goal=shell,
    ),
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
        causes=(Planted("exec.encryption-misconfigured", _encrypt_group, _group),),
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
