"""ExecuteCommand and its refusals.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html
"""

from __future__ import annotations

import base64
import secrets
import uuid

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.store import cluster_of, last, store_of
from wizard.lab.cloud.ecs.tasks import task_in
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.state import Record

# Verbatim in many public reports; some of them are github.com/keidarcy/e1s/issues/206 for the
# first, the Japanese article that the wizard began with for the second, and
# github.com/aws/aws-cli/issues/8080 for the third.
NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or"
    " the execute command agent isn’t running. Wait and try again or run a new task with execute"
    " command enabled and try again."
)
NOT_FOUND = "The specified task was not found. Specify a valid task ID and try again."
NOT_CONNECTED = "The execute command failed due to an internal error. Try again later."
# As public notes on ECS Exec quote it; the limit is Session Manager's for a container
# (ecs-exec.html#ecs-exec-considerations).
SESSION_LIMIT = (
    "Unable to start new execute sessions because the maximum session limit of 2 has been reached."
)


def _invalid(text: str) -> AwsError:
    return AwsError("InvalidParameterException", text)


@handles("ecs", "ExecuteCommand")
def execute_command(context: Context) -> Result:
    """A session into a container, up to where the Session Manager plugin takes over."""
    p, store = context.params, store_of(context)
    cluster = cluster_of(context)
    task = _running(context, str(p["task"]))
    if not p.get("interactive"):
        # Verbatim in several public reports (and in the AWS CLI's issues).
        raise _invalid("Interactive is the only mode supported currently.")
    container = _container(task, p.get("container"))
    _check_agent(context, task, container)
    open_ = [s for s in store.sessions.values() if s["container"] == container["containerArn"]]
    if len(open_) >= 2:
        raise AwsError("ClientException", SESSION_LIMIT)
    session = f"ecs-execute-command-{secrets.token_hex(8)}{uuid.uuid4().int % 10}"
    store.sessions[session] = {
        "container": container["containerArn"],
        "task": task["taskArn"],
        "name": container["name"],
        "command": str(p["command"]),
        "_caller": context.caller,
    }
    region = context.region
    return {
        "clusterArn": cluster["clusterArn"],
        "containerArn": container["containerArn"],
        "containerName": container["name"],
        "interactive": True,
        "taskArn": task["taskArn"],
        "session": {
            "sessionId": session,
            "streamUrl": (
                f"wss://ssmmessages.{region}.amazonaws.com/v1/data-channel/{session}"
                "?role=publish_subscribe"
            ),
            "tokenValue": base64.b64encode(secrets.token_bytes(48)).decode(),
        },
    }


def _running(context: Context, given: str) -> Record:
    """The task that a session is for."""
    if len(last(given)) not in (32, 36):
        # Verbatim at github.com/Mic-U/ecsher/issues/56.
        raise _invalid("task length should be one of [32,36]")
    task = task_in(context, given)
    if task is None or task["lastStatus"] == "STOPPED":
        raise _invalid(NOT_FOUND)
    return task


def _container(task: Record, given: object) -> Record:
    """The container a session goes to.

    API_ExecuteCommand.html: the name is only needed when the task has more than one. For the
    words of both refusals no public source was found; those here are made after ECS's own for a
    task that is not there.
    """
    containers: list[Record] = task["containers"]
    if given:
        found = next((c for c in containers if c["name"] == given), None)
        if found is None:
            raise _invalid(
                "The specified container was not found. Specify a valid container name and try"
                " again."
            )
        return found
    if len(containers) > 1:
        raise _invalid("The container name must be specified for tasks with multiple containers.")
    return containers[0]


def _check_agent(context: Context, task: Record, container: Record) -> None:
    agents = [a["lastStatus"] for a in container.get("managedAgents") or []]
    if task["enableExecuteCommand"] and "RUNNING" in agents:
        return
    if task["enableExecuteCommand"] and _cut_off(context, task):
        wording = context.cloud.settings.exec_unreachable
        if wording == "not-found":
            raise _invalid(NOT_FOUND)
        if wording == "not-connected":
            raise AwsError("TargetNotConnectedException", NOT_CONNECTED)
    raise _invalid(NOT_ENABLED)


def _cut_off(context: Context, task: Record) -> bool:
    """Whether the agent has no way to Session Manager's message service."""
    store = store_of(context)
    attempt = Attempt(context.cloud, store, task, context.cloud.clock.now())
    return not attempt.way("ssmmessages").open
