"""Containers that share their processes, and what ECS Exec makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World

from .helpers import refused


def _world(lab: Lab, **definition: Any) -> World:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    sidecar = world.container("sidecar", portMappings=[], essential=False)
    return world.task_definition(containers=[world.container(), sidecar], **definition)


def _agents(world: World) -> dict[str, str]:
    task = world.tasks()[0]
    return {c["name"]: c["managedAgents"][0]["lastStatus"] for c in task["containers"]}


def _shell(world: World, container: str) -> Any:
    return world.client("ecs").execute_command(
        cluster="prod",
        task=world.tasks()[0]["taskArn"],
        container=container,
        interactive=True,
        command="/bin/sh",
    )


def test_of_containers_that_share_their_processes_one_has_the_agent(lab: Lab) -> None:
    world = _world(lab, pidMode="task").service().settle()
    assert _agents(world) == {"app": "RUNNING", "sidecar": "STOPPED"}
    assert _shell(world, "app")["containerName"] == "app"
    code, text = refused(lambda: _shell(world, "sidecar"))
    assert code == "InvalidParameterException"
    assert "the execute command agent isn’t running" in text


def test_containers_with_processes_of_their_own_have_an_agent_each(lab: Lab) -> None:
    world = _world(lab).service().settle()
    assert _agents(world) == {"app": "RUNNING", "sidecar": "RUNNING"}
    assert _shell(world, "sidecar")["containerName"] == "sidecar"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"pidMode": "host"},
            "Tasks using the Fargate launch type do not support pidMode 'host'. The supported"
            " value for pidMode is 'task'.",
        ),
        (
            {
                "pidMode": "task",
                "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
                "cpu": "1024",
                "memory": "2048",
            },
            "pidMode is not supported for Windows containers on Fargate.",
        ),
    ],
)
def test_fargate_knows_one_pid_mode_and_that_on_linux(
    lab: Lab, changes: dict[str, Any], text: str
) -> None:
    world = World(lab).roles()
    world.image = "busybox"
    assert refused(lambda: world.task_definition(**changes)) == ("ClientException", text)


def test_an_old_platform_does_not_share_processes(lab: Lab) -> None:
    world = _world(lab, pidMode="task")
    code, text = refused(lambda: world.service(platformVersion="1.3.0", exec_=False))
    assert (code, text.partition(" is supported")[0]) == (
        "InvalidParameterException",
        "The pidMode parameter",
    )
    network = world.network_configuration
    code, _ = refused(
        lambda: world.client("ecs").run_task(
            cluster="prod",
            taskDefinition="web",
            networkConfiguration=network,
            platformVersion="1.3.0",
        )
    )
    assert code == "InvalidParameterException"


def test_a_session_has_to_say_which_of_several_containers_and_a_real_task(lab: Lab) -> None:
    world = _world(lab).service().settle()
    ecs, task = lab.client("ecs"), world.tasks()[0]["taskArn"]
    at = {"cluster": "prod", "interactive": True, "command": "/bin/sh"}
    assert refused(lambda: ecs.execute_command(**at, task=task)) == (
        "InvalidParameterException",
        "The container name must be specified for tasks with multiple containers.",
    )
    assert refused(lambda: ecs.execute_command(**at, task=task, container="db"))[0] == (
        "InvalidParameterException"
    )
    assert refused(lambda: ecs.execute_command(**at, task="3f9c")) == (
        "InvalidParameterException",
        "task length should be one of [32,36]",
    )
    silent = at | {"interactive": False}
    assert refused(lambda: ecs.execute_command(**silent, task=task, container="app")) == (
        "InvalidParameterException",
        "Interactive is the only mode supported currently.",
    )
