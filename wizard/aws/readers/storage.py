"""EFS volumes and environment files in S3."""

from typing import Any

from wizard.aws.answers import Answer, Outcome, Refused
from wizard.aws.calls import both, together
from wizard.aws.mounting import MOUNT_CALLS, Refusal, mount_refusal
from wizard.aws.reading import Reading, reader
from wizard.core.facts import FileSystem, Role
from wizard.core.unread import Maybe, Unread
from wizard.network.types import Unread as Unseen
from wizard.policy.references import Place

OBJECT = "s3:HeadObject"
TARGETS = "elasticfilesystem:DescribeMountTargets"
TARGET_GROUPS = "elasticfilesystem:DescribeMountTargetSecurityGroups"


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
        target | {"SecurityGroups": _groups(one)} for target, one in zip(found, groups, strict=True)
    ]


def _groups(answer: Outcome) -> Any:
    if isinstance(answer, Refused):
        return Unseen(TARGET_GROUPS, answer.code)
    return answer.get("SecurityGroups")


def efs_volumes(definition: Answer) -> list[Answer]:
    """Return the EFS settings of the definition's volumes."""
    volumes = definition.get("volumes") or ()
    return [one["efsVolumeConfiguration"] for one in volumes if one.get("efsVolumeConfiguration")]


@reader("file_systems", calls=(OBJECT, TARGETS, *MOUNT_CALLS))
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
    for one in made:
        if isinstance(one.problem, str):
            note(reading, one.file_system, OBJECT, one.problem)
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
    if not isinstance(problem, str):
        problem = (role if isinstance(role, Unread) else role.open_elsewhere) or problem
    return FileSystem(arn, "env-file", problem)


async def _volume(
    reading: Reading, settings: Answer, definition: Answer, place: Place
) -> FileSystem:
    name = str(settings["fileSystemId"])
    refusal, reach = await both(
        mount_refusal(reading, settings, definition, place), reading.part("reaches")
    )
    if isinstance(refusal, Refusal):
        note(reading, name, refusal.call, refusal.problem, refusal.detail)
        return FileSystem(name, "efs", refusal.problem)
    if isinstance(reach, Unread):
        return FileSystem(name, "efs", reach)
    ways = [one for one in reach if one.need.file_system == name]
    shut = next((one for one in ways if one.state == "blocked"), None)
    if shut:
        first = shut.obstacles[0]
        call = first.evidence[0].call if first.evidence else TARGETS
        told = first.fields.get("reason") or first.kind.partition(".")[2]
        where = first.fields.get("zone") or first.fields.get("group") or first.fields.get("acl")
        note(reading, name, call, "unreachable", f"{told} {where or ''}".strip())
        return FileSystem(name, "efs", "unreachable")
    for one in ways:
        if one.state == "unknown" and one.unread:
            return FileSystem(name, "efs", Unread(one.unread[0].call, one.unread[0].why))
    if any(one.state == "unverified" for one in ways) and refusal is None:
        return FileSystem(name, "efs", Unread(TARGETS, "no-way"))
    return FileSystem(name, "efs", refusal)


def note(reading: Reading, name: str, call: str, problem: str, detail: str = "") -> None:
    """Keep what is wrong with a volume or file, and which call says so."""
    told = f"{problem} ({detail})" if detail else problem
    about = {"file_system": name}
    reading.note("file_systems", call, "file-problem", about, file=name, problem=told)
