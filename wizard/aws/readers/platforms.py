"""Whether an image is built for the task's processor."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from wizard.aws.answers import Answer, Outcome, Refused
from wizard.aws.calls import both
from wizard.aws.manifests import MEDIA_TYPES, platform_of_task, read_manifest
from wizard.aws.reading import Reading
from wizard.aws.times import moment
from wizard.core.unread import Maybe, Unread
from wizard.policy.references import Image

MANIFEST, BLOB = "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"
PLATFORM_CALLS = (MANIFEST, BLOB)
_PROVEN = timedelta(minutes=1)
"""A program for another processor ends within a moment."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image in question, as it is written; `pushed` where it is to be pushed."""

    image: Image
    written: str
    pushed: bool


def image_id(image: Image) -> dict[str, str]:
    return {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag or "latest"}


async def manifest_of(reading: Reading, wanted: Wanted, where: dict[str, str]) -> Outcome:
    return await reading.call(
        MANIFEST,
        repositoryName=wanted.image.repository,
        imageIds=[image_id(wanted.image)],
        acceptedMediaTypes=list(MEDIA_TYPES),
        **where,
    )


async def compare_platforms(
    reading: Reading, wanted: Wanted, where: dict[str, str]
) -> dict[str, Any]:
    """Compare the image's platforms with the task's runtimePlatform.

    An index lists them; an image of one platform keeps its own in its configuration, which is
    read only where no running container of it proves that it fits.
    """
    none = {"mismatch": False, "wanted": None, "has": None}
    definition = None if wanted.pushed else await reading.part("task-definition")
    if not isinstance(definition, dict):
        return none
    task = platform_of_task(definition)
    answer = await manifest_of(reading, wanted, where)
    if isinstance(answer, Refused):
        return none | {"mismatch": False if answer.absent else answer.unread, "wanted": task}
    manifest = read_manifest((answer.get("images") or [{}])[0])
    if manifest.platforms:
        return _compared(reading, wanted, manifest.platforms, task, MANIFEST)
    if await _runs(reading, wanted):
        return none | {"wanted": task}
    return await _of_one_platform(reading, wanted, where, definition, manifest.config)


async def _of_one_platform(
    reading: Reading,
    wanted: Wanted,
    where: dict[str, str],
    definition: Answer,
    config: str | None,
) -> dict[str, Any]:
    task = platform_of_task(definition)
    unfit, own = await both(
        _unfit(reading, wanted, definition, task),
        _own_platform(reading, wanted, where, config),
    )
    if isinstance(own, str):
        return _compared(reading, wanted, [own], task, BLOB)
    if not unfit:
        return {"mismatch": own, "wanted": task, "has": None}
    # Fargate knows two processors
    # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html).
    other = "linux/amd64" if task.endswith("arm64") else "linux/arm64"
    return {"mismatch": True, "wanted": task, "has": other}


def _compared(
    reading: Reading, wanted: Wanted, platforms: list[str], task: str, call: str
) -> dict[str, Any]:
    about, has = {"repository": wanted.image.repository}, ", ".join(platforms)
    values = {"image": wanted.written, "has": has, "wanted": task}
    reading.note("repositories.platform_mismatch", call, "platforms", about, **values)
    return {"mismatch": task not in platforms, "wanted": task, "has": has}


async def _own_platform(
    reading: Reading, wanted: Wanted, where: dict[str, str], config: str | None
) -> Maybe[str]:
    """Return the platform that the image's configuration names."""
    if config is None:
        return Unread(MANIFEST, "no-way")
    name = wanted.image.repository
    answer = await reading.call(BLOB, repositoryName=name, layerDigest=config, **where)
    if isinstance(answer, Refused):
        return answer.unread
    if not answer.get("architecture"):
        return Unread(BLOB, str(answer.get("refused") or "unexpected-answer"))
    return f"{answer.get('os', 'linux')}/{answer['architecture']}"


async def _runs(reading: Reading, wanted: Wanted) -> bool:
    """Whether a container of this image has been running for a while."""
    task = await reading.part("task-answer")
    if not isinstance(task, dict) or not task.get("startedAt"):
        return False
    started = moment(str(task["startedAt"]))
    if started is None or reading.calls.source.now - started < _PROVEN:
        return False
    return any(
        one.get("image") == wanted.written and one.get("lastStatus") == "RUNNING"
        for one in task.get("containers", ())
    )


async def _unfit(reading: Reading, wanted: Wanted, definition: Answer, platform: str) -> bool:
    """Whether a container of this image has ended because its program is for another processor."""
    ended = await reading.part("format-errors")
    if isinstance(ended, Unread):
        return False
    names = [
        one["name"]
        for one in definition.get("containerDefinitions", ())
        if one.get("image") == wanted.written and ended.get(one.get("name")) is True
    ]
    for name in names:
        reading.note(
            "repositories.platform_mismatch",
            "logs:GetLogEvents",
            "format-error",
            {"repository": wanted.image.repository},
            container=name,
            wanted=platform,
        )
    return bool(names)
