"""The repositories and images in ECR that the task pulls, or that the target pushes to."""

from wizard.aws.answers import Outcome, Refused
from wizard.aws.calls import both, together
from wizard.aws.readers.bastion import wanted_registry
from wizard.aws.readers.holders import role_arn
from wizard.aws.readers.platforms import (
    MANIFEST,
    PLATFORM_CALLS,
    Wanted,
    compare_platforms,
    image_id,
    manifest_of,
)
from wizard.aws.reading import Reading, reader
from wizard.aws.source import REGION
from wizard.core.facts import Obstacle, Repository, Role
from wizard.core.unread import Maybe, Unread, merged
from wizard.policy.evaluation import policy_allows
from wizard.policy.references import Image, Place, read_image
from wizard.policy.types import Request

REPOSITORIES, IMAGES = "ecr:DescribeRepositories", "ecr:DescribeImages"
TASKS = "ecs:DescribeTasks"
POLICY, RULES = "ecr:GetRepositoryPolicy", "ecr:DescribePullThroughCacheRules"
_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


@reader("repositories", calls=(REPOSITORIES, IMAGES, POLICY, RULES, *PLATFORM_CALLS))
async def repositories(reading: Reading) -> Maybe[tuple[Repository, ...]]:
    """Each ECR repository in question; registries of other kinds cannot be asked from here."""
    wanted = await _wanted(reading)
    if isinstance(wanted, Unread):
        return wanted
    place = await reading.part("place")
    return tuple(await together(*(_read(reading, one, place) for one in wanted)))


async def _wanted(reading: Reading) -> Maybe[list[Wanted]]:
    goals, target = await reading.part("goals"), await reading.part("target")
    found: list[Wanted] = []
    if "push" in goals and target.repository:
        registry = wanted_registry(target, await reading.part("place"))
        name = target.repository + (f":{target.tag}" if target.tag else "")
        # Where the account is not known, ECR takes the caller's own registry.
        image = Image("ecr", "", target.repository, target.tag or "")
        written = f"{registry}/{name}" if registry else name
        found.append(Wanted(read_image(written) if registry else image, written, pushed=True))
    if not goals & {"start"}:
        return found
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return found or (definition if isinstance(definition, Unread) else found)
    for container in definition.get("containerDefinitions", ()):
        written = str(container.get("image", ""))
        image = read_image(written)
        if image.kind == "ecr":
            found.append(Wanted(image, written, pushed=False))
    return list({(one.written, one.pushed): one for one in found}.values())


