"""Worlds of volumes, and of containers that share what they have: EBS, EFS, process namespaces."""

from __future__ import annotations

from typing import Any

from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, natted, private
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import BrokenWorld, HealthyWorld, Planted
from wizard.lab.worlds.storage import _EFS, _MOUNT

_INFRASTRUCTURE = "ecsInfrastructureRole"
_POLICY = "service-role/AmazonECSInfrastructureRolePolicyForVolumes"
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
)

HEALTHY = (
    HealthyWorld(name="service-with-an-ebs-volume", build=_with_volume, goal=deploy),
    HealthyWorld(name="containers-that-share-their-processes", build=_sharing, goal=shell),
)
