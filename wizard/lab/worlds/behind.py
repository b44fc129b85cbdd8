"""Worlds in which the fault lies further back: a rollout that was taken back, one fault behind
another."""

from __future__ import annotations

import json
from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import grant, private, rest
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Planted
from wizard.lab.worlds.policies import detach
from wizard.lab.worlds.variants import make_log_group

_ROLE = "ecsTaskExecutionRole"
_NAME = "team/app"
_NOT_FOUND = r"failed to resolve ref .*: not found"


def _rolled_back(world: World) -> None:
    """A service that ran well; the next definition names a tag that was never pushed."""
    private(world)
    breaker = {"enable": True, "rollback": True}
    settings = {
        "deploymentCircuitBreaker": breaker, "minimumHealthyPercent": 100, "maximumPercent": 200
    }  # fmt: skip
    world.service(exec_=False, deploymentConfiguration=settings).settle()
    world.task_definition(containers=[world.container(image=world.image.replace(":v1", ":v2"))])
    world.notes["patience"] = 1200


def _bucket_gone(world: World) -> None:
    """Sessions are to be kept in a bucket that nobody has made."""
    private(world)
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName=world.cluster)
    logging = {"s3BucketName": "exec-audit-logs-2024", "s3EncryptionEnabled": True}
    given = {"logging": "OVERRIDE", "logConfiguration": logging}
    ecs.update_cluster(cluster=world.cluster, configuration={"executeCommandConfiguration": given})
    actions = ("s3:GetEncryptionConfiguration", "s3:PutObject")
    grant("app-task-role", *actions, name="bucket")(world)
    world.notes["service"] = {"exec_": True}


def _make_bucket(name: str) -> Act:
    def mend(world: World) -> None:
        s3 = world.client("s3")
        where: dict[str, Any] = {}
        if world.lab.region != "us-east-1":
            where = {"CreateBucketConfiguration": {"LocationConstraint": world.lab.region}}
        s3.create_bucket(Bucket=name, **where)
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})

    return mend


def _two_secrets(world: World) -> None:
    """No way out of the subnet; behind it the second of two secrets lacks its JSON key."""
    rest(world.network(endpoints=[n for n in ALL_ENDPOINTS if n != "ssmmessages"]))
    manager = world.client("secretsmanager")
    made = [
        manager.create_secret(Name=name, SecretString=json.dumps({"user": "a"}))["ARN"]
        for name in ("db", "queue")
    ]
    world.notes["secret"] = made[1]
    grant(_ROLE, "secretsmanager:GetSecretValue", name="secret")(world)
    secrets = [
        {"name": "DB", "valueFrom": f"{made[0]}:user::"},
        {"name": "QUEUE", "valueFrom": f"{made[1]}:password::"},
    ]
    world.task_definition(containers=[world.container(secrets=secrets)])


def _put_key(world: World) -> None:
    world.client("secretsmanager").put_secret_value(
        SecretId=world.notes["secret"], SecretString=json.dumps({"password": "b"})
    )


def _trust_and_tag(world: World) -> None:
    private(world)
    world.image = world.image.replace(":v1", ":v2")
    _trust("ec2.amazonaws.com")(world)


def _trust(service: str) -> Act:
    def act(world: World) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        world.client("iam").update_assume_role_policy(
            RoleName=_ROLE,
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    return act


def _rights_and_crash(world: World) -> None:
    """No right to the image, no log group; and the image that waits is for another processor."""
    private(world)
    detach(world)
    grant(_ROLE, "logs:*", name="logs")(world)
    world.client("logs").delete_log_group(logGroupName=world.logs)
    world.push(_NAME, "v1", architecture="arm64", index=True)


_PULL = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_ECR = grant(_ROLE, "ecr:*")

WORLDS = (
    BrokenWorld(
        "rolled-back-by-the-circuit-breaker", "pull.image-not-found", _NOT_FOUND, _rolled_back,
        (
            Planted(
                "ecr.image-missing", lambda w: w.push(_NAME, "v2"),
                lambda w: {"repository": _NAME, "tag": "v2"},
            ),
        ),
        _ECR, deploy,
    ),
    BrokenWorld(
        "exec-log-bucket-missing", "exec.encryption-failed",
        r"encryption is not set up on the selected Amazon S3 bucket", _bucket_gone,
        (Planted("exec.encryption-misconfigured", _make_bucket("exec-audit-logs-2024")),),
        _make_bucket("exec-audit-logs-2025"), shell,
    ),
    BrokenWorld(
        "secrets-unreachable-and-a-key-missing", "pull.secret-unreachable",
        r"There is a connection issue between the task and AWS Secrets Manager", _two_secrets,
        (
            Planted(
                "network.endpoint-missing", lambda w: w.endpoint("secretsmanager"),
                lambda w: {"service": "secretsmanager", "vpc": w.vpc},
            ),
            Planted(
                "secret.key-missing", _put_key,
                lambda w: {"secret": str(w.notes["secret"]), "key": "password"},
            ),
        ),
        _ECR, deploy,
    ),
    BrokenWorld(
        "trust-wrong-and-tag-missing", "iam.role-not-assumable",
        r"ECS was unable to assume the role '.*' that was provided for this task", _trust_and_tag,
        (
            Planted(
                "execution-role.trust-invalid", _trust("ecs-tasks.amazonaws.com"),
                lambda w: {"role": w.execution_role},
            ),
            Planted(
                "ecr.image-missing", lambda w: w.push(_NAME, "v2"),
                lambda w: {"repository": _NAME, "tag": "v2"},
            ),
        ),
        _ECR, deploy,
    ),
    BrokenWorld(
        "rights-platform-and-log-group", "pull.registry-auth-denied",
        r"perform: ecr:GetAuthorizationToken on resource: \*", _rights_and_crash,
        (
            Planted(
                "execution-role.permission-missing", grant(_ROLE, *_PULL),
                lambda w: {"role": w.execution_role, "actions": " ".join(_PULL)},
            ),
            Planted(
                "image.platform-mismatch", lambda w: w.push(_NAME, "v1"),
                lambda w: {"image": w.image},
            ),
            Planted(
                "logs.group-missing", make_log_group("/ecs/web"),
                lambda w: {"log_group": "/ecs/web", "region": w.lab.region},
            ),
        ),
        grant("app-task-role", "ecr:*"), deploy,
    ),
)  # fmt: skip
