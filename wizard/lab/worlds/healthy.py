"""Worlds of different shapes in which nothing is wrong."""

from __future__ import annotations

import json

from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, natted, private, public, rest
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import HealthyWorld

_ROLE = "ecsTaskExecutionRole"
_OTHER = "210987654321"


def _behind_a_balancer(world: World) -> None:
    natted(world).balancer(HealthCheckPath="/health")
    world.push("team/app", "v1", labels={"lab.port": "80", "lab.paths": "/health=200"})
    world.notes["service"] = {
        "loadBalancers": world.behind(), "desired": 2, "healthCheckGracePeriodSeconds": 60,
    }  # fmt: skip


def _secrets(world: World) -> None:
    private(world, more=("secretsmanager", "ssm", "kms"))
    made = world.client("secretsmanager").create_secret(
        Name="db", SecretString=json.dumps({"password": "b"})
    )
    world.client("ssm").put_parameter(Name="/shop/TOKEN", Value="x", Type="SecureString")
    grant(_ROLE, "secretsmanager:GetSecretValue", "ssm:GetParameters", "kms:Decrypt")(world)
    secrets = [
        {"name": "DB", "valueFrom": f"{made['ARN']}:password::"},
        {"name": "TOKEN", "valueFrom": "/shop/TOKEN"},
    ]
    world.task_definition(containers=[world.container(secrets=secrets)])


def _efs(world: World) -> None:
    natted(world)
    efs = world.client("efs")
    system = efs.create_file_system(CreationToken="data")["FileSystemId"]
    group = world.closed_group("nfs")
    world.admit(2049, group, world.task_group)
    for subnet in world.subnets:
        efs.create_mount_target(FileSystemId=system, SubnetId=subnet, SecurityGroups=[group])
    mount = {"sourceVolume": "data", "containerPath": "/data"}
    volume = {"fileSystemId": system, "transitEncryption": "ENABLED"}
    world.task_definition(
        containers=[world.container(mountPoints=[mount])],
        volumes=[{"name": "data", "efsVolumeConfiguration": volume}],
    )


def _other_account(world: World) -> None:
    natted(world)
    ecr = world.elsewhere("ecr", _OTHER, None)
    made = ecr.create_repository(repositoryName="base/app")["repository"]
    world.push("base/app", "v1", account=_OTHER)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{world.partition}:iam::{world.lab.account}:root"},
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    ecr.set_repository_policy(repositoryName="base/app", policyText=json.dumps(policy))
    world.image = made["repositoryUri"] + ":v1"


def _arm(world: World) -> None:
    private(world)
    world.push("team/app", "v1", architecture="arm64", index=True)
    platform = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    world.task_definition(runtimePlatform=platform)


def _sidecar(world: World) -> None:
    """A sidecar that is done at once and is not essential, and a health check that passes."""
    natted(world)
    world.push("team/app", "init", labels={"lab.exit-code": "0"})
    image = world.image.replace(":v1", ":init")
    check = {"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"], "interval": 10}
    world.task_definition(
        containers=[
            world.container(healthCheck=check),
            world.container("init", image=image, essential=False, portMappings=[]),
        ]
    )


def _old_platform(world: World) -> None:
    """Platform 1.3.0 asks for its token without the task's own interface."""
    private(world, "ecr.api", "ssmmessages")
    world.notes["service"] = {"platformVersion": "1.3.0"}


def _exec_with_a_key(world: World) -> None:
    private(world, more=("kms",))
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName=world.cluster)
    ecs.update_cluster(
        cluster=world.cluster,
        configuration={"executeCommandConfiguration": {"kmsKeyId": key, "logging": "DEFAULT"}},
    )
    grant("app-task-role", "kms:Decrypt", resource=key)(world)
    world.notes["service"] = {"exec_": True}


def _some_endpoints_and_nat(world: World) -> None:
    """The layers and the logs take the endpoints, the rest the NAT gateway."""
    world.network(nat=True, endpoints=("s3", "logs"))
    rest(world)


def _narrow_group(world: World) -> None:
    """Egress only at 443 to the endpoints' group and to S3's prefix list."""
    private(world)
    ec2 = world.client("ec2")
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=world.task_group, IpPermissions=everything)
    lists = ec2.describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [world.service_name("s3")]}]
    )["PrefixLists"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_egress(
        GroupId=world.task_group,
        IpPermissions=[
            https | {"UserIdGroupPairs": [{"GroupId": world.endpoint_group}]},
            https | {"PrefixListIds": [{"PrefixListId": lists[0]["PrefixListId"]}]},
        ],
    )


HEALTHY = (
    HealthyWorld("behind-endpoints", private, deploy),
    HealthyWorld("behind-a-nat-gateway", natted, deploy),
    HealthyWorld("in-public-subnets", public, deploy),
    HealthyWorld("nat-and-some-endpoints", _some_endpoints_and_nat, deploy),
    HealthyWorld("narrow-task-group", _narrow_group, deploy),
    HealthyWorld("behind-a-load-balancer", _behind_a_balancer, deploy),
    HealthyWorld("with-secrets-and-parameters", _secrets, deploy),
    HealthyWorld("with-an-efs-volume", _efs, deploy),
    HealthyWorld("image-of-another-account", _other_account, deploy),
    HealthyWorld("on-graviton", _arm, deploy),
    HealthyWorld("with-a-sidecar", _sidecar, deploy),
    HealthyWorld("on-platform-1-3", _old_platform, deploy),
    HealthyWorld("exec-with-a-key", _exec_with_a_key, shell),
)
