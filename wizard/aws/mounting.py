"""What refuses the mount of an EFS volume although the file system can be reached.

Without a policy of its own a file system lets in whoever reaches a mount target. With one, a
client without IAM authorization is anonymous, and one with it is the task role, to which either
the file system's policy or the role's own may give the right, as within any account.
Sources: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-efs-config.html
"""

from dataclasses import dataclass

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both
from wizard.aws.judged import SIMULATE
from wizard.aws.permission import ROLE_CALLS, Principal, judge
from wizard.aws.questions import Question
from wizard.aws.reading import Reading
from wizard.core.unread import Maybe, Unread
from wizard.policy.evaluation import policy_allows
from wizard.policy.references import Place
from wizard.policy.types import ContextValue, Decision, Request

POLICY = "elasticfilesystem:DescribeFileSystemPolicy"
POINTS = "elasticfilesystem:DescribeAccessPoints"
MOUNT_CALLS = (POLICY, POINTS, *ROLE_CALLS)
_MOUNT = "elasticfilesystem:ClientMount"
_NOBODY = "anonymous"
"""A principal that only `*` names."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`problem` is missing or denied, `call` what says so, `detail` names or reasons."""

    problem: str
    call: str
    detail: str = ""


async def mount_refusal(
    reading: Reading, settings: Answer, definition: Answer, place: Place
) -> Refusal | Unread | None:
    """Return what refuses the mount, None if nothing does."""
    name = str(settings["fileSystemId"])
    point, answer = await both(
        _point(reading, name, settings), reading.call(POLICY, FileSystemId=name)
    )
    if isinstance(point, Refusal):
        return point
    if isinstance(answer, Refused):
        if answer.code == "FileSystemNotFound":
            return Refusal("missing", POLICY, answer.code)
        return point if answer.absent else answer.unread
    if not answer.get("Policy"):
        return point
    asked = _request(settings, definition, place)
    found = policy_allows(answer["Policy"], asked, by="resource")
    return await _decided(reading, asked, found) or point


async def _point(reading: Reading, name: str, settings: Answer) -> Refusal | Unread | None:
    """Whether the access point is there, and of this file system."""
    point = (settings.get("authorizationConfig") or {}).get("accessPointId")
    if not point:
        return None
    answer = await reading.call(POINTS, AccessPointId=point)
    if isinstance(answer, Refused):
        return Refusal("missing", POINTS, point) if answer.absent else answer.unread
    listed = answer.get("AccessPoints")
    if listed is None:
        return Unread(POINTS, "unexpected-answer")
    mine = [one for one in listed if one.get("AccessPointId", point) == point]
    if not mine or mine[0].get("FileSystemId", name) != name:
        return Refusal("missing", POINTS, point)
    return None


def _request(settings: Answer, definition: Answer, place: Place) -> Request:
    chosen = settings.get("authorizationConfig") or {}
    point = chosen.get("accessPointId")
    by_role = str(chosen.get("iam", "")).upper() == "ENABLED"
    encrypted = str(settings.get("transitEncryption", "")).upper() == "ENABLED"
    where = f"arn:{place.partition}:elasticfilesystem:{place.region}:{place.account}"
    context: dict[str, ContextValue] = {
        "aws:SecureTransport": "true" if encrypted else "false",
        "elasticfilesystem:AccessedViaMountTarget": "true",
        "elasticfilesystem:AccessPointArn": f"{where}:access-point/{point}" if point else None,
    }
    if not by_role:
        unsent = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:userid")
        context |= dict.fromkeys(unsent)
    principal = str(definition.get("taskRoleArn") or "") if by_role else _NOBODY
    return Request(principal, _MOUNT, f"{where}:file-system/{settings['fileSystemId']}", context)


async def _decided(reading: Reading, asked: Request, found: Decision) -> Refusal | Unread | None:
    if found.allowed:
        return None
    if found.effect == "unknown":
        return Unread(POLICY, found.why)
    denied = Refusal("denied", POLICY, asked.principal.rpartition("/")[2])
    if found.effect == "explicit-deny" or asked.principal == _NOBODY:
        return denied
    given = await _given(reading, asked)
    return given if isinstance(given, Unread) else None if given else denied


async def _given(reading: Reading, asked: Request) -> Maybe[bool]:
    """Whether the task role's own policies give what the file system's does not."""
    role = Principal(asked.principal, "role", asked.principal.rpartition("/")[2])
    sent = {key: value for key, value in asked.context.items() if isinstance(value, str)}
    found = await judge(reading, role, [Question((_MOUNT,), (asked.resource,), sent)])
    if not found.exists:
        return False
    if found.missing or found.denied:
        return False
    return found.unread or (Unread(SIMULATE, "doubtful") if found.doubtful else True)