async def _read(reading: Reading, wanted: Wanted, place: Place) -> Repository:
    image = wanted.image
    where = _where(image, place)
    (answer, mismatch), ((found, seen), denies) = await both(
        both(
            reading.call(REPOSITORIES, repositoryNames=[image.repository], **where),
            compare_platforms(reading, wanted, where),
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
        if exists is False and not wanted.pushed and await _cached(reading, image, where):
            exists = found = seen = Unread(RULES, "pull-through-cache")
        if isinstance(exists, Unread):
            # An image that is there would tell it, too.
            exists = merged(exists, *(one for one in (found, seen) if isinstance(one, Unread)))
    _note(reading, wanted, exists, seen)
    if exists is False:
        found = seen = True  # the repository is what is missing, and it is said once
    return Repository(
        repository=image.repository,
        registry=image.registry,
        exists=exists,
        tag=image.tag or (None if wanted.pushed or image.digest else "latest"),
        image_exists=found,
        manifest_exists=seen,
        policy_denies=denies,
        platform_mismatch=mismatch["mismatch"],
        image=wanted.written,
        wanted=mismatch["wanted"],
        has=mismatch["has"],
        stage="push" if wanted.pushed else "image",
        own=image.account in ("", place.account) and REGION not in where,
    )


def _note(reading: Reading, wanted: Wanted, exists: Maybe[bool], seen: Maybe[bool]) -> None:
    name = wanted.image.repository
    about = {"repository": name}
    if not isinstance(exists, Unread):
        phrase = "repository-there" if exists else "repository-missing"
        reading.note("repositories.exists", REPOSITORIES, phrase, about, repository=name)
    if exists is not False and seen is False:
        reading.note("repositories", IMAGES, "image-missing", about, image=wanted.written)


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


async def _image_exists(
    reading: Reading, wanted: Wanted, where: dict[str, str]
) -> tuple[Maybe[bool], Maybe[bool]]:
    """Whether the image is there, as DescribeImages says and as BatchGetImage does."""
    if wanted.pushed:
        return True, True
    answer, manifest = await both(
        reading.call(
            IMAGES,
            repositoryName=wanted.image.repository,
            imageIds=[image_id(wanted.image)],
            **where,
        ),
        manifest_of(reading, wanted, where),
    )
    seen = _in_manifest(manifest)
    there: Maybe[bool]
    if not isinstance(answer, Refused):
        there = bool(answer.get("imageDetails"))
    elif answer.code == "ImageNotFoundException":
        there = False
    else:
        there = True if seen is True else answer.unread
    if isinstance(there, bool):
        seen = there
    if seen is False and await _cached(reading, wanted.image, where):
        there = seen = Unread(RULES, "pull-through-cache")
    return there, seen


def _in_manifest(manifest: Outcome) -> Maybe[bool]:
    if isinstance(manifest, Refused):
        return manifest.unread
    if manifest.get("images"):
        return True
    codes = [one.get("failureCode") for one in manifest.get("failures", ())]
    return False if "ImageNotFound" in codes else Unread(MANIFEST, "none")


async def _cached(reading: Reading, image: Image, where: dict[str, str]) -> bool:
    """Whether a pull would fetch the image from another registry, and make the repository
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html)."""
    if image.account not in ("", (await reading.part("place")).account):
        return False
    answer = await reading.call(RULES, **where)
    if isinstance(answer, Refused):
        return False
    starts = [
        str(one.get("ecrRepositoryPrefix", "")) for one in answer.get("pullThroughCacheRules", ())
    ]
    return any(one == "ROOT" or image.repository.startswith(f"{one}/") for one in starts if one)


async def _without_policy(
    reading: Reading, image: Image, answer: Refused, foreign: bool
) -> Maybe[bool]:
    if answer.code == "RepositoryPolicyNotFoundException":
        return foreign
    refused = await _refused_abroad(reading, image) if foreign else False
    if refused is True:
        return True
    if isinstance(refused, Unread):
        return refused
    return False if answer.absent else answer.unread


async def _refused_abroad(reading: Reading, image: Image) -> Maybe[bool]:
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
    if isinstance(tasks, Unread):
        return tasks
    reasons = [
        str(one.get("reason") or "")
        for task in tasks
        for one in (*task.get("containers", ()), {"reason": task.get("stoppedReason")})
    ]
    name = f"{image.registry}/{image.repository}"
    # A layer is asked for by another address than the manifest.
    names = (name, f"{image.registry}/v2/{image.repository}/")
    if not any(each in one and "403 Forbidden" in one for one in reasons for each in names):
        return False
    unread = _first_unread(role, obstacles)
    if unread:
        return unread
    if role.lacking_actions or role.exists is not True:
        return False
    for one in obstacles:
        if any("policy" in cause for cause in _causes(one)):
            known = (one.cause, one.status)
            # Which causes it may be is nothing that it may say of a policy: `merged` leaves it out.
            undecided = [each for each in known if isinstance(each, Unread)]
            return merged(*undecided) if undecided else False
    about, values = {"repository": image.repository}, {"role": role.name, "repository": name}
    reading.note("repositories.policy_denies", TASKS, "refused-abroad", about, **values)
    return True


def _causes(one: Obstacle) -> tuple[str, ...]:
    """What the obstacle is, or may be: a policy, too, where nothing is known of it."""
    if isinstance(one.cause, Unread):
        return one.cause.among or ("policy",)
    return (one.cause,)


def _first_unread(role: Maybe[Role], obstacles: Maybe[tuple[Obstacle, ...]]) -> Unread | None:
    if isinstance(role, Unread):
        return role
    known = (role.lacking_actions, role.exists, obstacles)
    return next((one for one in known if isinstance(one, Unread)), None)


async def _policy_denies(reading: Reading, wanted: Wanted, place: Place) -> Maybe[bool]:
    """Whether the repository's policy keeps the execution role from pulling.

    In its own account a policy matters only if it denies; another account's must allow
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html).
    """
    image = wanted.image
    definition = None if wanted.pushed else await reading.part("task-definition")
    role = await role_arn(reading, "executionRoleArn") if isinstance(definition, dict) else None
    if not role:
        return False
    where = _where(image, place)
    answer = await reading.call(POLICY, repositoryName=image.repository, **where)
    foreign = bool(place.account) and image.account not in ("", place.account)
    if isinstance(answer, Refused):
        return await _without_policy(reading, image, answer, foreign)
    decisions = [
        policy_allows(
            str(answer.get("policyText") or "{}"), Request(role, action, image.arn), by="resource"
        )
        for action in _PULL
    ]
    denied = any(one.effect == "explicit-deny" for one in decisions)
    if denied or (foreign and any(one.effect == "implicit-deny" for one in decisions)):
        about, values = {"repository": image.repository}, {"repository": image.repository}
        reading.note("repositories.policy_denies", POLICY, "policy-denies", about, **values)
        return True
    unknown = any(one.effect == "unknown" for one in decisions)
    return Unread(POLICY, "not-evaluable") if unknown else False
