"""The repositories and images in ECR that the task pulls, or that the target pushes to."""

from dataclasses import dataclass
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import both, together
from wizard.aws.readers.bastion import wanted_registry
from wizard.aws.reading import Reading, reader
from wizard.aws.source import REGION
from wizard.core.facts import Maybe, Repository, Role, Unread
from wizard.policy.evaluation import policy_allows
from wizard.policy.references import Image, Place, read_image
from wizard.policy.types import Request

REPOSITORIES, IMAGES = "ecr:DescribeRepositories", "ecr:DescribeImages"
TASKS = "ecs:DescribeTasks"
MANIFEST, POLICY = "ecr:BatchGetImage", "ecr:GetRepositoryPolicy"
_LISTS = (
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)
_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


@dataclass(frozen=True, slots=True)
class _Wanted:
    image: Image
    written: str
    pushed: bool


@reader("repositories", calls=(REPOSITORIES, IMAGES, MANIFEST, POLICY))
async def repositories(reading: Reading) -> Maybe[tuple[Repository, ...]]:
    """Each ECR repository in question; registries of other kinds cannot be asked from here."""
    wanted = await _wanted(reading)
    if isinstance(wanted, Unread):
        return wanted
    place = await reading.part("place")
    return tuple(await together(*(_read(reading, one, place) for one in wanted)))


async def _wanted(reading: Reading) -> Maybe[list[_Wanted]]:
    goals, target = await reading.part("goals"), await reading.part("target")
    found: list[_Wanted] = []
    if "push" in goals and target.repository:
        registry = wanted_registry(target, await reading.part("place"))
        name = f"{registry}/{target.repository}" + (f":{target.tag}" if target.tag else "")
        found.append(_Wanted(read_image(name), name, pushed=True))
    if not goals & {"start"}:
        return found
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return found or (definition if isinstance(definition, Unread) else found)
    for container in definition["containerDefinitions"]:
        written = str(container.get("image", ""))
        image = read_image(written)
        if image.kind == "ecr":
            found.append(_Wanted(image, written, pushed=False))
    return list({(one.written, one.pushed): one for one in found}.values())


async def _read(reading: Reading, wanted: _Wanted, place: Place) -> Repository:
    image = wanted.image
    about = {"repository": image.repository}
    where = _where(image, place)
    (answer, mismatch), (found, denies) = await both(
        both(
            reading.call(REPOSITORIES, repositoryNames=[image.repository], **where),
            _mismatch(reading, wanted, where),
        ),
        both(_image_exists(reading, wanted, where), _policy_denies(reading, wanted, place)),
    )
    exists: Maybe[bool] = True
    if isinstance(answer, Refused):
        exists = False if answer.code == "RepositoryNotFoundException" else answer.unread
        if wanted.pushed and _told_missing(reading, image.repository):
            exists = False
        if exists is not False and found is True:
            exists = True
    phrase = {True: "repository-there", False: "repository-missing"}.get(exists is True)
    if not isinstance(exists, Unread):
        reading.note(
            "repositories.exists", REPOSITORIES, str(phrase), about, repository=image.repository
        )
    if exists is False:
        found = True  # the repository is what is missing, and it is said once
    elif found is False:
        reading.note("repositories", IMAGES, "image-missing", about, image=wanted.written)
    return Repository(
        repository=image.repository,
        registry=image.registry,
        exists=exists,
        tag=image.tag or None,
        image_exists=found,
        policy_denies=denies,
        platform_mismatch=mismatch["mismatch"],
        image=wanted.written,
        wanted=mismatch["wanted"],
        has=mismatch["has"],
        stage="push" if wanted.pushed else "image",
        own=image.account in ("", place.account) and REGION not in where,
    )


def _told_missing(reading: Reading, repository: str) -> bool:
    """Whether the registry itself has answered a push that there is no such repository."""
    return any(
        one.symptom == "ecr.repository-missing" and one.fields.get("repository") == repository
        for one in reading.observed
    )


def _where(image: Image, place: Place) -> dict[str, str]:
    """Return the parameters that say which registry of which region is asked."""
    found = {"registryId": image.account} if image.account else {}
    if image.region and image.region != place.region:
        found[REGION] = image.region
    return found


def _image_id(image: Image) -> dict[str, str]:
    return {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag or "latest"}


async def _image_exists(reading: Reading, wanted: _Wanted, where: dict[str, str]) -> Maybe[bool]:
    if wanted.pushed:
        return True
    answer = await reading.call(
        IMAGES,
        repositoryName=wanted.image.repository,
        imageIds=[_image_id(wanted.image)],
        **where,
    )
    if isinstance(answer, Refused):
        return False if answer.code == "ImageNotFoundException" else answer.unread
    return bool(answer.get("imageDetails"))


