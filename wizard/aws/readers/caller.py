"""Who asks AWS (or whom the pasted message names), and what the goal needs that they may not do."""

import re
from dataclasses import replace
from typing import Any

from wizard.aws.answers import Refused
from wizard.aws.arns import part
from wizard.aws.judged import SIMULATE, Judged
from wizard.aws.permission import ROLE_CALLS, USER_CALLS, Principal, judge
from wizard.aws.questions import Question
from wizard.aws.readers.bastion import wanted_registry
from wizard.aws.readers.holders import editable
from wizard.aws.readers.shells import shell_questions
from wizard.aws.readers.target import IDENTITY
from wizard.aws.reading import Reading, reader
from wizard.aws.sessions import credential_problem
from wizard.core.facts import Caller
from wizard.core.findings import Observed
from wizard.core.unread import Maybe, Partly, Unread, merged
from wizard.policy.context import role_key
from wizard.policy.least import ECR_TOKEN, ECS_TASKS
from wizard.policy.references import Place, read_image

GET_ROLE = "iam:GetRole"
PASS = "iam:PassRole"

_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:BatchGetImage",
)
"""What every push needs (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html)."""

_CREDENTIALS = {
    "no-credentials": "missing",
    "credentials-expired": "expired",
    "credentials-invalid": "invalid",
}
_SHELL = ("ecs:ExecuteCommand", "kms:GenerateDataKey")

_DENIERS = {
    "SCP": "scp",
    "RCP": "rcp",
    "VPC endpoint policy": "endpoint",
    "permissions boundary": "boundary",
    "session": "session",
    "resource-based": "resource",
}
"""The kinds of policy that a pasted text names (`denied_by` of `wizard.core.extract`), other than
the caller's own; what denies or limits by them is not mended by one more policy of the caller's."""

_ABROAD = Judged(unread=Unread(SIMULATE, "other-account"))

_TASK_SESSION = re.compile(r"assumed-role/[^/]+/[0-9a-f]{32}")
"""A task's credentials: the session is called like the task."""


@reader("caller", calls={*ROLE_CALLS, *USER_CALLS})
async def caller(reading: Reading) -> Caller:
    """The caller as far as it can be read; asking who it is can never be denied."""
    arn = await principal_of(reading)
    if isinstance(arn, Unread):
        state = _CREDENTIALS.get(credential_problem(arn.why) or arn.why, "ok")
        reading.note("caller.credentials", arn.call, "said", text=arn.why)
        return Caller(principal=arn, credentials=state, missing_actions=arn)
    who = await who_is(reading, arn)
    if who is None:
        free = (part(arn, "resource") or "") == "root"
        unknown = Unread(SIMULATE, "not-evaluable")
        return Caller(principal=arn, editable=False, missing_actions=() if free else unknown)
    reading.note("caller", "sts:GetCallerIdentity", "caller", principal=arn)
    questions = await _questions(reading)
    own = await _is_own(reading, who.arn)
    judged = Judged()
    if questions:
        judged = await judge(reading, who, list(questions.values())) if own else _ABROAD
    judged = _with_pasted(reading, judged)
    _note(reading, who, judged, questions)
    passing = [one for one in judged.denied + judged.missing if one == PASS]
    return Caller(
        principal=arn,
        role=who.name if who.kind == "role" else None,
        user=who.name if who.kind == "user" else None,
        editable=own and editable(who.name, who.arn),
        missing_actions=_without_pass(judged.missing_or_unread),
        missing_resources=judged.resources,
        denied_actions=tuple(one for one in judged.denied if one != PASS),
        denied_by=judged.denied_by,
        pass_role_denied=_roles_meant(reading, judged) if passing else (),
        denied_action=judged.denied[0] if judged.denied else None,
        stage=_stage((*judged.missing, *judged.denied)),
        partly=await _partly(reading, judged),
    )


async def _partly(reading: Reading, judged: Judged) -> Partly:
    """What keeps more of the caller's lacks from being known: undecided actions, and of the roles
    that may not be passed the task definition that names them."""
    opened = dict(judged.open)
    passing = [opened.pop(PASS)] if PASS in opened else []
    rest = [*opened.values()] or [one for one in (judged.unread,) if one and not passing]
    definition = await reading.part("task-definition") if _passed(reading) else None
    if isinstance(definition, Unread) and definition.why != "not-asked":
        passing.append(definition)
    found: Partly = ()
    if rest:
        found += tuple((name, merged(*rest)) for name in ("missing_actions", "denied_actions"))
    return (*found, ("pass_role_denied", merged(*passing))) if passing else found


def _passed(reading: Reading) -> bool:
    return any(one.fields.get("action") == PASS for one in _said(reading))


def _stage(actions: tuple[str, ...]) -> str:
    """Return where a lack of `actions` shows first."""
    if any(one.startswith("ecr:") for one in actions):
        return "push"
    only_shell = actions and all(one in _SHELL for one in actions)
    return "exec" if only_shell else "api"


async def principal_of(reading: Reading) -> Maybe[str]:
    """The principal of the pasted denial where it names one in full, else who asks now."""
    for one in _said(reading):
        told = one.fields.get("principal")
        if isinstance(told, str) and role_or_user(told) and part(told, "account"):
            account = str(part(told, "account"))
            if account.isdigit():
                return told
    who = await reading.part("identity")
    if isinstance(who, Unread):
        return who
    return str(who["Arn"]) if who.get("Arn") else Unread(IDENTITY, "unexpected-answer")


def role_or_user(arn: str) -> bool:
    """Whether `arn` is a role, a role session or a user, and not masked."""
    resource = part(arn, "resource") or ""
    known = resource.startswith(("assumed-role/", "role/", "user/"))
    return known and not any(mask in arn for mask in "*<>＊")


