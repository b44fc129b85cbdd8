"""Worlds in which the bastion itself is at fault: its Docker, its login, its tools, its keys."""

from __future__ import annotations

from wizard.lab.building.base import Json
from wizard.lab.world import World, allow
from wizard.lab.worlds.bases import grant
from wizard.lab.worlds.goals import command, places
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

PASSWORD = "set -o pipefail; aws ecr get-login-password --region {region}"
_LOGIN = PASSWORD + " | docker login --username AWS --password-stdin {registry}"
_BUILD = "docker build -q -t {registry}/team/app:v2 . 2>/dev/null"
_PUSH = "docker push {registry}/team/app:v2"
_ALL = f"{_LOGIN} && {_BUILD} && {_PUSH}"
_SUDO_LOGIN = _LOGIN.replace("docker", "sudo docker")
_SUDO_PUSH = "sudo docker push {registry}/team/app:v2"
_RIGHTS = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)
_ROLE = "ec2-role"
_OLD_S = 13 * 3600


def ready(world: World) -> None:
    """A bastion that may push to the world's repository."""
    world.bastion(inline=allow(*_RIGHTS)).repository()


def _says(line: str) -> Act:
    """What the user types from now on."""

    def act(world: World) -> None:
        world.notes["line"] = line

    return act


def mark(name: str) -> Act:
    """Puts one of the stand-in bastion's switches; README.md lists them."""

    def build(world: World) -> None:
        ready(world)
        world.lab.bastion.mkdir(parents=True, exist_ok=True)
        (world.lab.bastion / name).touch()

    return build


def unmark(name: str) -> Act:
    return lambda world: (world.lab.bastion / name).unlink()


def _other_repository(world: World) -> None:
    world.client("ecr").create_repository(repositoryName="team/api")


def _token_is_old(world: World) -> None:
    """The login was made thirteen hours ago, and the user only pushes."""
    ready(world)
    world.lab.clock(advance=-_OLD_S)
    command(f"{_LOGIN} && {_BUILD}")(world)
    world.lab.clock(advance=_OLD_S)


def _registry(world: World) -> Json:
    return {"registry": places(world)["registry"]}


WORLDS = (
    BrokenWorld(
        name="login-as-one-user-push-as-another",
        symptom="ecr.no-basic-auth",
        text=r"no basic auth credentials",
        build=ready,
        causes=(
            Planted(
                "bastion.docker-user-mismatch",
                _says(f"{_SUDO_LOGIN} && {_BUILD} && {_SUDO_PUSH}"),
                lambda w: {"login_user": "ec2-user", "push_user": "root"},
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(f"{_LOGIN} && {_BUILD} && {_SUDO_PUSH}"),
    ),
    BrokenWorld(
        name="never-logged-in",
        symptom="ecr.no-basic-auth",
        text=r"no basic auth credentials",
        build=ready,
        causes=(Planted("bastion.docker-login-missing", _says(_ALL), _registry),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(f"{_BUILD}; {_PUSH}"),
    ),
    BrokenWorld(
        name="login-too-old",
        symptom="ecr.token-expired",
        text=r"Your authorization token has expired\. Reauthenticate and try again\.",
        build=_token_is_old,
        causes=(Planted("bastion.docker-login-missing", _says(_ALL), _registry),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(_PUSH),
    ),
    BrokenWorld(
        name="login-to-another-registry",
        symptom="ecr.no-basic-auth",
        text=r"no basic auth credentials",
        build=ready,
        causes=(Planted("bastion.registry-mismatch", _says(_ALL), _registry),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(
            f"{PASSWORD} | docker login --username AWS --password-stdin"
            " {elsewhere} 2>/dev/null;"
            f" {_BUILD}; {_PUSH}"
        ),
    ),
    BrokenWorld(
        name="repository-never-made",
        symptom="ecr.repository-missing",
        text=r"name unknown: The repository with name 'team/app' does not exist in the registry",
        build=lambda w: w.bastion(inline=allow(*_RIGHTS)),
        causes=(
            Planted(
                "ecr.repository-missing",
                lambda w: w.repository(tags=[]),
                lambda w: {"repository": "team/app"},
            ),
        ),
        decoy=_other_repository,
        goal=command(_ALL),
    ),
    BrokenWorld(
        name="docker-daemon-down",
        symptom="docker.daemon-down",
        text=r"Cannot connect to the Docker daemon at unix:///var/run/docker\.sock",
        build=mark("docker.down"),
        causes=(Planted("bastion.docker-down", unmark("docker.down")),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(_ALL),
    ),
    BrokenWorld(
        name="user-not-in-the-docker-group",
        symptom="docker.socket-denied",
        text=r"permission denied while trying to connect to the Docker daemon socket",
        build=mark("docker.closed"),
        causes=(Planted("bastion.docker-group", unmark("docker.closed")),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(_ALL),
    ),
    BrokenWorld(
        name="bastion-may-not-push",
        symptom="iam.access-denied",
        text=r"denied: User: .* is not authorized to perform: ecr:\w+ on resource: arn:.*team/app",
        build=lambda w: w.bastion(inline=allow(_RIGHTS[0])).repository(),
        causes=(
            Planted(
                "caller.permission-missing",
                grant(_ROLE, *_RIGHTS[1:]),
                lambda w: {"principal": _ROLE, "actions": " ".join(_RIGHTS[1:])},
            ),
        ),
        decoy=grant(_ROLE, "ecr:BatchGetImage"),
        goal=command(_ALL),
    ),
    BrokenWorld(
        name="wrong-login-and-no-right-to-push",
        symptom="ecr.no-basic-auth",
        text=r"no basic auth credentials",
        build=lambda w: w.bastion(inline=allow(_RIGHTS[0])).repository(),
        causes=(
            Planted(
                "bastion.docker-user-mismatch",
                _says(f"{_SUDO_LOGIN} && {_BUILD} && {_SUDO_PUSH}"),
                lambda w: {"login_user": "ec2-user", "push_user": "root"},
            ),
            Planted(
                "caller.permission-missing",
                grant(_ROLE, *_RIGHTS[1:]),
                lambda w: {"principal": _ROLE, "actions": " ".join(_RIGHTS[1:])},
            ),
        ),
        decoy=_other_repository,
        goal=command(f"{_LOGIN} && {_BUILD} && {_SUDO_PUSH}"),
    ),
)
