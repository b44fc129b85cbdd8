"""The execution role and the task role: there, trusted, allowed what this task needs of them."""

from dataclasses import replace
from typing import Any

from wizard.aws.answers import Refused
from wizard.aws.arns import part
from wizard.aws.calls import both
from wizard.aws.permission import ROLE_CALLS, Judged, Principal, Question, judge, questions_of
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Maybe, Role, Unread
from wizard.policy.execution import execution_role as execution_needs
from wizard.policy.least import ExecSession, exec_task_role
from wizard.policy.references import Place
from wizard.policy.trust import trusts_ecs_tasks

GET = "iam:GetRole"

_UNUSED = ("ecr:BatchCheckLayerAvailability",)
"""A pull reads the manifest and the layers
(https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html)."""

_STAGE_OF = {
    "ecr:": "registry-auth",
    "secretsmanager:": "secrets",
    "ssm:": "secrets",
    "kms:": "secrets",
    "s3:": "env-file",
    "logs:": "logger",
    "ssmmessages:": "exec",
}


def editable(name: str, arn: str | None) -> bool:
    """Whether a role's policies are its account's to change: not those of IAM Identity Center or
    of a service (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html)."""
    reserved = name.startswith(("AWSReservedSSO_", "AWSServiceRoleFor"))
    kept = ("/aws-service-role/", "/aws-reserved/")
    return not reserved and not any(path in (arn or "") for path in kept)


@reader("execution_role", calls=ROLE_CALLS)
async def execution_role(reading: Reading) -> Maybe[Role]:
    """What Fargate itself needs before a container runs: image, secrets, logs."""
    definition = await reading.part("task-definition")
    if isinstance(definition, Unread):
        return definition
    if definition is None:
        return Unread("ecs:DescribeTaskDefinition", "none")
    place = await reading.part("place")
    questions = [_needed(one) for one in questions_of(execution_needs(definition, place))]
    arn = await _role_arn(reading, "executionRoleArn")
    if not arn:
        reading.note("execution_role.named", "ecs:DescribeTaskDefinition", "no-execution-role")
        return Role(named=False, needed=bool(questions))
    return await _read(reading, "execution_role", arn, questions, place)


@reader("task_role", calls=ROLE_CALLS)
async def task_role(reading: Reading) -> Maybe[Role]:
    """What the agent of ECS Exec needs; what the application needs nobody can know."""
    definition = await reading.part("task-definition")
    if isinstance(definition, Unread):
        return definition
    if definition is None:
        return Unread("ecs:DescribeTaskDefinition", "none")
    wanted = "exec" in await reading.part("goals")
    arn = await _role_arn(reading, "taskRoleArn")
    if not arn:
        reading.note("task_role.named", "ecs:DescribeTaskDefinition", "no-task-role")
        return Role(named=False, needed=wanted, stage="exec")
    place = await reading.part("place")
    session = await _session(reading, place) if wanted else None
    questions = questions_of(exec_task_role(session)) if wanted else []
    return await _read(reading, "task_role", arn, questions, place)


def _needed(question: Question) -> Question:
    """Leave out what the managed policy gives and a pull does not use."""
    return replace(question, actions=tuple(a for a in question.actions if a not in _UNUSED))


async def _role_arn(reading: Reading, name: str) -> str | None:
    """The task's own role (an override), else the definition's."""
    definition, task = await reading.part("task-definition"), await reading.part("task-answer")
    override = task.get("overrides", {}).get(name) if isinstance(task, dict) else None
    return override or definition.get(name) or None


async def _session(reading: Reading, place: Place) -> ExecSession:
    cluster = await reading.part("cluster-answer")
    settings: dict[str, Any] = {}
    if isinstance(cluster, dict):
        settings = cluster.get("configuration", {}).get("executeCommandConfiguration", {})
    logs = settings.get("logConfiguration", {}) if settings.get("logging") == "OVERRIDE" else {}
    group, bucket = logs.get("cloudWatchLogGroupName"), logs.get("s3BucketName")
    where = f"arn:{place.partition}"
    key = settings.get("kmsKeyId") or ""
    return ExecSession(
        kms_key=key if key.startswith("arn:") and ":key/" in key else "",
        log_group=f"{where}:logs:{place.region}:{place.account}:log-group:{group}" if group else "",
        bucket=f"{where}:s3:::{bucket}" if bucket else "",
        prefix=logs.get("s3KeyPrefix") or "",
        bucket_encrypted=bool(logs.get("s3EncryptionEnabled")),
    )


