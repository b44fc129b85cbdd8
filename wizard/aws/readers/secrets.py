"""The secrets and parameters of the task definition. No secret's value is kept, only key names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.arns import part
from wizard.aws.calls import both, together
from wizard.aws.permission import ROLE_CALLS, Principal, judge
from wizard.aws.questions import Question
from wizard.aws.readers.holders import TASK_SESSION, role_arn
from wizard.aws.readers.words import refusals_of, said_of_tasks
from wizard.aws.reading import Reading, reader
from wizard.aws.source import REGION
from wizard.core.facts import Secret
from wizard.core.unread import Maybe, Unread, merged
from wizard.policy.references import Place, read_secret
from wizard.policy.references import Secret as Reference

DESCRIBE, VALUE = "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"
PARAMETERS, DESCRIBE_KEY = "ssm:DescribeParameters", "kms:DescribeKey"
_NO_KEY = "access to kms is not allowed"


@dataclass(frozen=True, slots=True)
class _Wanted:
    reference: Reference
    written: str
    container: str


@reader("secrets", calls=(DESCRIBE, VALUE, PARAMETERS, DESCRIBE_KEY, *ROLE_CALLS))
async def secrets(reading: Reading) -> Maybe[tuple[Secret, ...]]:
    """Each secret: there, readable with its key, and of the form that its reference needs."""
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return definition or Unread("ecs:DescribeTaskDefinition", "none")
    if "start" not in await reading.part("goals"):
        return ()
    place = await reading.part("place")
    wanted = list(_wanted(definition, place))
    return tuple(await together(*(_read(reading, one, place) for one in wanted)))


def _wanted(definition: Answer, place: Place) -> Iterator[_Wanted]:
    seen = set()
    for container in definition.get("containerDefinitions", ()):
        logging = container.get("logConfiguration") or {}
        login = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
        pairs = [*container.get("secrets", ()), *logging.get("secretOptions", ())]
        for written in [
            *(str(one.get("valueFrom", "")) for one in pairs),
            *([login] if login else []),
        ]:
            if written not in seen:
                seen.add(written)
                yield _Wanted(read_secret(written, place), written, str(container.get("name")))


async def _read(reading: Reading, wanted: _Wanted, place: Place) -> Secret:
    reference = wanted.reference
    is_secret = reference.kind == "secretsmanager"
    by_arn = is_secret or bool(_where(reference, place))
    name = (reference.arn if by_arn else reference.name) or wanted.written
    found = Secret(name, None, reference.json_key or None, wanted.container)
    if is_secret:
        found = await _secret(reading, found, reference, place)
    elif reference.kind == "ssm":
        found = await _parameter(reading, found, reference, place)
    else:
        found = replace(found, problem="malformed")
    if found.problem is None and found.kms_key:
        found = await _with_key(reading, found, reference, place)
    if isinstance(found.kms_denied, Unread):
        found = await _told(reading, found)
    _note(reading, found, DESCRIBE if is_secret else PARAMETERS)
    return found


async def _told(reading: Reading, found: Secret) -> Secret:
    """Take from AWS's own word that the key may not be used, where nothing else tells
    (https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html). Which key it
    is stays open."""
    unread, tasks = found.kms_denied, await reading.part("tasks-unread")
    assert isinstance(unread, Unread)
    for text in await said_of_tasks(reading):
        if found.secret in text and _NO_KEY in text.lower():
            about = {"secret": found.secret}
            reading.note("secrets", "ecs:DescribeTasks", "said", about, text=text[:300])
            partly = () if found.kms_key else (("kms_denied", unread),)
            return replace(found, kms_denied=True, partly=partly)
    return replace(found, kms_denied=merged(unread, tasks)) if isinstance(tasks, Unread) else found


def _note(reading: Reading, found: Secret, call: str) -> None:
    about = {"secret": found.secret}
    denied = "kms-denied" if found.kms_denied is True else None
    problem = next((one for one in (found.problem, found.content, denied) if one), None)
    if isinstance(found.problem, Unread):
        return
    if isinstance(problem, str):
        told = {found.problem: call, found.content: VALUE}.get(
            problem, "iam:SimulatePrincipalPolicy"
        )
        reading.note("secrets", told, "secret-problem", about, secret=found.secret, problem=problem)
    else:
        reading.note("secrets", call, "secret-well", about, secret=found.secret)


def _where(reference: Reference, place: Place) -> dict[str, str]:
    other = reference.region and reference.region != place.region
    return {REGION: reference.region} if other else {}


async def _secret(reading: Reading, found: Secret, reference: Reference, place: Place) -> Secret:
    """What DescribeSecret tells, and of the content whether it has the JSON key that is asked for:
    that alone cannot be verified without the right to read the secret."""
    where = _where(reference, place)
    answer, content = await both(
        reading.call(DESCRIBE, SecretId=reference.arn, **where),
        _content(reading, reference, where),
    )
    if content == "missing" or (isinstance(answer, Refused) and answer.absent):
        return replace(found, problem="missing")
    if isinstance(answer, Refused):
        # That its content was read proves that it is there.
        there = bool(reference.json_key) and not isinstance(content, Unread)
        problem = None if there else answer.unread
        return replace(found, problem=problem, content=content, kms_denied=answer.unread)
    if answer.get("DeletedDate") or _lacks_version(answer, reference):
        return replace(found, problem="missing")
    key = _own_key(answer.get("KmsKeyId"), reference, place)
    return replace(found, content=content, kms_key=key)


def _lacks_version(answer: Answer, reference: Reference) -> bool:
    """Whether no version has the label that is asked for, AWSCURRENT without one
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html)."""
    versions = answer.get("VersionIdsToStages")
    if not versions or reference.version_id:
        return False
    wanted = reference.version_stage or "AWSCURRENT"
    return not any(wanted in (labels or ()) for labels in versions.values())


async def _content(
    reading: Reading, reference: Reference, where: dict[str, str]
) -> Maybe[str | None]:
    if not reference.json_key:
        return None
    version = {"VersionStage": reference.version_stage, "VersionId": reference.version_id}
    named = {key: one for key, one in version.items() if one}
    value = await reading.call(VALUE, SecretId=reference.arn, **named, **where)
    if isinstance(value, Refused):
        return "missing" if value.absent else value.unread
    if value.get("keys") is None:
        return "malformed"
    return None if reference.json_key in value["keys"] else "key-missing"


async def _parameter(reading: Reading, found: Secret, reference: Reference, place: Place) -> Secret:
    """Look a parameter up by its description, which does not hold its value."""
    name = reference.name.partition(":")[0]
    wanted = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    where = _where(reference, place)
    answer = await reading.call(PARAMETERS, ParameterFilters=wanted, **where)
    if isinstance(answer, Refused):
        return replace(found, problem=answer.unread, kms_denied=answer.unread)
    names = {
        str(one.get("Name", "")).removeprefix("/"): one for one in answer.get("Parameters", ())
    }
    known = names.get(name.removeprefix("/"))
    if known is None:
        return replace(found, problem="missing")
    return replace(found, kms_key=_own_key(known.get("KeyId"), reference, place))


def _own_key(key: Any, reference: Reference, place: Place) -> str | None:
    """Return the ARN of a customer managed key; AWS's own keys need no permission."""
    if not isinstance(key, str) or "alias/aws/" in key:
        return None
    if key.startswith("arn:"):
        return key
    kind = "" if key.startswith("alias/") else "key/"
    region = reference.region or place.region
    return f"arn:{place.partition}:kms:{region}:{place.account}:{kind}{key}"


