"""The secrets and parameters of the task definition. No secret's value is kept, only key names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import together
from wizard.aws.permission import ROLE_CALLS, Principal, Question, judge
from wizard.aws.reading import Reading, reader
from wizard.aws.source import REGION
from wizard.core.facts import Maybe, Secret, Unread
from wizard.policy.evaluation import policy_allows
from wizard.policy.references import Place, read_secret
from wizard.policy.references import Secret as Reference
from wizard.policy.types import Request

DESCRIBE, VALUE = "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"
PARAMETERS, KEY_POLICY = "ssm:DescribeParameters", "kms:GetKeyPolicy"


@dataclass(frozen=True, slots=True)
class _Wanted:
    reference: Reference
    written: str
    container: str


@reader("secrets", calls=(DESCRIBE, VALUE, PARAMETERS, KEY_POLICY, *ROLE_CALLS))
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
    for container in definition["containerDefinitions"]:
        logging = container.get("logConfiguration") or {}
        login = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
        pairs = [*container.get("secrets", ()), *logging.get("secretOptions", ())]
        for written in [*(one["valueFrom"] for one in pairs), *([login] if login else [])]:
            if written not in seen:
                seen.add(written)
                yield _Wanted(read_secret(written, place), written, str(container["name"]))


async def _read(reading: Reading, wanted: _Wanted, place: Place) -> Secret:
    reference = wanted.reference
    kms: str | None = None
    problem: Maybe[str | None]
    if reference.kind == "secretsmanager":
        problem, kms = await _secret(reading, reference, place)
    elif reference.kind == "ssm":
        problem, kms = await _parameter(reading, reference, place)
    else:
        problem = "malformed"
    if problem is None and kms:
        problem = await _key(reading, kms, reference, place)
    name = reference.arn if reference.kind == "secretsmanager" else reference.name
    name = name or wanted.written
    call = DESCRIBE if reference.kind == "secretsmanager" else PARAMETERS
    about = {"secret": name}
    if problem is None:
        reading.note("secrets", call, "secret-well", about, secret=name)
    elif isinstance(problem, str):
        reading.note("secrets", call, "secret-problem", about, secret=name, problem=problem)
    return Secret(name, problem, reference.json_key or None, wanted.container, kms)


def _where(reference: Reference, place: Place) -> dict[str, str]:
    other = reference.region and reference.region != place.region
    return {REGION: reference.region} if other else {}


async def _secret(
    reading: Reading, reference: Reference, place: Place
) -> tuple[Maybe[str | None], str | None]:
    where = _where(reference, place)
    answer = await reading.call(DESCRIBE, SecretId=reference.arn, **where)
    if isinstance(answer, Refused):
        return ("missing" if answer.absent else answer.unread), None
    if answer.get("DeletedDate"):
        return "missing", None
    kms = _own_key(answer.get("KmsKeyId"), place)
    if not reference.json_key:
        return None, kms
    value = await reading.call(VALUE, SecretId=reference.arn, **where)
    if isinstance(value, Refused):
        return ("missing" if value.absent else value.unread), kms
    if value["keys"] is None:
        return "malformed", kms
    return (None if reference.json_key in value["keys"] else "key-missing"), kms


async def _parameter(
    reading: Reading, reference: Reference, place: Place
) -> tuple[Maybe[str | None], str | None]:
    """Look a parameter up by its description, which does not hold its value."""
    name = reference.name.partition(":")[0]
    wanted = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    where = _where(reference, place)
    answer = await reading.call(PARAMETERS, ParameterFilters=wanted, **where)
    if isinstance(answer, Refused):
        return answer.unread, None
    names = {one["Name"].removeprefix("/"): one for one in answer.get("Parameters", ())}
    found = names.get(name.removeprefix("/"))
    return (None, _own_key(found.get("KeyId"), place)) if found else ("missing", None)


def _own_key(key: Any, place: Place) -> str | None:
    """Return the ARN of a customer managed key; AWS's own keys need no permission."""
    if not isinstance(key, str) or "alias/aws/" in key:
        return None
    if key.startswith("arn:"):
        return key
    kind = "" if key.startswith("alias/") else "key/"
    return f"arn:{place.partition}:kms:{place.region}:{place.account}:{kind}{key}"


async def _key(reading: Reading, key: str, reference: Reference, place: Place) -> Maybe[str | None]:
    """Whether the execution role may decrypt with `key`: its own policies and the key's
    (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html)."""
    definition = await reading.part("task-definition")
    role = str(definition.get("executionRoleArn") or "")
    if not role or ":alias/" in key:
        return Unread(KEY_POLICY, "no-way")
    question = Question(("kms:Decrypt",), (key,))
    who = Principal(role, "role", role.rpartition("/")[2])
    judged = await judge(reading, who, [question])
    if judged.denied or judged.unread:
        return "kms-denied" if judged.denied else judged.unread
    answer = await reading.call(
        KEY_POLICY, KeyId=key, PolicyName="default", **_where(reference, place)
    )
    if isinstance(answer, Refused):
        return "kms-denied" if judged.missing else answer.unread
    allowed = _key_allows(answer["Policy"], role, key, alone=bool(judged.missing))
    return None if allowed else "kms-denied"


def _key_allows(policy: str, role: str, key: str, *, alone: bool) -> bool:
    """Whether the key's policy lets the role decrypt; `alone`: the role's own policies do not.

    A grant to the whole account only hands the decision over to the role's own policies.
    """
    named = policy_allows(policy, Request(role, "kms:Decrypt", key), by="resource")
    stranger = f"{role.rpartition('/')[0]}/somebody-else"
    anybody = policy_allows(policy, Request(stranger, "kms:Decrypt", key), by="resource")
    return not named.denied and not (alone and anybody.allowed)
