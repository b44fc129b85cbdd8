"""What a user tries to do in a world, by plain boto3 or on the stand-in bastion."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from wizard.lab.building.base import Json
from wizard.lab.world import World
from wizard.lab.worlds.model import Goal, Outcome

_FAILED = ("TaskFailedToStart", "EssentialContainerExited")
SERVICE = "web"
# Another region of each partition than the one that worlds are built in.
_ELSEWHERE = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-east-1"}
# When the task says no more than this, the user looks into its containers.
_COARSE = "Essential container in task exited"


def refusal(error: ClientError) -> str:
    """An API's refusal as the AWS CLI prints it."""
    return str(error)


def deploy(world: World) -> Outcome:
    """Creates the service, or deploys it anew with what the world now says, and waits."""
    try:
        begun = _create(world) if _missing(world) else _update(world)
    except ClientError as error:
        return Outcome(False, refusal(error), (refusal(error),))
    world.settle(float(world.notes.get("patience", 240)))
    return _judge(world, begun)


def _missing(world: World) -> bool:
    ecs = world.client("ecs")
    if world.cluster not in str(ecs.list_clusters()["clusterArns"]):
        return True
    found = ecs.describe_services(cluster=world.cluster, services=[SERVICE])["services"]
    return not any(s["status"] == "ACTIVE" for s in found)


def _create(world: World) -> Json:
    given: Json = {"exec_": False} | world.notes.get("service", {})
    world.service(SERVICE, **given)
    return world.describe(SERVICE)


def _update(world: World) -> Json:
    """UpdateService as the user types it; ``notes["deployer"]`` says as whom."""
    ecs = world.client("ecs")
    if "deployer" in world.notes:
        ecs = world.lab.client("ecs", world.notes["deployer"])
    given: Json = {
        "cluster": world.cluster,
        "service": SERVICE,
        "forceNewDeployment": True,
        "taskDefinition": world.definition,
        "networkConfiguration": world.network_configuration,
    }
    made: Json = ecs.update_service(**(given | world.notes.get("update", {})))["service"]
    return made


def _judge(world: World, begun: Json) -> Outcome:
    service = world.describe(SERVICE)
    deployment = begun["deployments"][0]["id"]
    stopped = [t for t in world.tasks(SERVICE, "STOPPED") if t["startedBy"] == deployment]
    failed = [t for t in stopped if _is_failure(t)]
    first = service["deployments"][0]
    ok = (
        not failed
        and first["id"] == deployment
        and first["rolloutState"] == "COMPLETED"
        and service["runningCount"] == service["desiredCount"]
    )
    if ok:
        return Outcome(True)
    seen = tuple(_seen(world, service, failed))
    return Outcome(False, seen[0] if seen else "", seen)


def _is_failure(task: Json) -> bool:
    reason = str(task.get("stoppedReason", ""))
    return task.get("stopCode") in _FAILED or "health checks" in reason


def _seen(world: World, service: Json, failed: list[Json]) -> list[str]:
    """All texts about a failed deployment, the most telling first."""
    failed.sort(key=lambda t: t["createdAt"], reverse=True)
    found: list[str] = []
    for task in failed[:1]:
        reasons = [str(c.get("reason", "")) for c in task["containers"]]
        stopped = str(task.get("stoppedReason", ""))
        found += [*reasons, stopped] if stopped == _COARSE else [stopped, *reasons]
        found += _log(world, task)
    events = [str(e["message"]) for e in service["events"]]
    found += [e for e in events if "has started" not in e]
    return [f for f in dict.fromkeys(found) if f]


def _log(world: World, task: Json) -> list[str]:
    """The last lines of the task's own log streams, if it has any."""
    if not world.logs:
        return []
    logs = world.client("logs")
    name = str(task["taskArn"]).rsplit("/", 1)[-1]
    lines: list[str] = []
    for container in task["containers"]:
        stream = f"ecs/{container['name']}/{name}"
        try:
            got = logs.get_log_events(logGroupName=world.logs, logStreamName=stream)
        except ClientError:
            continue
        lines += [str(e["message"]) for e in got["events"]]
    return lines


def shell(world: World) -> Outcome:
    """A shell in the newest running task of the service, as the world's operator.

    The first attempt makes the service if there is none; no attempt deploys by itself.
    """
    if _missing(world):
        _create(world)
    world.settle(float(world.notes.get("patience", 120)))
    principal = world.notes.get("operator", "root")
    running = [t for t in world.tasks(SERVICE) if t["lastStatus"] == "RUNNING"]
    running.sort(key=lambda t: t["createdAt"])
    if not running:
        failed = [t for t in world.tasks(SERVICE, "STOPPED") if _is_failure(t)]
        seen = tuple(_seen(world, world.describe(SERVICE), failed))
        return Outcome(False, seen[0] if seen else "", seen)
    given: Json = {
        "cluster": world.cluster,
        "task": running[-1]["taskArn"],
        "interactive": True,
        "command": world.notes.get("shell", "/bin/sh"),
    }
    if len(running[-1]["containers"]) > 1:
        given["container"] = "app"
    client = world.client("ecs") if principal == "root" else world.lab.client("ecs", principal)
    try:
        session = client.execute_command(**(given | world.notes.get("execute", {})))["session"]
    except ClientError as error:
        return Outcome(False, refusal(error), (refusal(error),))
    said = str(world.lab.ask("session", id=session["sessionId"]).get("refused") or "")
    world.lab.ask("session-end", id=session["sessionId"])
    return Outcome(not said, said, (said,) if said else ())


def command(line: str, principal: str = "role/ec2-role/i-055e1e744dd8ab549") -> Goal:
    """A command line on the stand-in bastion; it goes through when its exit code is 0."""

    def run(world: World) -> Outcome:
        who = world.notes.get("operator", principal)
        without = tuple(world.notes.get("without", ()))
        environment = world.lab.env(who, base=dict(os.environ), without=without)
        changed = world.notes.get("environment", {})
        environment = {k: v for k, v in (environment | changed).items() if v is not None}
        done = subprocess.run(
            ["bash", "-c", world.notes.get("line", line).format(**places(world))],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        seen = (done.stdout + done.stderr).strip()
        return Outcome(done.returncode == 0, seen, (seen,))

    return run


def places(world: World) -> dict[str, str]:
    """What a command line may name in braces."""
    suffix = "amazonaws.com.cn" if world.partition == "aws-cn" else "amazonaws.com"
    region = world.lab.region
    host = f"{world.lab.account}.dkr.ecr.{{}}.{suffix}"
    return {
        "registry": host.format(region),
        "elsewhere": host.format(_ELSEWHERE[world.partition]),
        "region": region,
        "cluster": world.cluster,
    }


def calls(make: Callable[[World], Any]) -> Goal:
    """Any calls by boto3; they go through when none is refused."""

    def run(world: World) -> Outcome:
        try:
            make(world)
        except ClientError as error:
            return Outcome(False, refusal(error), (refusal(error),))
        return Outcome(True)

    return run