async def who_is(reading: Reading, arn: str) -> Principal | None:
    """The role or user behind `arn`; a session's ARN leaves out the role's path, so that it has to
    be read (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)."""
    resource = part(arn, "resource") or ""
    if resource.startswith("user/"):
        return Principal(arn, "user", resource.rpartition("/")[2], certain=True)
    key = role_key(arn)
    if key is None:
        return None
    account, name = key
    full = f"arn:{part(arn, 'partition')}:iam::{account}:role/{name}"
    if await _is_own(reading, full):
        answer = await reading.call(GET_ROLE, RoleName=name)
        if not isinstance(answer, Refused):
            full = str(answer.get("Role", {}).get("Arn") or full)
    return Principal(full, "role", name, certain=True)


async def _is_own(reading: Reading, arn: str) -> bool:
    """Whether the principal is of the account that is looked at: of another account's principals
    nothing can be read, and a role of the same name here is another role."""
    here = (await reading.part("place")).account
    return not here or part(arn, "account") == here


async def _questions(reading: Reading) -> dict[str, Question]:
    """What the goals need of the caller, and what was denied in the pasted text."""
    goals, place = await reading.part("goals"), await reading.part("place")
    found: dict[str, Question] = {}
    if "push" in goals:
        found |= await _push(reading, place)
    if "exec" in goals and await reading.part("exec-by-caller"):
        found |= await shell_questions(reading, place)
    for one in _said(reading):
        found |= _pasted(one, await _passed_roles(reading, one))
    return found


async def _passed_roles(reading: Reading, one: Observed) -> tuple[str, ...]:
    """Both roles of the task where one may not be passed: AWS names only the first."""
    definition = await reading.part("task-definition") if one.fields.get("action") == PASS else None
    if not isinstance(definition, dict):
        return ()
    named = (definition.get("executionRoleArn"), definition.get("taskRoleArn"))
    return tuple(str(arn) for arn in named if arn)


async def _push(reading: Reading, place: Place) -> dict[str, Question]:
    target = await reading.part("target")
    if not target.repository:
        return {"token": Question((ECR_TOKEN,))}
    image = read_image(f"{wanted_registry(target, place) or ''}/{target.repository}:x")
    return {"token": Question((ECR_TOKEN,)), "push": Question(_PUSH, (image.arn or "*",))}


def _pasted(one: Observed, more: tuple[str, ...]) -> dict[str, Question]:
    action, resource = one.fields.get("action"), one.fields.get("resource")
    if not isinstance(action, str) or "*" in action:
        return {}
    whole = isinstance(resource, str) and resource.startswith("arn:") and "<" not in resource
    # A resource that the text masks or leaves out cannot be asked about.
    if not whole and resource != "*":
        return {}
    context = {"iam:PassedToService": ECS_TASKS} if action == PASS else {}
    resources = tuple(dict.fromkeys((str(resource), *more)))
    return {f"{action} {resource}": Question((action,), resources, context)}


def _said(reading: Reading) -> list[Observed]:
    """The texts that name a principal that is meant by `caller`, or none at all: not those that
    tell what a task was denied."""
    found = []
    for one in reading.observed:
        told = one.fields.get("principal")
        named = isinstance(told, str)
        if not named or (role_or_user(str(told)) and not _TASK_SESSION.search(str(told))):
            found.append(one)
    return found


def _with_pasted(reading: Reading, judged: Judged) -> Judged:
    """Take from the pasted text what IAM would not tell here: what denies, and by which policy."""
    for one in _said(reading):
        action, by = one.fields.get("action"), one.fields.get("denied_by")
        if not isinstance(action, str):
            continue
        explicit = "explicit deny" in one.text.lower()
        denier = _DENIERS.get(str(by)) or ("explicit-deny" if explicit else None)
        if denier and not (action in judged.denied and denier == judged.denied_by):
            on = {name: some for name, some in judged.on.items() if name != action}
            denied = (action, *(name for name in judged.denied if name != action))
            told = replace(judged, on=on, denied=denied, denied_by=denier)
            return _decided(told, action)
        if by == "identity-based" and judged.unread and not judged.missing and not explicit:
            # AWS has said so itself; its policies only cannot be read from here.
            resource = one.fields.get("resource")
            named = (resource,) if isinstance(resource, str) else ()
            told = replace(judged, on={action: named}, call="paste")
            return _decided(told, action)
    return judged


def _decided(judged: Judged, action: str) -> Judged:
    """Take `action` from the open ones."""
    return replace(judged, open={name: why for name, why in judged.open.items() if name != action})


def _without_pass(missing: Maybe[tuple[str, ...]]) -> Maybe[tuple[str, ...]]:
    return missing if isinstance(missing, Unread) else tuple(m for m in missing if m != PASS)


def _roles_meant(reading: Reading, judged: Judged) -> tuple[str, ...]:
    told = [
        one.fields.get("resource") for one in _said(reading) if one.fields.get("action") == PASS
    ]
    every = [*told, *(one for one in judged.resources if ":role/" in one)]
    return tuple(dict.fromkeys(one for one in every if isinstance(one, str)))


def _note(reading: Reading, who: Principal, judged: Judged, questions: dict[str, Question]) -> None:
    def note(field: str, phrase: str, **values: Any) -> None:
        reading.note(f"caller.{field}", judged.call, phrase, who=who.name, **values)

    if judged.missing:
        note("missing_actions", "actions-missing", actions=judged.missing)
    if judged.denied:
        note("denied_actions", "actions-denied", actions=judged.denied, by=judged.denied_by)
    if questions and not (judged.missing or judged.denied or judged.unread):
        note("missing_actions", judged.allowed_phrase)
