"""EFS volumes and environment files in S3."""

from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both, together
from wizard.aws.reading import Reading, reader
from wizard.core.facts import FileSystem, Maybe, Role, Unread
from wizard.network.types import Unread as Unseen
from wizard.policy.evaluation import policy_allows
from wizard.policy.references import Place
from wizard.policy.types import ContextValue, Request

OBJECT = "s3:HeadObject"
TARGETS = "elasticfilesystem:DescribeMountTargets"
TARGET_GROUPS = "elasticfilesystem:DescribeMountTargetSecurityGroups"
POLICY = "elasticfilesystem:DescribeFileSystemPolicy"
POINTS = "elasticfilesystem:DescribeAccessPoints"


@reader("mount-targets", calls=(TARGETS, TARGET_GROUPS))
async def mount_targets(reading: Reading) -> Any:
    """The mount targets of every EFS volume with their groups, as the network view takes them."""
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return []
    names = sorted({one["fileSystemId"] for one in efs_volumes(definition)})
    answers = await together(*(reading.call(TARGETS, FileSystemId=name) for name in names))
    refused = [one for one in answers if isinstance(one, Refused) and not one.absent]
    if refused:
        return Unseen(TARGETS, refused[0].code)
    found = [
        target
        for one in answers
        if not isinstance(one, Refused)
        for target in one.get("MountTargets", ())
    ]
    groups = await together(
        *(reading.call(TARGET_GROUPS, MountTargetId=one["MountTargetId"]) for one in found)
    )
    return [
        target if isinstance(one, Refused) else target | {"SecurityGroups": one["SecurityGroups"]}
        for target, one in zip(found, groups, strict=True)
    ]


def efs_volumes(definition: Answer) -> list[Answer]:
    """Return the EFS settings of the definition's volumes."""
    volumes = definition.get("volumes") or ()
    return [one["efsVolumeConfiguration"] for one in volumes if one.get("efsVolumeConfiguration")]


@reader("file_systems", calls=(OBJECT, TARGETS, POLICY, POINTS))
async def file_systems(reading: Reading) -> Maybe[tuple[FileSystem, ...]]:
    """Each EFS volume and each environment file."""
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return definition or Unread("ecs:DescribeTaskDefinition", "none")
    if "start" not in await reading.part("goals"):
        return ()
    place = await reading.part("place")
    files = sorted(
        {
            str(one["value"])
            for container in definition["containerDefinitions"]
            for one in container.get("environmentFiles") or ()
        }
    )
    made, volumes = await both(
        together(*(_file(reading, one) for one in files)),
        together(*(_volume(reading, one, definition, place) for one in efs_volumes(definition))),
    )
    for one in (*made, *volumes):
        if isinstance(one.problem, str):
            about = {"file_system": one.file_system}
            call = TARGETS if one.kind == "efs" else OBJECT
            values = {"file": one.file_system, "problem": one.problem}
            reading.note("file_systems", call, "file-problem", about, **values)
    return (*made, *volumes)


async def _file(reading: Reading, arn: str) -> FileSystem:
    bucket, _, key = arn.rpartition(":")[2].partition("/")
    answer, role = await both(
        reading.call(OBJECT, Bucket=bucket, Key=key), reading.part("execution_role")
    )
    problem: Maybe[str | None] = None
    if isinstance(answer, Refused):
        gone = answer.absent or answer.code in ("404", "NoSuchBucket", "NoSuchKey")
        problem = "missing" if gone else answer.unread
    lacking = role.lacking_elsewhere if isinstance(role, Role) else ()
    if problem != "missing" and any(one.startswith("s3:") for one in lacking):
        problem = "denied"
    return FileSystem(arn, "env-file", problem)


async def _volume(
    reading: Reading, settings: Answer, definition: Answer, place: Place
) -> FileSystem:
    name = str(settings["fileSystemId"])
    refusal, reach = await both(
        _refusal(reading, settings, definition, place), reading.part("reaches")
    )
    if refusal:
        return FileSystem(name, "efs", refusal)
    if isinstance(reach, Unread):
        return FileSystem(name, "efs", reach)
    ways = [one for one in reach if one.need.file_system == name]
    if any(one.state == "blocked" for one in ways):
        return FileSystem(name, "efs", "unreachable")
    for one in ways:
        if one.state == "unknown" and one.unread:
            unread = Unread(one.unread[0].call, one.unread[0].why)
            return FileSystem(name, "efs", unread)
    return FileSystem(name, "efs", None)


async def _refusal(
    reading: Reading, settings: Answer, definition: Answer, place: Place
) -> Maybe[str | None]:
    """What refuses the mount even where the file system can be reached."""
    name = settings["fileSystemId"]
    chosen = settings.get("authorizationConfig") or {}
    point = chosen.get("accessPointId")
    if point:
        answer = await reading.call(POINTS, AccessPointId=point)
        if isinstance(answer, Refused) and answer.absent:
            return "missing"
    answer = await reading.call(POLICY, FileSystemId=name)
    if isinstance(answer, Refused):
        if answer.code == "FileSystemNotFound":
            return "missing"
        return None if answer.absent else answer.unread
    by_role = chosen.get("iam") == "ENABLED"
    principal = str(definition.get("taskRoleArn") or "") if by_role else ""
    encrypted = settings.get("transitEncryption") == "ENABLED"
    where = f"arn:{place.partition}:elasticfilesystem:{place.region}:{place.account}"
    context: dict[str, ContextValue] = {
        "aws:SecureTransport": "true" if encrypted else "false",
        "elasticfilesystem:AccessedViaMountTarget": "true",
        "elasticfilesystem:AccessPointArn": f"{where}:access-point/{point}" if point else None,
    }
    request = Request(
        principal, "elasticfilesystem:ClientMount", f"{where}:file-system/{name}", context
    )
    decision = policy_allows(answer["Policy"], request, by="resource")
    if decision.effect == "unknown":
        return Unread(POLICY, decision.why)
    return "denied" if decision.denied else None
