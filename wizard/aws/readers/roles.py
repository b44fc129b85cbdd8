"""The execution role and the task role: there, trusted, allowed what this task needs of them."""

from dataclasses import replace
from typing import Any

from wizard.aws.answers import Outcome, Refused
from wizard.aws.arns import part
from wizard.aws.calls import both
from wizard.aws.judged import Judged
from wizard.aws.permission import ROLE_CALLS, Principal, judge
from wizard.aws.questions import Question, questions_of
from wizard.aws.readers.holders import TASK_SESSION, editable, role_arn
from wizard.aws.readers.paths import context_of_way
from wizard.aws.readers.words import refusals_of, said_of_tasks
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Maybe, Partly, Role, Unread, merged
from wizard.policy.execution import execution_role as execution_needs
from wizard.policy.least import ExecSession, exec_task_role
from wizard.policy.references import Place
from wizard.policy.trust import trusts_ecs_tasks
from wizard.policy.types import ContextValue

GET = "iam:GetRole"
_CANNOT_ASSUME = "unable to assume the role"

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
    arn = await role_arn(reading, "executionRoleArn")
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
    arn = await role_arn(reading, "taskRoleArn")
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


async def _read(
    reading: Reading, fact: str, arn: str, questions: list[Question], place: Place
) -> Role:
    name = arn.rpartition("/")[2]
    owner = part(arn, "account")
    if owner and place.account and owner != place.account:
        return await _foreign(reading, fact, arn, name)
    told = refusals_of(await said_of_tasks(reading), name)
    who = Principal(arn, "role", name, told=told, session=TASK_SESSION, tagged=True)
    described, judged = await both(
        reading.call(GET, RoleName=name), _judge(reading, who, questions)
    )
    proven = bool(questions) and judged.unread is None
    asked = questions if fact == "execution_role" else []
    judged = _without_tasks(judged, await reading.part("tasks-unread"), asked)
    exists, trusted = _read_role(described, arn, place, proven=proven)
    if not judged.exists:
        exists = False
    _note(reading, fact, name, exists, trusted, judged)
    _note_told(reading, fact, name, set(told) & {*judged.missing, *judged.denied})
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
        open_elsewhere=_open(judged, fact, elsewhere=True),
        doubtful_actions=tuple(one for one in judged.doubtful if not _has_own_cause(one, fact)),
        partly=_partly(judged, fact),
    )


def _read_role(
    answer: Outcome, arn: str, place: Place, *, proven: bool
) -> tuple[Maybe[bool], Maybe[bool]]:
    """Whether the role is there (`proven`: its permissions were told) and trusted."""
    if isinstance(answer, Refused):
        return (False if answer.absent else proven or answer.unread), answer.unread
    role = answer.get("Role", {})
    trusted = _trusted(role.get("AssumeRolePolicyDocument"), place)
    return _same_path(arn, str(role.get("Arn") or arn)), trusted


def _note_told(reading: Reading, fact: str, name: str, told: set[str]) -> None:
    if told:
        part_name, actions = f"{fact}.lacking_actions", tuple(sorted(told))
        reading.note(part_name, "ecs:DescribeTasks", "task-denied", who=name, actions=actions)


def _same_path(arn: str, known: str) -> bool:
    """Whether the ARN that is used is the role's own: a role is found by its name alone, but an
    ARN without its path names none
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)."""
    return part(known, "resource") in (None, part(arn, "resource"))


async def _foreign(reading: Reading, fact: str, arn: str, name: str) -> Role:
    """A role of another account: it cannot be read from here, nor be passed to ECS
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html). It is called
    wrong where AWS has said that it could not be assumed."""
    said = any(
        _CANNOT_ASSUME in text.lower() and name in text for text in await said_of_tasks(reading)
    )
    unread = Unread(GET, "other-account")
    reading.note(f"{fact}.trusted", "ecs:DescribeTaskDefinition", "role-foreign", role=arn)
    return Role(
        named=True,
        name=name,
        arn=arn,
        exists=True if said else unread,
        trusted=False if said else unread,
        editable=False,
        missing_actions=unread,
        stage="role" if said else _stage(Judged(), fact),
        lacking_actions=unread,
        own=False,
    )


def _without_tasks(judged: Judged, tasks: Any, asked: list[Question]) -> Judged:
    """What is open stays so for want of the tasks, too: AWS tells them what it refuses. So does all
    that Fargate `asked` for, since of an organization's policies often nothing else tells
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html)."""
    if not isinstance(tasks, Unread):
        return judged
    every = dict.fromkeys(action for one in asked for action in one.actions)
    told = {*judged.missing, *judged.denied}
    opened = {name: merged(tasks, why) for name, why in judged.open.items()}
    opened |= {name: tasks for name in every if name not in opened and name not in told}
    return replace(judged, open=opened, unread=tasks if opened else judged.unread)


def _lacking(judged: Judged, fact: str) -> Maybe[tuple[str, ...]]:
    own = tuple(one for one in _every(judged) if not _has_own_cause(one, fact))
    unread = judged.unread if not judged.open else _open(judged, fact, elsewhere=False)
    return unread if unread and not own else own


def _partly(judged: Judged, fact: str) -> Partly:
    """What kept more of the role's lacks from being known than those that are."""
    unread = _open(judged, fact, elsewhere=False)
    return (("lacking_actions", unread), ("missing_actions", unread)) if unread else ()


def _open(judged: Judged, fact: str, *, elsewhere: bool) -> Unread | None:
    """What kept actions open, of those that have causes of their own or of the others."""
    fitting = [why for name, why in judged.open.items() if _has_own_cause(name, fact) is elsewhere]
    return merged(*fitting) if fitting else None


def _every(judged: Judged) -> tuple[str, ...]:
    return (*judged.missing, *judged.denied)


def _has_own_cause(action: str, fact: str) -> bool:
    """Whether a lack of `action` is `env-file.denied` or `secret.kms-denied`, or of the task role
    `exec.encryption-misconfigured`."""
    if fact == "task_role":
        return not action.startswith("ssmmessages:")
    return action.startswith(("s3:", "kms:"))


async def _judge(reading: Reading, who: Principal, questions: list[Question]) -> Judged:
    if not questions:
        return Judged()

    async def way(action: str) -> dict[str, ContextValue] | Unread:
        return await context_of_way(reading, action)

    return await judge(reading, who, questions, way)


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
        reading.note(f"{fact}.lacking_actions", call, judged.allowed_phrase, who=name)