async def _mismatch(reading: Reading, wanted: _Wanted, where: dict[str, str]) -> dict[str, Any]:
    """Compare the platforms of a multi-platform image with the task's runtimePlatform.

    An image of one platform keeps it in a configuration blob that no API shows.
    """
    none = {"mismatch": False, "wanted": None, "has": None}
    definition = None if wanted.pushed else await reading.part("task-definition")
    if not isinstance(definition, dict):
        return none
    task = _platform(definition)
    answer = await reading.call(
        MANIFEST,
        repositoryName=wanted.image.repository,
        imageIds=[_image_id(wanted.image)],
        acceptedMediaTypes=list(_LISTS),
        **where,
    )
    if isinstance(answer, Refused):
        return none | {"mismatch": False if answer.absent else answer.unread, "wanted": task}
    images = answer.get("images", [])
    platforms = _platforms(images[0]) if images else []
    if not platforms:
        unfit = await _unfit(reading, wanted, definition, task)
        if not unfit:
            return none | {"mismatch": Unread(MANIFEST, "no-way"), "wanted": task}
        # Fargate knows two processors
        # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html).
        other = "linux/amd64" if task.endswith("arm64") else "linux/arm64"
        return {"mismatch": True, "wanted": task, "has": other}
    about = {"repository": wanted.image.repository}
    has = ", ".join(platforms)
    reading.note(
        "repositories.platform_mismatch",
        MANIFEST,
        "platforms",
        about,
        image=wanted.written,
        has=has,
        wanted=task,
    )
    return {"mismatch": task not in platforms, "wanted": task, "has": has}


async def _unfit(reading: Reading, wanted: _Wanted, definition: Answer, platform: str) -> bool:
    """Whether a container of this image has ended because its program is for another processor."""
    ended = await reading.part("format-errors")
    names = [
        one["name"]
        for one in definition["containerDefinitions"]
        if one.get("image") == wanted.written and one["name"] in ended
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


def _platform(definition: Answer) -> str:
    """Return the task's platform; without one it is Linux on x86
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html)."""
    runtime = definition.get("runtimePlatform") or {}
    system = "windows" if "WINDOWS" in str(runtime.get("operatingSystemFamily", "")) else "linux"
    arm = str(runtime.get("cpuArchitecture", "")).upper() == "ARM64"
    return f"{system}/{'arm64' if arm else 'amd64'}"


def _platforms(image: Answer) -> list[str]:
    """Return the platforms of an image index; attestations (`unknown/unknown`) are none."""
    import json

    try:
        manifests = json.loads(image.get("imageManifest", "")).get("manifests") or []
    except ValueError:
        return []
    found = [one.get("platform", {}) for one in manifests]
    names = [f"{one.get('os')}/{one.get('architecture')}" for one in found if one]
    return sorted({one for one in names if one != "unknown/unknown"})


async def _without_policy(
    reading: Reading, image: Image, answer: Refused, foreign: bool
) -> Maybe[bool]:
    if answer.code == "RepositoryPolicyNotFoundException":
        return foreign
    if foreign and await _refused_abroad(reading, image):
        return True
    return False if answer.absent else answer.unread


async def _refused_abroad(reading: Reading, image: Image) -> bool:
    """Whether ECR refused the task the image of another account although its role may pull.

    Across accounts both sides must allow
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html),
    so what refuses is the other side: the repository's policy, which only its owner reads.
    """
    tasks, role, obstacles = (
        await reading.part("task-answers"),
        await reading.part("execution_role"),
        await reading.part("obstacles"),
    )
    if not isinstance(role, Role) or role.lacking_actions != () or role.exists is not True:
        return False
    if isinstance(obstacles, Unread) or any("policy" in one.cause for one in obstacles):
        return False
    reasons = [
        str(one.get("reason") or "")
        for task in (tasks if isinstance(tasks, list) else ())
        for one in (*task.get("containers", ()), {"reason": task.get("stoppedReason")})
    ]
    name = f"{image.registry}/{image.repository}"
    said = next((one for one in reasons if name in one and "403 Forbidden" in one), None)
    if said:
        about = {"repository": image.repository}
        values = {"role": role.name, "repository": name}
        reading.note("repositories.policy_denies", TASKS, "refused-abroad", about, **values)
    return bool(said)


async def _policy_denies(reading: Reading, wanted: _Wanted, place: Place) -> Maybe[bool]:
    """Whether the repository's policy keeps the execution role from pulling.

    In its own account a policy matters only if it denies; another account's must allow
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html).
    """
    image = wanted.image
    definition = None if wanted.pushed else await reading.part("task-definition")
    role = definition.get("executionRoleArn") if isinstance(definition, dict) else None
    if not role:
        return False
    where = _where(image, place)
    answer = await reading.call(POLICY, repositoryName=image.repository, **where)
    foreign = image.account not in ("", place.account)
    if isinstance(answer, Refused):
        return await _without_policy(reading, image, answer, foreign)
    decisions = [
        policy_allows(answer["policyText"], Request(role, action, image.arn), by="resource")
        for action in _PULL
    ]
    if any(one.effect == "explicit-deny" for one in decisions):
        return True
    if foreign and any(one.effect == "implicit-deny" for one in decisions):
        return True
    unknown = any(one.effect == "unknown" for one in decisions)
    return Unread(POLICY, "not-evaluable") if unknown else False
