"""EBS volumes that are configured when a task or service is deployed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.building.base import trust
from wizard.lab.world import ALL_ENDPOINTS, World, allow

from .helpers import refused, shell

_MANAGED = "service-role/AmazonECSInfrastructureRolePolicyForVolumes"
_ROLE = "ecsInfrastructureRole"
_MOUNT = {"sourceVolume": "data", "containerPath": "/data"}
_UNABLE = (
    "ECS was unable to assume the configured ECS Infrastructure Role '{role}'. Please verify that"
    " the role being passed has the proper trust relationship with Amazon ECS"
)


def _world(lab: Lab) -> World:
    # What the machine itself takes shall not count: time passes by settling only.
    lab.clock(speed=1)
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    world.notes["role"] = world.role(_ROLE, service="ecs.amazonaws.com", managed=(_MANAGED,))
    world.client("ecs").create_cluster(clusterName="prod")
    return world.task_definition(
        containers=[world.container(mountPoints=[_MOUNT])],
        volumes=[{"name": "data", "configuredAtLaunch": True}],
    )


def _volume(world: World, **changes: Any) -> dict[str, Any]:
    managed = {"roleArn": world.notes["role"], "sizeInGiB": 20, "volumeType": "gp3"}
    given = {k: v for k, v in (managed | changes).items() if v is not None}
    return {"name": "data", "managedEBSVolume": given}


def _serve(world: World, **changes: Any) -> World:
    world.service(exec_=False, volumeConfigurations=[_volume(world, **changes)])
    return world.settle(120)


def _attachment(task: dict[str, Any]) -> dict[str, Any]:
    found = [a for a in task["attachments"] if a["type"] == "AmazonElasticBlockStorage"]
    first: dict[str, Any] = found[0]
    return first | {"details": {d["name"]: d["value"] for d in found[0]["details"]}}


def _volumes(lab: Lab) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = lab.client("ec2").describe_volumes()["Volumes"]
    return found


def test_each_task_of_a_service_has_a_volume_of_its_own_that_goes_with_it(lab: Lab) -> None:
    world = _serve(_world(lab), tagSpecifications=[
        {"resourceType": "volume", "tags": [{"key": "team", "value": "db"}]}
    ])  # fmt: skip
    task = world.tasks()[0]
    shown = _attachment(task)
    assert shown["status"] == "ATTACHED"
    (volume,) = _volumes(lab)
    assert shown["details"] == {
        "roleArn": world.notes["role"],
        "volumeName": "data",
        "deleteOnTermination": "true",
        "volumeId": volume["VolumeId"],
    }
    assert (volume["Size"], volume["VolumeType"], volume["State"]) == (20, "gp3", "in-use")
    assert volume["AvailabilityZone"] == task["availabilityZone"]
    assert {t["Key"]: t["Value"] for t in volume["Tags"]} == {
        "AmazonECSCreated": task["taskArn"],
        "AmazonECSManaged": "true",
        "team": "db",
    }
    assert volume["Attachments"][0]["AssociatedResource"] == task["taskArn"]
    deployment = world.describe()["deployments"][0]
    assert deployment["volumeConfigurations"][0]["managedEBSVolume"]["sizeInGiB"] == 20

    world.client("ecs").update_service(cluster="prod", service="web", desiredCount=0)
    world.settle(60)
    assert _volumes(lab) == []
    assert _attachment(world.tasks(status="STOPPED")[0])["status"] == "DELETED"


def test_a_volume_of_a_task_is_not_to_be_taken_from_it(lab: Lab) -> None:
    _serve(_world(lab))
    ec2, volume = lab.client("ec2"), _volumes(lab)[0]["VolumeId"]
    assert refused(lambda: ec2.detach_volume(VolumeId=volume)) == (
        "UnsupportedOperationException",
        "Unable to detach volume attached to ECS tasks",
    )
    assert refused(lambda: ec2.delete_volume(VolumeId=volume))[0] == "VolumeInUse"


def test_a_standalone_task_may_leave_its_volume_behind_for_a_snapshot(lab: Lab) -> None:
    world = _world(lab)
    keep = _volume(world, terminationPolicy={"deleteOnTermination": False}, filesystemType="ext4")
    volumes = json.dumps([keep])
    network = json.dumps(world.network_configuration)
    done = shell(
        lab,
        "aws ecs run-task --cluster prod --task-definition web --query 'tasks[0].taskArn'"
        f" --output text --network-configuration '{network}' --volume-configurations '{volumes}'",
    )
    assert done.returncode == 0, done.stderr
    world.settle(60)
    ecs, arn = lab.client("ecs"), done.stdout.strip()
    shown = _attachment(ecs.describe_tasks(cluster="prod", tasks=[arn])["tasks"][0])
    assert (shown["status"], shown["details"]["deleteOnTermination"]) == ("ATTACHED", "false")
    ecs.stop_task(cluster="prod", task=arn)
    world.settle(60)
    (left,) = _volumes(lab)
    assert (left["State"], left["Attachments"]) == ("available", [])

    snapshot = lab.client("ec2").create_snapshot(VolumeId=left["VolumeId"])["SnapshotId"]
    _serve(world, sizeInGiB=None, snapshotId=snapshot, filesystemType="ext4")
    assert world.describe()["runningCount"] == 1
    made = next(v for v in _volumes(lab) if v["VolumeId"] != left["VolumeId"])
    assert (made["SnapshotId"], made["Size"]) == (snapshot, 20)
    # Mounted as another file system than it was made with, it is not mounted.
    changed = _volume(world, sizeInGiB=None, snapshotId=snapshot, filesystemType="xfs")
    ecs.update_service(cluster="prod", service="web", volumeConfigurations=[changed])
    world.settle(200)
    assert world.reasons()[0] == (
        "ECS timed out while configuring the EBS volume attachment to your Task."
    )


def test_a_change_of_the_volume_is_a_new_deployment_and_an_empty_list_takes_it_away(
    lab: Lab,
) -> None:
    world = _serve(_world(lab))
    ecs = lab.client("ecs")
    before = world.tasks()[0]["taskArn"]
    larger = [_volume(world, sizeInGiB=30)]
    ecs.update_service(cluster="prod", service="web", volumeConfigurations=larger)
    world.settle(120)
    assert before not in [t["taskArn"] for t in world.tasks()]
    assert [v["Size"] for v in _volumes(lab)] == [30]

    world.task_definition()
    ecs.update_service(
        cluster="prod", service="web", taskDefinition=world.definition, volumeConfigurations=[]
    )
    world.settle(120)
    assert _volumes(lab) == []
    assert [a["type"] for a in world.tasks()[0]["attachments"]] == ["ElasticNetworkInterface"]


def _fails(world: World) -> str:
    """The reason that both the task and its attachment give."""
    task = world.tasks(status="STOPPED")[0]
    assert task["stopCode"] == "TaskFailedToStart"
    assert _attachment(task)["details"]["statusReason"] == task["stoppedReason"]
    return str(task["stoppedReason"])


def test_a_role_without_the_permissions_is_said_not_to_be_assumable(lab: Lab) -> None:
    world = _world(lab)
    iam = lab.client("iam")
    arn = f"arn:aws:iam::aws:policy/{_MANAGED}"
    iam.detach_role_policy(RoleName=_ROLE, PolicyArn=arn)
    _serve(world)
    assert _fails(world) == _UNABLE.format(role=world.notes["role"])
    iam.attach_role_policy(RoleName=_ROLE, PolicyArn=arn)
    world.redeploy()
    assert world.describe()["runningCount"] == 1


def test_a_role_that_loses_its_trust_keeps_the_task_in_deprovisioning(lab: Lab) -> None:
    world = _serve(_world(lab))
    iam = lab.client("iam")
    iam.update_assume_role_policy(RoleName=_ROLE, PolicyDocument=trust("ec2.amazonaws.com"))
    lab.client("ecs").update_service(cluster="prod", service="web", desiredCount=0)
    world.settle(300)
    stuck = world.tasks(status="STOPPED")[0]
    assert stuck["lastStatus"] == "DEPROVISIONING"
    assert len(_volumes(lab)) == 1
    iam.update_assume_role_policy(RoleName=_ROLE, PolicyDocument=trust("ecs.amazonaws.com"))
    world.settle(60)
    assert world.tasks(status="STOPPED")[0]["lastStatus"] == "STOPPED"
    assert _volumes(lab) == []


def test_a_key_that_the_role_may_not_use_shows_as_a_mismatch_of_a_token(lab: Lab) -> None:
    world = _world(lab)
    key = lab.client("kms").create_key()["KeyMetadata"]["Arn"]
    _serve(world, encrypted=True, kmsKeyId=key)
    assert _fails(world) == (
        'ECS failed to set up the EBS volume. Encountered IdempotentParameterMismatch"; "The'
        " client token you have provided is associated with a resource that is already deleted."
        ' Please use a different client token."'
    )
    use = allow("kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", resource=key)
    lab.client("iam").put_role_policy(RoleName=_ROLE, PolicyName="key", PolicyDocument=use)
    world.redeploy()
    assert world.describe()["runningCount"] == 1
    (volume,) = _volumes(lab)
    assert (volume["Encrypted"], volume["KmsKeyId"]) == (True, key)


def test_a_file_system_of_windows_is_not_attached_to_linux(lab: Lab) -> None:
    world = _world(lab)
    world.service(exec_=False, volumeConfigurations=[_volume(world, filesystemType="ntfs")])
    world.settle(200)
    assert _fails(world).startswith("ECS timed out while configuring the EBS volume attachment")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (
            {"sizeInGiB": None},
            "'MissingParameter' error from AmazonEC2: \"The request must contain the parameter"
            ' size/snapshot"',
        ),
        (
            {"iops": 15000},
            "'InvalidParameterValue' error from AmazonEC2: \"Iops to volume size ratio of"
            ' 750.000000 is too high; maximum is 500"',
        ),
        (
            {"volumeType": "st1"},
            "'InvalidParameterValue' error from AmazonEC2: \"Volume of 20GiB is too small; minimum"
            ' is 125GiB."',
        ),
        (
            {"volumeType": "gp2", "iops": 3000},
            "'InvalidParameterCombination' error from AmazonEC2: \"The parameter iops is not"
            ' supported for gp2 volumes."',
        ),
        (
            {"snapshotId": "snap-0123"},
            "'InvalidSnapshot.NotFound' error from AmazonEC2: \"The snapshot 'snap-0123' does not"
            ' exist."',
        ),
    ],
)
def test_what_ec2_would_not_make_is_refused_with_its_own_error(
    lab: Lab, changes: dict[str, Any], error: str
) -> None:
    world = _world(lab)
    assert refused(lambda: _serve(world, **changes)) == (
        "InvalidParameterException",
        "ECS managed EBS volume configuration was invalid for volume 'data'. Encountered " + error,
    )


def test_a_role_that_ecs_may_not_have_is_refused_at_once(lab: Lab) -> None:
    world = _world(lab)
    policy = trust("ecs-tasks.amazonaws.com")
    lab.client("iam").update_assume_role_policy(RoleName=_ROLE, PolicyDocument=policy)
    text = _UNABLE.format(role=world.notes["role"])
    assert refused(lambda: _serve(world)) == ("InvalidParameterException", f"{text}.")


def test_who_deploys_must_be_allowed_to_pass_the_role_to_ecs(lab: Lab) -> None:
    world = _world(lab)
    iam = lab.client("iam")
    passes = [world.execution_role, world.task_role]
    world.role("deployer", inline=allow("ecs:*"), trust_policy=trust("ec2.amazonaws.com"))
    document = allow("iam:PassRole", resource=passes)
    iam.put_role_policy(RoleName="deployer", PolicyName="pass", PolicyDocument=document)
    ecs = lab.client("ecs", "role/deployer/me")

    def create() -> Any:
        return ecs.create_service(
            cluster="prod",
            serviceName="web",
            taskDefinition="web",
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration=world.network_configuration,
            volumeConfigurations=[_volume(world)],
        )

    code, text = refused(create)
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: iam:PassRole on resource: {world.notes['role']}" in text
    document = allow("iam:PassRole", resource=[*passes, world.notes["role"]])
    iam.put_role_policy(RoleName="deployer", PolicyName="pass", PolicyDocument=document)
    assert create()["service"]["status"] == "ACTIVE"


def test_definition_and_deployment_must_mean_the_same_volume_on_a_platform_that_has_any(
    lab: Lab,
) -> None:
    world = _world(lab)
    assert refused(lambda: world.service(exec_=False))[0] == "InvalidParameterException"
    other = _volume(world) | {"name": "dat"}
    assert refused(lambda: world.service(exec_=False, volumeConfigurations=[other])) == (
        "InvalidParameterException",
        "Volume configuration provided but no matching configuredAtLaunch volume found in task"
        " definition",
    )
    old: dict[str, Any] = {"platformVersion": "1.3.0", "volumeConfigurations": [_volume(world)]}
    assert refused(lambda: world.service(exec_=False, **old))[0] == "InvalidParameterException"
    two = [{"name": n, "configuredAtLaunch": True} for n in ("data", "more")]
    assert refused(lambda: world.task_definition(volumes=two))[0] == "ClientException"
    efs = {"fileSystemId": "fs-0123"}
    both = [{"name": "data", "configuredAtLaunch": True, "efsVolumeConfiguration": efs}]
    assert refused(lambda: world.task_definition(volumes=both)) == (
        "ClientException",
        "When the volume parameter is specified, only one volume configuration type should be"
        " used.",
    )
