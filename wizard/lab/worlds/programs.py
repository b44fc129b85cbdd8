"""Worlds in which all is well around the container, and its program is not."""

from __future__ import annotations

from wizard.lab.world import World
from wizard.lab.worlds.bases import container, grant, natted, private
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

_NAME = "team/app"
_EXITED = r"Essential container in task exited"
_RUNC = r"CannotStartContainerError: .*unable to start container process: exec: "
_HEALTH = r"Task failed container health checks"


def _image(**labels: str) -> Act:
    """A service whose image behaves as its labels say."""

    def build(world: World) -> None:
        private(world)
        _push(**labels)(world)

    return build


def _push(**labels: str) -> Act:
    named = {f"lab.{k.replace('_', '-')}": v for k, v in labels.items()}
    return lambda world: world.push(_NAME, "v1", labels=named)


def _app(exit_code: str = "") -> Fields:
    found = {"container": "app"} | ({"exit_code": exit_code} if exit_code else {})
    return lambda world: found


def _bigger(world: World) -> None:
    world.task_definition(memory="1024")


def _entry_point(*words: str, **labels: str) -> Act:
    def build(world: World) -> None:
        _image(**labels)(world)
        container(entryPoint=list(words))(world)

    return build


def _health(*command: str, **labels: str) -> Act:
    def build(world: World) -> None:
        natted(world)
        _push(**labels)(world)
        _check(*command)(world)

    return build


def _check(*command: str) -> Act:
    check = {"command": ["CMD-SHELL", *command], "interval": 10, "retries": 2, "timeout": 5}
    return container(healthCheck=check)


def _sidecar_crashes(world: World) -> None:
    """Two containers; the essential sidecar ends, the application is all right."""
    private(world)
    world.push(_NAME, "sidecar", labels={"lab.exit-code": "3", "lab.log": "no upstream"})
    image = world.image.replace(":v1", ":sidecar")
    sidecar = world.container("proxy", image=image, portMappings=[])
    world.task_definition(containers=[world.container(), sidecar])


WORLDS = (
    BrokenWorld(
        name="app-crashes",
        symptom="start.essential-exited",
        text=_EXITED,
        build=_image(exit_code="1", log="Error: connect ECONNREFUSED 10.0.3.17:5432"),
        causes=(Planted("task.app-crash", _push(), _app("1")),),
        decoy=_bigger,
        goal=deploy,
    ),
    BrokenWorld(
        name="app-is-done-at-once",
        symptom="start.essential-exited",
        text=_EXITED,
        build=_image(exit_code="0", log="usage: app [serve|migrate]"),
        causes=(Planted("task.app-crash", _push(), _app("0")),),
        decoy=_bigger,
        goal=deploy,
    ),
    BrokenWorld(
        name="sidecar-crashes",
        symptom="start.essential-exited",
        text=_EXITED,
        build=_sidecar_crashes,
        causes=(
            Planted(
                "task.app-crash",
                lambda w: w.push(_NAME, "sidecar"),
                lambda w: {"container": "proxy", "exit_code": "3"},
            ),
        ),
        decoy=_push(log="now with more logging"),
        goal=deploy,
    ),
    BrokenWorld(
        name="app-out-of-memory",
        symptom="start.out-of-memory",
        text=r"OutOfMemoryError: Container killed due to memory usage",
        build=_image(memory_mib="700"),
        causes=(Planted("task.out-of-memory", _bigger, _app("137")),),
        decoy=grant("ecsTaskExecutionRole", "ecs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="entry-point-file-missing",
        symptom="start.entrypoint-missing",
        text=_RUNC + r'"/docker-entrypoint\.sh": stat /docker-entrypoint\.sh: no such file',
        build=_entry_point("/docker-entrypoint.sh", programs="/app,sh"),
        causes=(Planted("task.entrypoint-missing", container(entryPoint=["/app"]), _app()),),
        decoy=_push(programs="/app,sh,/entrypoint.sh"),
        goal=deploy,
    ),
    BrokenWorld(
        name="command-not-in-path",
        symptom="start.entrypoint-missing",
        text=_RUNC + r'"gunicorn": executable file not found in \$PATH: unknown',
        build=_entry_point("gunicorn", "app:main", programs="/app,sh"),
        causes=(Planted("task.entrypoint-missing", _push(programs="/app,sh,gunicorn"), _app()),),
        decoy=_push(programs="/app,sh,uvicorn"),
        goal=deploy,
    ),
    BrokenWorld(
        name="health-command-without-curl",
        symptom="start.container-unhealthy",
        text=_HEALTH,
        build=_health("curl -f http://localhost/ || exit 1", programs="/app,sh,wget"),
        causes=(
            Planted(
                "task.health-command-failing",
                _check("wget -q -O - http://localhost/ || exit 1"),
                _app(),
            ),
        ),
        decoy=_check("curl -f http://localhost:80/ || exit 1"),
        goal=deploy,
    ),
    BrokenWorld(
        name="health-command-asks-the-wrong-path",
        symptom="start.container-unhealthy",
        text=_HEALTH,
        build=_health("curl -f http://localhost/health || exit 1", paths="/=200"),
        causes=(
            Planted(
                "task.health-command-failing",
                _check("curl -f http://localhost/ || exit 1"),
                _app(),
            ),
        ),
        decoy=_check("curl -f http://localhost/healthz || exit 1"),
        goal=deploy,
    ),
)
