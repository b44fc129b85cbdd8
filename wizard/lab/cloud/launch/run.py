"""The last steps: the containers start, the exec agent comes up, the program does what it does."""

from __future__ import annotations

import zlib

from wizard.lab.cloud.agenda import act, schedule
from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.lifecycle import mark, stop, touch_service
from wizard.lab.cloud.ecs.store import store_at
from wizard.lab.cloud.launch import balancing
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.behave import behave
from wizard.lab.cloud.launch.program import program_of, start_refusal
from wizard.lab.cloud.state import Cloud, Record

# What the agent of ECS Exec needs (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/
# ecs-exec.html#ecs-exec-required-iam-permissions).
EXEC_ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
KEY_VARIABLES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}


def activate(attempt: Attempt) -> str | None:
    """ACTIVATING: load balancers and service discovery are told."""
    mark(attempt.task, "ACTIVATING")
    attempt.task["pullStoppedAt"] = stamp(attempt.when)
    return None


def start(attempt: Attempt) -> str | None:
    """RUNNING; then the agent and the program go their ways."""
    task, cloud = attempt.task, attempt.cloud
    for container in attempt.containers:
        reason = start_refusal(attempt, container)
        if reason is not None:
            return reason
    mark(task, "RUNNING")
    task["startedAt"] = stamp(attempt.when)
    for container in task["containers"]:
        container["runtimeId"] = f"{attempt.id}-{zlib.crc32(str(container['name']).encode())}"
    where = (*attempt.store.key, attempt.id)
    if task["enableExecuteCommand"]:
        for container in task["containers"]:
            container["managedAgents"] = [{"name": "ExecuteCommandAgent", "lastStatus": "PENDING"}]
        schedule(cloud, cloud.clock.after(3.0, attempt.when), "task.agent", *where)
    task["_awaiting"] = []
    for container in attempt.containers:
        behave(attempt, container)
    balancing.register(attempt)
    touch_service(attempt.store, task)
    service = task.get("_service")
    if service:
        schedule(cloud, attempt.when, "service.reconcile", *attempt.store.key, service)
    return None


@act("task.agent")
def agent(cloud: Cloud, when: float, account: str, region: str, task_id: str) -> None:
    """The agent of ECS Exec connects, or it does not."""
    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    if task is None or task["desiredStatus"] == "STOPPED":
        return
    attempt = Attempt(cloud, store, task, when)
    connected = _connects(attempt)
    if not connected:
        # The agent goes on trying: it connects without a new task once the way is open.
        due = cloud.clock.after(30.0, when)
        schedule(cloud, due, "task.agent", account, region, task_id)
    taken = False
    for container, given in zip(task["containers"], attempt.containers, strict=False):
        for managed in container.get("managedAgents") or []:
            own = program_of(task, str(given["name"])).labels
            fine = connected and not _hampered(given) and own.get("lab.agent") != "dies"
            fine = fine and not (taken and _one_namespace(attempt))
            managed["lastStatus"] = "RUNNING" if fine else "STOPPED"
            if fine:
                managed["lastStartedAt"] = stamp(when)
                taken = True


def _one_namespace(attempt: Attempt) -> bool:
    """Whether the containers share their processes: then one of them has the agent.

    ecs-exec.html#ecs-exec-considerations; which of them is said not to be determined
    (github.com/aws/containers-roadmap/issues/2268). Here it is the first that can.
    """
    return attempt.definition.get("pidMode") == "task"


def _hampered(container: Record) -> bool:
    """What in the container itself keeps the agent from working (ecs-exec.html, considerations)."""
    names = {str(e.get("name")) for e in container.get("environment") or []}
    names |= {str(e.get("name")) for e in container.get("secrets") or []}
    return bool(container.get("readonlyRootFilesystem")) or bool(names & KEY_VARIABLES)


def _connects(attempt: Attempt) -> bool:
    who = attempt.role("taskRoleArn")
    way = attempt.way("ssmmessages")
    return (
        who is not None
        and way.open
        and all(attempt.may(who, action, "*", way).allowed for action in EXEC_ACTIONS)
    )


@act("container.exit")
def container_exit(
    cloud: Cloud, when: float, account: str, region: str, task_id: str, *rest: object
) -> None:
    """A container's program ends; an essential one takes the task with it."""
    name, code, reason = rest
    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    if task is None or task["desiredStatus"] == "STOPPED":
        return
    attempt = Attempt(cloud, store, task, when)
    for container in task["containers"]:
        if container["name"] == name:
            container["exitCode"] = code
            container["lastStatus"] = "STOPPED"
            if reason:
                container["reason"] = reason
    given = next((c for c in attempt.containers if c["name"] == name), {})
    if given.get("essential", True):
        text = "Essential container in task exited"
        stop(cloud, store, task, when, ("EssentialContainerExited", text))
