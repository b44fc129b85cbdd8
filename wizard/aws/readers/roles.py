"""The execution role and the task role: there, trusted, allowed what this task needs of them."""

from dataclasses import replace
from typing import Any

from wizard.aws.permission import ROLE_CALLS
from wizard.aws.questions import Question, questions_of
from wizard.aws.readers.holders import role_arn
from wizard.aws.readers.role_states import Use, read_role
from wizard.aws.readers.secret_arns import DESCRIBE, with_whole_arns
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Role
from wizard.core.unread import Maybe, Unread
from wizard.policy.execution import execution_role as execution_needs
from wizard.policy.least import ExecSession, exec_task_role
from wizard.policy.references import Place
from wizard.policy.trust import ECS_TASKS

_DEFINITION = "ecs:DescribeTaskDefinition"
_UNUSED = ("ecr:BatchCheckLayerAvailability",)
"""A pull reads the manifest and the layers
(https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html)."""

_EXECUTION = Use(
    "execution_role",
    ECS_TASKS,
    _DEFINITION,
    stages=(
        ("ecr:", "registry-auth"),
        ("secretsmanager:", "secrets"),
        ("ssm:", "secrets"),
        ("kms:", "secrets"),
        ("s3:", "env-file"),
        ("logs:", "logger"),
    ),
    apart=("s3:", "kms:"),
    told=True,
)
# Its other actions are those of `exec.encryption-misconfigured`.
_TASK = Use("task_role", ECS_TASKS, _DEFINITION, stages=(("", "exec"),), only="ssmmessages:")


@reader("execution_role", calls=(*ROLE_CALLS, DESCRIBE))
async def execution_role(reading: Reading) -> Maybe[Role]:
    """What Fargate itself needs before a container runs: image, secrets, logs."""
    definition = await reading.part("task-definition")
    if isinstance(definition, Unread):
        return definition
    if definition is None:
        return Unread(_DEFINITION, "none")
    place = await reading.part("place")
    needed = [_needed(one) for one in questions_of(execution_needs(definition, place))]
    questions = await with_whole_arns(reading, needed)
    arn = await role_arn(reading, "executionRoleArn")
    if not arn:
        reading.note("execution_role.named", _DEFINITION, "no-execution-role")
        return Role(named=False, needed=bool(questions))
    return await read_role(reading, _EXECUTION, arn, questions, place)


@reader("task_role", calls=ROLE_CALLS)
async def task_role(reading: Reading) -> Maybe[Role]:
    """What the agent of ECS Exec needs; what the application needs nobody can know."""
    definition = await reading.part("task-definition")
    if isinstance(definition, Unread):
        return definition
    if definition is None:
        return Unread(_DEFINITION, "none")
    wanted = "exec" in await reading.part("goals")
    arn = await role_arn(reading, "taskRoleArn")
    if not arn:
        reading.note("task_role.named", _DEFINITION, "no-task-role")
        return Role(named=False, needed=wanted, stage="exec")
    place = await reading.part("place")
    session = await _session(reading, place) if wanted else None
    asked = questions_of(exec_task_role(session)) if wanted else []
    questions = [_about_groups(one, place) for one in asked]
    return await read_role(reading, _TASK, arn, questions, place)


def _needed(question: Question) -> Question:
    """Leave out what the managed policy gives and a pull does not use."""
    return replace(question, actions=tuple(a for a in question.actions if a not in _UNUSED))


def _about_groups(question: Question, place: Place) -> Question:
    """DescribeLogGroups is not checked against `*`, which a grant for the account's groups would
    not match (github.com/hashicorp/terraform-provider-aws/issues/8804 shows against what)."""
    if question.actions != ("logs:DescribeLogGroups",):
        return question
    every = f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group::log-stream:"
    return replace(question, resources=(every,))


async def _session(reading: Reading, place: Place) -> ExecSession:
    cluster, key = await reading.part("cluster-answer"), await reading.part("session-key")
    settings: dict[str, Any] = {}
    if isinstance(cluster, dict):
        settings = cluster.get("configuration", {}).get("executeCommandConfiguration") or {}
    logs = settings.get("logConfiguration", {}) if settings.get("logging") == "OVERRIDE" else {}
    group, bucket = logs.get("cloudWatchLogGroupName"), logs.get("s3BucketName")
    where = f"arn:{place.partition}"
    return ExecSession(
        kms_key=key if isinstance(key, str) else "",
        log_group=f"{where}:logs:{place.region}:{place.account}:log-group:{group}" if group else "",
        bucket=f"{where}:s3:::{bucket}" if bucket else "",
        prefix=logs.get("s3KeyPrefix") or "",
        bucket_encrypted=bool(logs.get("s3EncryptionEnabled")),
    )