async def _with_key(reading: Reading, found: Secret, reference: Reference, place: Place) -> Secret:
    """Whether the execution role may decrypt with the key: its own policies and the key's
    (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html)."""
    key, role = str(found.kms_key), await role_arn(reading, "executionRoleArn")
    if ":alias/" in key:
        described = await _described(reading, key, place)
        if isinstance(described, Refused):
            return replace(found, kms_denied=described.unread)
        metadata = described.get("KeyMetadata", {})
        if metadata.get("KeyManager") == "AWS":
            return replace(found, kms_key=None)
        key = str(metadata.get("Arn") or key)
    if not role or ":alias/" in key:
        return replace(found, kms_denied=Unread(DESCRIBE_KEY, "no-way"))
    name = role.rpartition("/")[2]
    told = refusals_of(await said_of_tasks(reading), name)
    who = Principal(role, "role", name, told=told, session=TASK_SESSION, tagged=True)
    question = Question(("kms:Decrypt",), (key,), _carried(reference, key, place))
    judged, described = await both(judge(reading, who, [question]), _described(reading, key, place))
    metadata = {} if isinstance(described, Refused) else described.get("KeyMetadata", {})
    if metadata.get("KeyManager") == "AWS":
        return replace(found, kms_key=None)
    denied: Maybe[bool] = bool(judged.denied or judged.missing)
    if metadata.get("KeyState", "Enabled") != "Enabled":
        state = "state" if not denied else None
        return replace(found, kms_key=key, kms_denied=True, kms_denied_by=state)
    tasks = await reading.part("tasks-unread")
    if not denied and judged.unread:
        denied = judged.unread
    elif not denied and isinstance(tasks, Unread):
        # An organization's refusal often shows in their reasons alone.
        denied = tasks
    return replace(found, kms_key=key, kms_denied=denied, kms_denied_by=judged.denied_by)


async def _described(reading: Reading, key: str, place: Place) -> Answer | Refused:
    region = part(key, "region")
    where = {REGION: region} if region and region != place.region else {}
    return await reading.call(DESCRIBE_KEY, KeyId=key, **where)


def _carried(reference: Reference, key: str, place: Place) -> dict[str, str]:
    """What the service adds to the call that it makes with the role's rights
    (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html)."""
    context = {"kms:CallerAccount": place.account, "aws:ViaAWSService": "true"}
    if place.partition == "aws":
        region = part(key, "region") or place.region
        context["kms:ViaService"] = f"{reference.kind}.{region}.amazonaws.com"
    return context
