"""Worlds of volumes, and of containers that share what they have: EBS, EFS, process namespaces."""

from __future__ import annotations

from typing import Any

from wizard.lab.building.base import trust
from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, natted, private
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, HealthyWorld, Planted
from wizard.lab.worlds.storage import _EFS, _MOUNT

_INFRASTRUCTURE = "ecsInfrastructureRole"
_POLICY = "service-role/AmazonECSInfrastructureRolePolicyForVolumes"
_NOT_ASSUMED = r"ECS was unable to assume the configured ECS Infrastructure Role '.*'"
_DATA = {"sourceVolume": "data", "containerPath": "/data"}


def _file_system(world: World, subnets: list[str]) -> None:
    """An EFS file system with mount targets in *subnets* only, open to the tasks."""
    natted(world)
    efs = world.client("efs")
    world.notes["system"] = efs.create_file_system(CreationToken="data")["FileSystemId"]
    world.notes["nfs"] = world.closed_group("nfs")
    world.admit(2049, world.notes["nfs"], world.task_group)
    _targets(world, subnets)


def _targets(world: World, subnets: list[str]) -> None:
    for subnet in subnets:
        world.client("efs").create_mount_target(
            FileSystemId=world.notes["system"],
            SubnetId=subnet,
            SecurityGroups=[world.notes["nfs"]],
        )


def _mounted(world: World) -> None:
    efs = {"fileSystemId": world.notes["system"], "rootDirectory": "/"}
    world.task_definition(
        containers=[world.container(mountPoints=[_DATA])],
        volumes=[{"name": "data", "efsVolumeConfiguration": efs}],
    )


def _target_elsewhere(world: World) -> None:
    """The service runs in one zone, the file system has its only mount target in the other."""
    _file_system(world, [])
    here, there = world.subnets
    world.subnets = [here]
    _targets(world, [there])
    _mounted(world)


def _target_here(world: World) -> None:
    _targets(world, world.subnets)


def _system(world: World) -> dict[str, str]:
    return {"file_system": str(world.notes["system"])}


def _with_volume(world: World) -> None:
    """A task definition whose volume the deployment configures, and the role for it."""
    private(world)
    role = world.role(_INFRASTRUCTURE, service="ecs.amazonaws.com", managed=(_POLICY,))
    world.task_definition(
        containers=[world.container(mountPoints=[_DATA])],
        volumes=[{"name": "data", "configuredAtLaunch": True}],
    )
    managed: dict[str, Any] = {"roleArn": role, "sizeInGiB": 20, "volumeType": "gp3"}
    configurations = [{"name": "data", "managedEBSVolume": managed}]
    world.notes["infrastructure"] = role
    world.notes["service"] = {"volumeConfigurations": configurations}
    world.notes["update"] = {"volumeConfigurations": configurations}


def _policy(world: World) -> str:
    return f"arn:{world.partition}:iam::aws:policy/{_POLICY}"


def _without_policy(world: World) -> None:
    """The infrastructure role is trusted, and allowed nothing."""
    _with_volume(world)
    world.client("iam").detach_role_policy(RoleName=_INFRASTRUCTURE, PolicyArn=_policy(world))


def _with_policy(world: World) -> None:
    world.client("iam").attach_role_policy(RoleName=_INFRASTRUCTURE, PolicyArn=_policy(world))


def _trusted_by(service: str) -> Act:
    def act(world: World) -> None:
        world.client("iam").update_assume_role_policy(
            RoleName=_INFRASTRUCTURE, PolicyDocument=trust(service)
        )

    return act


def _later(harm: Act) -> Act:
    """The service ran with its volume once; the harm came later."""

    def build(world: World) -> None:
        _with_volume(world)
        deploy(world)
        # What the service has already is not configured again.
        del world.notes["update"]
        harm(world)

    return build


def _gone(world: World) -> None:
    world.client("iam").detach_role_policy(RoleName=_INFRASTRUCTURE, PolicyArn=_policy(world))
    world.client("iam").delete_role(RoleName=_INFRASTRUCTURE)


def _back(world: World) -> None:
    world.role(_INFRASTRUCTURE, service="ecs.amazonaws.com", managed=(_POLICY,))


def _role(*actions: str) -> Fields:
    def fields(world: World) -> dict[str, str]:
        found = {"role": str(world.notes["infrastructure"])}
        return found | ({"actions": " ".join(actions)} if actions else {})

    return fields


def _sharing(world: World) -> None:
    """Two containers with one process namespace, the first of which has ECS Exec's agent."""
    private(world)
    sidecar = world.container("sidecar", portMappings=[], essential=False)
    world.task_definition(containers=[world.container(), sidecar], pidMode="task")
    world.notes["service"] = {"exec_": True}


WORLDS = (
    BrokenWorld(
        name="efs-mount-target-in-another-zone",
        symptom="storage.efs-mount-failed",
        text=_EFS + r'Failed to resolve "fs-\w+\.efs\.[\w.-]+" - check that your file system ID',
        build=_target_elsewhere,
        causes=(Planted("storage.efs-unreachable", _target_here, _system),),
        decoy=grant("app-task-role", *_MOUNT),
        goal=deploy,
    ),
    BrokenWorld(
        name="infrastructure-role-without-its-policy",
        symptom="storage.ebs-attach-failed",
        text=_NOT_ASSUMED,
        build=_without_policy,
        causes=(
            Planted(
                "infrastructure-role.permission-missing",
                _with_policy,
                _role("ec2:CreateVolume", "ec2:CreateTags", "ec2:AttachVolume"),
            ),
        ),
        decoy=grant("ecsTaskExecutionRole", "ec2:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="infrastructure-role-trusts-ecs-tasks",
        symptom="storage.ebs-attach-failed",
        text=_NOT_ASSUMED,
        build=_later(_trusted_by("ecs-tasks.amazonaws.com")),
        causes=(
            Planted("infrastructure-role.trust-invalid", _trusted_by("ecs.amazonaws.com"), _role()),
        ),
        decoy=grant(_INFRASTRUCTURE, "ec2:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="infrastructure-role-is-gone",
        symptom="storage.ebs-attach-failed",
        text=_NOT_ASSUMED,
        build=_later(_gone),
        causes=(Planted("infrastructure-role.missing", _back, _role()),),
        decoy=grant("ecsTaskExecutionRole", "ec2:*"),
        goal=deploy,
    ),
)

HEALTHY = (
    HealthyWorld(name="service-with-an-ebs-volume", build=_with_volume, goal=deploy),
    HealthyWorld(name="containers-that-share-their-processes", build=_sharing, goal=shell),
)
