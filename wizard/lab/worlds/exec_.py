"""Worlds in which a deployment goes well and ECS Exec does not open."""

from __future__ import annotations

from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, EXEC_ACTIONS, World
from wizard.lab.worlds.bases import grant, in_turn, private, public
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_NOT_ENABLED = r"execute command was not enabled when the task was run or the execute command agent"
_TASK_ROLE = "app-task-role"


def _service(exec_: bool = True) -> Act:
    def build(world: World) -> None:
        private(world)
        world.notes["service"] = {"exec_": exec_}

    return build


def _enable(world: World) -> None:
    world.client("ecs").update_service(
        cluster=world.cluster, service="web", enableExecuteCommand=True
    )


def _enabled_later(world: World) -> None:
    """Exec is switched on after the task has started, and nothing is deployed anew."""
    public(world)
    world.service(exec_=False).settle()
    _enable(world)


def _with(changes: dict[str, Any]) -> Act:
    def build(world: World) -> None:
        _service()(world)
        world.task_definition(containers=[world.container(**changes)])

    return build


def _plain_container(world: World) -> None:
    world.task_definition()
    deploy(world)


def _bigger(world: World) -> None:
    """The same container in a bigger task."""
    made = world.client("ecs").describe_task_definition(taskDefinition=world.definition)
    containers = made["taskDefinition"]["containerDefinitions"]
    world.task_definition(containers=containers, memory="1024")
    deploy(world)


def _agent_dies(world: World) -> None:
    _service()(world)
    world.push("team/app", "v1", labels={"lab.agent": "dies"})


def _agent_lives(world: World) -> None:
    world.push("team/app", "v1")
    deploy(world)


def _container(world: World) -> dict[str, str]:
    return {"container": "app"}


def _exec_without_rights(*missing: str) -> Act:
    def build(world: World) -> None:
        world.network(endpoints=ALL_ENDPOINTS).roles(exec_=False).repository().log_group()
        rights = [a for a in EXEC_ACTIONS if a not in missing]
        if rights:
            grant(_TASK_ROLE, *rights, name="some")(world)
        world.notes["service"] = {"exec_": True}

    return build


def _task_permission(*actions: str) -> tuple[Planted, ...]:
    def fields(world: World) -> dict[str, str]:
        return {"role": world.task_role, "actions": " ".join(actions)}

    mend = grant(_TASK_ROLE, *actions)
    return (Planted("task-role.permission-missing", mend, fields),)


_KEYS = {"environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE"}]}

WORLDS = (
    BrokenWorld(
        name="exec-disabled-on-the-service",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_service(exec_=False),
        causes=(
            Planted(
                "exec.disabled-on-service", in_turn(_enable, deploy), lambda w: {"service": "web"}
            ),
        ),
        decoy=deploy,
        goal=shell,
    ),
    BrokenWorld(
        name="task-older-than-exec",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_enabled_later,
        causes=(
            Planted(
                "exec.task-predates-enable",
                deploy,
                lambda w: {"task": str(w.tasks()[0]["taskArn"])},
            ),
        ),
        decoy=_enable,
        goal=shell,
    ),
    BrokenWorld(
        name="keys-in-the-environment",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_with(_KEYS),
        causes=(Planted("exec.keys-in-environment", _plain_container, _container),),
        decoy=_bigger,
        goal=shell,
    ),
    BrokenWorld(
        name="root-filesystem-read-only",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_with({"readonlyRootFilesystem": True}),
        causes=(Planted("exec.read-only-root", _plain_container, _container),),
        decoy=_bigger,
        goal=shell,
    ),
    BrokenWorld(
        name="exec-agent-dies",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_agent_dies,
        causes=(Planted("exec.agent-not-running", _agent_lives, _container),),
        decoy=grant(_TASK_ROLE, "ssm:*"),
        goal=shell,
    ),
    BrokenWorld(
        name="task-role-without-the-exec-rights",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_exec_without_rights(*EXEC_ACTIONS),
        causes=_task_permission(*EXEC_ACTIONS),
        decoy=grant(_TASK_ROLE, "ssm:*"),
        goal=shell,
    ),
    BrokenWorld(
        name="task-role-lacks-one-exec-right",
        symptom="exec.not-enabled",
        text=_NOT_ENABLED,
        build=_exec_without_rights("ssmmessages:OpenDataChannel"),
        causes=_task_permission("ssmmessages:OpenDataChannel"),
        decoy=grant("ecsTaskExecutionRole", *EXEC_ACTIONS),
        goal=shell,
    ),
)
