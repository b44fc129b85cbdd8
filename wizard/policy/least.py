"""The least policy for a goal, as statements that can be merged into what is there.

Resources are named wherever the action allows it (column "Resource types" of
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wizard.policy.documents import statement

Statements = tuple[dict[str, Any], ...]

ECR_TOKEN = "ecr:GetAuthorizationToken"
"""`docker login` to ECR, and Fargate's first step. It has no resource: it must stand on `*`."""

# What https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html lists:
_PUSH = (
    "ecr:BatchCheckLayerAvailability",  # asks which layers are there already
    "ecr:InitiateLayerUpload",  # opens the upload of a layer
    "ecr:UploadLayerPart",  # sends it piece by piece
    "ecr:CompleteLayerUpload",  # closes it with its digest
    "ecr:PutImage",  # writes the manifest under the tag
    "ecr:BatchGetImage",  # docker asks for the manifest that the tag has now
)
# Not on that page. Docker and buildx read an existing layer when they mount it from another
# repository or use the image as a cache, and then meet a denial half-way through a push.
_PUSH_EXTRA = ("ecr:GetDownloadUrlForLayer",)

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html and the
# managed policy AmazonECSTaskExecutionRolePolicy.
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")

SSM_MESSAGES = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""The task role's share of ECS Exec; they have no resource.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
"""

ECS_TASKS = "ecs-tasks.amazonaws.com"


def push_actions() -> tuple[str, ...]:
    """Every action that a push needs, the token included."""
    return (ECR_TOKEN, *_PUSH, *_PUSH_EXTRA)


def pull_actions() -> tuple[str, ...]:
    """Every action that a pull needs, the token included."""
    return (ECR_TOKEN, *_PULL)


def _token() -> dict[str, Any]:
    return statement("EcrLogin", (ECR_TOKEN,), ("*",))


def push(repository_arns: Iterable[str]) -> Statements:
    """For whoever pushes images to these repositories."""
    return (_token(), statement("EcrPush", (*_PUSH, *_PUSH_EXTRA), repository_arns))


def pull(repository_arns: Iterable[str]) -> Statements:
    """For whoever pulls images from these repositories."""
    return (_token(), statement("EcrPull", _PULL, repository_arns))


def use_exec(cluster_arn: str, task_arns: Iterable[str], kms_key: str = "") -> Statements:
    """For whoever runs `aws ecs execute-command`.

    ecs:ExecuteCommand is checked against the cluster and the task; the CLI also describes the
    task to find the container. `task_arns` may end in `/*`. `kms_key`: the cluster's key for the
    session, which the caller's plugin uses too.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    tasks = tuple(task_arns)
    made = [
        statement("EcsExec", ("ecs:ExecuteCommand",), (cluster_arn, *tasks)),
        statement("EcsExecFindTask", ("ecs:DescribeTasks",), tasks),
        statement(
            "EcsExecListTasks",
            ("ecs:ListTasks",),
            ("*",),
            {"ArnEquals": {"ecs:cluster": cluster_arn}},
        ),
    ]
    if kms_key:
        made.append(statement("EcsExecKey", ("kms:GenerateDataKey",), (kms_key,)))
    return tuple(made)


def enable_exec(service_arn: str, pass_roles: Iterable[str] = ()) -> Statements:
    """For whoever switches ECS Exec on for a service and starts new tasks with it.

    `pass_roles`: the task and execution role where a new task definition revision (another task
    role, no read-only root) is registered on the way.
    """
    made = [
        statement("EcsSwitchExec", ("ecs:DescribeServices", "ecs:UpdateService"), (service_arn,)),
    ]
    return (*made, *_register(tuple(pass_roles)))


def _register(roles: tuple[str, ...]) -> Statements:
    if not roles:
        return ()
    actions = ("ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition")
    return (statement("EcsRegister", actions, ("*",)), _pass(roles))


def _pass(roles: Iterable[str]) -> dict[str, Any]:
    condition = {"StringEquals": {"iam:PassedToService": ECS_TASKS}}
    return statement("EcsPassRole", ("iam:PassRole",), roles, condition)


def run_with_exec(cluster_arn: str, family_arn: str, pass_roles: Iterable[str]) -> Statements:
    """For whoever runs a standalone task again with ECS Exec on.

    `family_arn`: the task definition's ARN with `:*` for its revision. Running a task passes its
    roles: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html
    """
    condition = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    return (statement("EcsRunTask", ("ecs:RunTask",), (family_arn,), condition), _pass(pass_roles))


@dataclass(frozen=True, slots=True)
class ExecSession:
    """The cluster's executeCommandConfiguration, as ARNs. Empty: not configured."""

    kms_key: str = ""
    log_group: str = ""
    bucket: str = ""
    prefix: str = ""
    bucket_encrypted: bool = False


def exec_task_role(session: ExecSession | None = None) -> Statements:
    """For the task role, so that the agent in the container can open sessions.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html (logging section):
    the log group and the bucket are written by the agent, with the task role.
    """
    session = session or ExecSession()
    made = [statement("EcsExecChannels", SSM_MESSAGES, ("*",))]
    if session.kms_key:
        made.append(statement("EcsExecDecrypt", ("kms:Decrypt",), (session.kms_key,)))
    if session.log_group:
        group = session.log_group.removesuffix(":*")
        writes = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
        made.append(statement("EcsExecFindLogGroup", ("logs:DescribeLogGroups",), ("*",)))
        made.append(statement("EcsExecLog", writes, (f"{group}:*",)))
    if session.bucket:
        made.append(statement("EcsExecFindBucket", ("s3:GetBucketLocation",), (session.bucket,)))
        path = f"{session.bucket}/{session.prefix.strip('/')}".rstrip("/")
        made.append(statement("EcsExecBucket", ("s3:PutObject",), (f"{path}/*",)))
        if session.bucket_encrypted:
            read = ("s3:GetEncryptionConfiguration",)
            made.append(statement("EcsExecBucketKey", read, (session.bucket,)))
    return tuple(made)