async def _read(
    reading: Reading, fact: str, arn: str, questions: list[Question], place: Place
) -> Role:
    name = arn.rpartition("/")[2]
    described, judged = await both(
        reading.call(GET, RoleName=name), _judge(reading, arn, name, questions)
    )
    exists: Maybe[bool] = True
    trusted: Maybe[bool] = True
    if isinstance(described, Refused):
        exists = False if described.absent else (described.unread if judged.unread else True)
        trusted = described.unread
    else:
        trusted = _trusted(described["Role"].get("AssumeRolePolicyDocument"), place)
    if not judged.exists:
        exists = False
    _note(reading, fact, name, exists, trusted, judged)
    return Role(
        named=True,
        name=name,
        arn=arn,
        exists=exists,
        trusted=trusted,
        editable=editable(name, arn),
        missing_actions=judged.missing_or_unread,
        missing_resources=judged.resources,
        denied_actions=judged.denied,
        denied_by=judged.denied_by,
        stage="role" if exists is False or trusted is False else _stage(judged, fact),
        lacking_actions=_lacking(judged, fact),
        lacking_elsewhere=tuple(one for one in _every(judged) if _has_own_cause(one, fact)),
        own=part(arn, "account") in (place.account, None),
    )


def _lacking(judged: Judged, fact: str) -> Maybe[tuple[str, ...]]:
    every = _every(judged)
    if judged.unread and not every:
        return judged.unread
    return tuple(one for one in every if not _has_own_cause(one, fact))


def _every(judged: Judged) -> tuple[str, ...]:
    return (*judged.missing, *judged.denied)


def _has_own_cause(action: str, fact: str) -> bool:
    """Whether a lack of `action` is `env-file.denied` or `secret.kms-denied`, or of the task role
    `exec.encryption-misconfigured`."""
    if fact == "task_role":
        return not action.startswith("ssmmessages:")
    return action.startswith(("s3:", "kms:"))


async def _judge(reading: Reading, arn: str, name: str, questions: list[Question]) -> Judged:
    if not questions:
        return Judged()
    return await judge(reading, Principal(arn, "role", name), questions)


def _trusted(document: Any, place: Place) -> Maybe[bool]:
    if not document:
        return Unread(GET, "none")
    decision = trusts_ecs_tasks(
        document if isinstance(document, dict) else str(document),
        place.partition,
        place.region,
        place.account,
    )
    return Unread(GET, decision.why) if decision.effect == "unknown" else decision.allowed


def _stage(judged: Judged, fact: str) -> str:
    """The first stage at which Fargate would use one of the missing actions."""
    if fact == "task_role":
        return "exec"
    order = ["registry-auth", "secrets", "env-file", "logger"]
    hit = {
        stage
        for action in (*judged.missing, *judged.denied)
        for start, stage in _STAGE_OF.items()
        if action.startswith(start)
    }
    return next((one for one in order if one in hit), "registry-auth")


def _note(
    reading: Reading,
    fact: str,
    name: str,
    exists: Maybe[bool],
    trusted: Maybe[bool],
    judged: Judged,
) -> None:
    if exists is False:
        reading.note(f"{fact}.exists", GET, "role-missing", role=name)
        return
    if trusted is False:
        reading.note(f"{fact}.trusted", GET, "role-not-trusted", role=name)
    elif trusted is True:
        reading.note(f"{fact}.trusted", GET, "role-trusted", role=name)
    call = judged.call
    if judged.missing:
        reading.note(
            f"{fact}.lacking_actions", call, "actions-missing", who=name, actions=judged.missing
        )
    if judged.denied:
        reading.note(
            f"{fact}.lacking_actions",
            call,
            "actions-denied",
            who=name,
            actions=judged.denied,
            by=judged.denied_by,
        )
    if not (judged.missing or judged.denied or judged.unread):
        reading.note(f"{fact}.lacking_actions", call, "actions-allowed", who=name)
