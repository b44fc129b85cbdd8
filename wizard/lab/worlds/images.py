"""Worlds in which the image is missing, forbidden, or for another processor."""

from __future__ import annotations

import json

from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import grant, natted, private, rest
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import BrokenWorld, Fields, Planted

_ROLE = "ecsTaskExecutionRole"
_OTHER = "210987654321"
_NAME = "team/app"
_DENIED = r"failed with status code \[manifests v1\]: 403 Forbidden"


def _image(**fields: str) -> Fields:
    return lambda world: {"repository": _NAME} | fields


def _no_tag(world: World) -> None:
    private(world)
    world.image = world.image.replace(":v1", ":v2")


def _no_repository(world: World) -> None:
    """The name in the definition is right; the repository was never made."""
    world.network(endpoints=ALL_ENDPOINTS)
    rest(world)
    world.client("ecr").delete_repository(repositoryName=_NAME, force=True)


def _make_repository(world: World) -> None:
    world.client("ecr").create_repository(repositoryName=_NAME)
    world.push(_NAME, "v1")


def _elsewhere(world: World, account: str | None = None, region: str | None = None) -> None:
    """The image lies in another account's or region's registry."""
    natted(world)
    ecr = world.elsewhere("ecr", account, region)
    made = ecr.create_repository(repositoryName="base/app")["repository"]
    world.push("base/app", "v1", account=account, region=region)
    world.image = made["repositoryUri"] + ":v1"


def _other_account(world: World) -> None:
    _elsewhere(world, account=_OTHER)


def _other_account_denies(world: World) -> None:
    _elsewhere(world, account=_OTHER)
    _let_in(world, "111122223333")


def _let_in(world: World, account: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{world.partition}:iam::{account}:root"},
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }
    world.elsewhere("ecr", _OTHER, None).set_repository_policy(
        repositoryName="base/app",
        policyText=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def _let_us_in(world: World) -> None:
    _let_in(world, world.lab.account)


def _other_region_gone(world: World) -> None:
    _elsewhere(world, region="us-west-2")
    ecr = world.elsewhere("ecr", None, "us-west-2")
    ecr.batch_delete_image(repositoryName="base/app", imageIds=[{"imageTag": "v1"}])


def _push_there(world: World) -> None:
    world.push("base/app", "v1", region="us-west-2")


def _push_here(world: World) -> None:
    world.push(_NAME, "v2")


def _arm_index(world: World) -> None:
    private(world)
    world.push(_NAME, "v1", architecture="arm64", index=True)


def _arm_manifest(world: World) -> None:
    private(world)
    world.push(_NAME, "v1", architecture="arm64")


def _amd_on_arm(world: World) -> None:
    private(world)
    world.task_definition(
        runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    )


def _build_for_amd(world: World) -> None:
    world.push(_NAME, "v1", architecture="amd64")


def _build_for_arm(world: World) -> None:
    world.push(_NAME, "v1", architecture="arm64")


def _bigger(world: World) -> None:
    world.task_definition(cpu="1024", memory="2048")


def _bigger_arm(world: World) -> None:
    platform = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    world.task_definition(cpu="1024", memory="2048", runtimePlatform=platform)


def _mismatch(world: World) -> dict[str, str]:
    return {"image": world.image}


WORLDS = (
    BrokenWorld(
        name="image-tag-missing",
        symptom="pull.image-not-found",
        text=r"failed to resolve ref .*team/app:v2: .*team/app:v2: not found",
        build=_no_tag,
        causes=(Planted("ecr.image-missing", lambda w: w.push(_NAME, "v2"), _image(tag="v2")),),
        decoy=lambda w: w.push(_NAME, "v3"),
        goal=deploy,
    ),
    BrokenWorld(
        name="image-tag-missing-in-the-old-words",
        symptom="pull.image-not-found",
        text=r"inspect image has been retried 1 time\(s\): failed to resolve ref .*: not found",
        build=_no_tag,
        causes=(Planted("ecr.image-missing", lambda w: w.push(_NAME, "v2"), _image(tag="v2")),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
        settings={"wording": "2020"},
    ),
    BrokenWorld(
        name="repository-missing",
        symptom="pull.image-not-found",
        text=r"failed to resolve ref .*team/app:v1: not found",
        build=_no_repository,
        causes=(Planted("ecr.repository-missing", _make_repository, _image()),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="image-missing-in-another-region",
        symptom="pull.image-not-found",
        text=r"dkr\.ecr\.us-west-2\.amazonaws\.com/base/app:v1: not found",
        build=_other_region_gone,
        causes=(
            Planted(
                "ecr.image-missing",
                _push_there,
                lambda w: {"repository": "base/app", "tag": "v1"},
            ),
        ),
        decoy=_push_here,
        goal=deploy,
    ),
    BrokenWorld(
        name="another-account-has-no-repository-policy",
        symptom="pull.image-denied",
        text=_DENIED,
        build=_other_account,
        causes=(
            Planted(
                "ecr.repository-policy-denies", _let_us_in, lambda w: {"repository": "base/app"}
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="another-account-lets-only-others-in",
        symptom="pull.image-denied",
        text=_DENIED,
        build=_other_account_denies,
        causes=(
            Planted(
                "ecr.repository-policy-denies", _let_us_in, lambda w: {"repository": "base/app"}
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="image-index-without-the-platform",
        symptom="pull.platform-mismatch",
        text=r"image Manifest does not contain descriptor matching platform 'linux/amd64'",
        build=_arm_index,
        causes=(Planted("image.platform-mismatch", _build_for_amd, _mismatch),),
        decoy=_bigger,
        goal=deploy,
    ),
    BrokenWorld(
        name="image-built-on-arm",
        symptom="start.essential-exited",
        text=r"Essential container in task exited",
        build=_arm_manifest,
        causes=(Planted("image.platform-mismatch", _build_for_amd, _mismatch),),
        decoy=_bigger,
        goal=deploy,
    ),
    BrokenWorld(
        name="image-built-on-amd-for-graviton",
        symptom="start.essential-exited",
        text=r"Essential container in task exited",
        build=_amd_on_arm,
        causes=(Planted("image.platform-mismatch", _build_for_arm, _mismatch),),
        decoy=_bigger_arm,
        goal=deploy,
    ),
)
