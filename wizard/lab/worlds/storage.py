"""Worlds in which the logs, or an EFS volume, cannot be had."""

from __future__ import annotations

import json

from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, natted, private
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_ROLE = "ecsTaskExecutionRole"
_EFS = r"failed to invoke EFS utils commands to set up EFS volumes: stderr: "
_NO_GROUP = r"ResourceNotFoundException: The specified log group does not exist"


def _group_gone(world: World) -> None:
    private(world)
    world.client("logs").delete_log_group(logGroupName=world.logs)


def _make_group(name: str) -> Act:
    return lambda world: world.client("logs").create_log_group(logGroupName=name)


def _logging(world: World, **options: str) -> None:
    """Registers the task definition with other awslogs options."""
    made = world.container()
    made["logConfiguration"]["options"] |= options
    world.task_definition(containers=[made])


def _region(name: str) -> Act:
    def build(world: World) -> None:
        natted(world)
        _logging(world, **{"awslogs-region": name})

    return build


def _right_options(world: World) -> None:
    world.task_definition()


def _create_group_denied(world: World) -> None:
    """awslogs-create-group is on, and AWS's own policy does not allow it."""
    private(world)
    world.logs = "/ecs/new"
    _logging(world, **{"awslogs-create-group": "true"})


def _volume(world: World, **given: object) -> None:
    efs: dict[str, object] = {"fileSystemId": world.notes["system"], "rootDirectory": "/"}
    mount = {"sourceVolume": "data", "containerPath": "/data"}
    world.task_definition(
        containers=[world.container(mountPoints=[mount])],
        volumes=[{"name": "data", "efsVolumeConfiguration": efs | given}],
    )


def _file_system(world: World, *, targets: bool = True, admit: bool = True) -> None:
    natted(world)
    efs = world.client("efs")
    world.notes["system"] = efs.create_file_system(CreationToken="data")["FileSystemId"]
    world.notes["nfs"] = world.closed_group("nfs")
    if admit:
        _admit_nfs(world)
    if targets:
        _mount_targets(world)


def _mount_targets(world: World) -> None:
    for subnet in world.subnets:
        world.client("efs").create_mount_target(
            FileSystemId=world.notes["system"],
            SubnetId=subnet,
            SecurityGroups=[world.notes["nfs"]],
        )


def _admit_nfs(world: World) -> None:
    world.admit(2049, world.notes["nfs"], world.task_group)


def _admit_https(world: World) -> None:
    world.admit(443, world.notes["nfs"], world.task_group)


def _closed(world: World) -> None:
    _file_system(world, admit=False)
    _volume(world)


def _no_target(world: World) -> None:
    _file_system(world, targets=False)
    _volume(world)


def _policy(world: World, **statement: object) -> None:
    """Gives the file system a policy of one Allow."""
    arn = (
        f"arn:{world.partition}:elasticfilesystem:{world.lab.region}:{world.lab.account}"
        f":file-system/{world.notes['system']}"
    )
    given = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "elasticfilesystem:ClientMount",
    }
    document = {"Version": "2012-10-17", "Statement": [given | {"Resource": arn} | statement]}
    world.client("efs").put_file_system_policy(
        FileSystemId=world.notes["system"], Policy=json.dumps(document)
    )


def _needs_encryption(world: World) -> None:
    """The policy wants TLS; the volume is mounted without."""
    _file_system(world)
    _policy(world, Condition={"Bool": {"aws:SecureTransport": "true"}})
    _volume(world)


def _encrypt(world: World) -> None:
    _volume(world, transitEncryption="ENABLED")


def _needs_the_role(world: World) -> None:
    """The policy lets one other role in; the volume is mounted with the task role's identity."""
    _file_system(world)
    other = world.role("batch-role")
    _policy(world, Principal={"AWS": other})
    _with_iam(world)


def _with_iam(world: World) -> None:
    _volume(world, transitEncryption="ENABLED", authorizationConfig={"iam": "ENABLED"})


def _access_point_gone(world: World) -> None:
    _file_system(world)
    _volume(
        world,
        transitEncryption="ENABLED",
        authorizationConfig={"accessPointId": "fsap-0123456789abcdef0"},
    )


def _new_access_point(world: World) -> None:
    made = world.client("efs").create_access_point(
        ClientToken="data", FileSystemId=world.notes["system"]
    )
    _volume(
        world,
        transitEncryption="ENABLED",
        authorizationConfig={"accessPointId": made["AccessPointId"]},
    )


def _system(world: World) -> dict[str, str]:
    return {"file_system": str(world.notes["system"])}


_MOUNT = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")

WORLDS = (
    BrokenWorld(
        name="log-group-missing",
        symptom="logs.group-missing",
        text=_NO_GROUP,
        build=_group_gone,
        causes=(
            Planted(
                "logs.group-missing",
                _make_group("/ecs/web"),
                lambda w: {"log_group": "/ecs/web", "region": w.lab.region},
            ),
        ),
        decoy=_make_group("/ecs/Web"),
        goal=deploy,
    ),
    BrokenWorld(
        name="log-group-in-another-region",
        symptom="logs.group-missing",
        text=_NO_GROUP,
        build=_region("us-west-2"),
        causes=(Planted("logs.options-wrong", _right_options, lambda w: {"container": "app"}),),
        decoy=grant(_ROLE, "logs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="log-region-is-a-zone",
        symptom="logs.options-invalid",
        text=r"MissingEndpoint: 'Endpoint' configuration is required for this service",
        build=_region("ap-northeast-1a"),
        causes=(Planted("logs.options-wrong", _right_options, lambda w: {"container": "app"}),),
        decoy=grant(_ROLE, "logs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="log-group-may-not-be-created",
        symptom="logs.denied",
        text=r"failed to create Cloudwatch log group: AccessDeniedException: .*logs:CreateLogGroup",
        build=_create_group_denied,
        causes=(
            Planted(
                "execution-role.permission-missing",
                grant(_ROLE, "logs:CreateLogGroup"),
                lambda w: {"role": w.execution_role, "actions": "logs:CreateLogGroup"},
            ),
        ),
        decoy=grant("app-task-role", "logs:CreateLogGroup"),
        goal=deploy,
    ),
    BrokenWorld(
        name="efs-group-closed",
        symptom="storage.efs-mount-failed",
        text=_EFS + r".*b'mount\.nfs4: Connection timed out'",
        build=_closed,
        causes=(Planted("storage.efs-unreachable", _admit_nfs, _system),),
        decoy=_admit_https,
        goal=deploy,
    ),
    BrokenWorld(
        name="efs-without-a-mount-target",
        symptom="storage.efs-mount-failed",
        text=_EFS + r'Failed to resolve "fs-\w+\.efs\.[\w.-]+" - check that your file system ID',
        build=_no_target,
        causes=(Planted("storage.efs-unreachable", _mount_targets, _system),),
        decoy=grant("app-task-role", *_MOUNT),
        goal=deploy,
    ),
    BrokenWorld(
        name="efs-policy-wants-encryption",
        symptom="storage.efs-mount-failed",
        text=_EFS + r"b'mount\.nfs4: access denied by server while mounting 127\.0\.0\.1:/'",
        build=_needs_encryption,
        causes=(Planted("storage.efs-denied", _encrypt, _system),),
        decoy=grant("app-task-role", *_MOUNT),
        goal=deploy,
    ),
    BrokenWorld(
        name="efs-policy-names-another-role",
        symptom="storage.efs-mount-failed",
        text=_EFS + r"b'mount\.nfs4: access denied by server",
        build=_needs_the_role,
        causes=(Planted("storage.efs-denied", grant("app-task-role", *_MOUNT), _system),),
        decoy=grant(_ROLE, *_MOUNT),
        goal=deploy,
    ),
    BrokenWorld(
        name="efs-access-point-gone",
        symptom="storage.efs-mount-failed",
        text=_EFS + r"b'mount\.nfs4: access denied by server",
        build=_access_point_gone,
        causes=(Planted("storage.efs-denied", _new_access_point, _system),),
        decoy=_admit_https,
        goal=deploy,
    ),
)
