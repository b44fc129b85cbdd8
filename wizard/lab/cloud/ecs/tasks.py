"""RunTask, StopTask, ListTasks, DescribeTasks and task protection."""

from __future__ import annotations

from typing import Any

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.definitions import pass_role
from wizard.lab.cloud.ecs.lifecycle import stop
from wizard.lab.cloud.ecs.making import Order, make_task, refusal_of, role_refusal
from wizard.lab.cloud.ecs.store import (
    Store,
    cluster_name,
    cluster_of,
    definition_to_run,
    forget_old,
    last,
    page,
    store_of,
)
from wizard.lab.cloud.ecs.validate import check_network, check_platform
from wizard.lab.cloud.ecs.volumes import check_volumes
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Record


def task_in(context: Context, given: str) -> Record | None:
    """A task of the call's cluster by id or ARN; None when there is none."""
    cluster, store = cluster_of(context), store_of(context)
    found = store.tasks.get(last(given))
    if found is None or cluster_name(found) != cluster_name(cluster):
        return None
    return None if given.startswith("arn:") and given != found["taskArn"] else found


@handles("ecs", "RunTask")
def run_task(context: Context) -> Result:
    """RunTask on Fargate: the tasks it could place, and why it could not place the others."""
    p, store, cloud = context.params, store_of(context), context.cloud
    cluster = cluster_of(context)
    definition = definition_to_run(store, str(p["taskDefinition"]))
    overrides: dict[str, Any] = p.get("overrides") or {}
    for key in ("taskRoleArn", "executionRoleArn"):
        pass_role(context, overrides.get(key) or definition.get(key))
    _fits_fargate(definition)
    _check_exec(p, overrides, definition)
    platform = _platform(p.get("platformVersion"))
    check_platform(definition, platform)
    strategy = p.get("capacityProviderStrategy") or []
    volumes = check_volumes(context, definition, p.get("volumeConfigurations") or [], platform)
    order = Order(
        cluster=cluster,
        definition=definition,
        network=check_network(context, definition, p.get("networkConfiguration")),
        started_by=str(p.get("startedBy") or ""),
        group=str(p.get("group") or ""),
        exec_enabled=bool(p.get("enableExecuteCommand")),
        overrides=overrides,
        tags=p.get("tags") or [],
        platform=platform,
        spot=any(s.get("capacityProvider") == "FARGATE_SPOT" for s in strategy),
        volumes=volumes,
    )
    refusal = role_refusal(store, definition, overrides)
    if refusal:
        raise AwsError("ClientException", refusal)
    made, failures = [], []
    for _ in range(int(p.get("count") or 1)):
        reason = refusal_of(cloud, store, order)
        if reason:
            failures.append({"reason": reason})
        else:
            made.append(make_task(cloud, store, order, cloud.clock.now()))
    return {"tasks": made, "failures": failures}


def _check_exec(p: dict[str, Any], overrides: dict[str, Any], definition: Record) -> None:
    """ECS Exec needs a task role. CreateService's and UpdateService's words for it are public
    (check_exec); for RunTask's no public source was found, so they are made after those."""
    if not p.get("enableExecuteCommand"):
        return
    if not (overrides.get("taskRoleArn") or definition.get("taskRoleArn")):
        raise AwsError(
            "InvalidParameterException",
            "The task couldn't be started because a valid taskRoleArn is not being used. Specify"
            " a valid task role in your task definition and try again.",
        )


def _fits_fargate(definition: Record) -> None:
    if "FARGATE" not in definition["compatibilities"]:
        raise AwsError(
            "InvalidParameterException",
            "Task definition does not support launch_type FARGATE.",
        )


def _platform(given: object) -> str:
    return "1.4.0" if given in (None, "", "LATEST") else str(given)


@handles("ecs", "StopTask")
def stop_task(context: Context) -> Result:
    """StopTask: whose reason is shown as the task's own."""
    found = task_in(context, str(context.params["task"]))
    if found is None:
        raise AwsError("InvalidParameterException", "The referenced task was not found.")
    reason = str(context.params.get("reason") or "Task stopped by user")
    cloud = context.cloud
    stop(cloud, store_of(context), found, cloud.clock.now(), ("UserInitiated", reason))
    return {"task": found}


@handles("ecs", "DescribeTasks")
def describe_tasks(context: Context) -> Result:
    """DescribeTasks; tasks that are not there (any more) are failures."""
    cluster_of(context)
    given = context.params.get("tasks") or []
    if not given:
        raise AwsError("InvalidParameterException", "Tasks cannot be empty.")
    store = store_of(context)
    forget_old(context.cloud, store)
    tags = "TAGS" in (context.params.get("include") or [])
    found, failures = [], []
    for name in given:
        task = task_in(context, str(name))
        if task is None:
            failures.append({"arn": _arn(context, store, str(name)), "reason": "MISSING"})
        else:
            found.append(task | {"tags": task["tags"] if tags else []})
    return {"tasks": found, "failures": failures}


def _arn(context: Context, store: Store, given: str) -> str:
    if given.startswith("arn:"):
        return given
    return store.arn(f"task/{cluster_name(cluster_of(context))}/{given}")


@handles("ecs", "ListTasks")
def list_tasks(context: Context) -> Result:
    """ListTasks by service, family, status and the rest."""
    p, store = context.params, store_of(context)
    cluster = cluster_name(cluster_of(context))
    forget_old(context.cloud, store)
    status = p.get("desiredStatus") or "RUNNING"
    group = f"service:{last(str(p['serviceName']))}" if p.get("serviceName") else None
    if group and f"{cluster}/{last(str(p['serviceName']))}" not in store.services:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    family = p.get("family")
    found = [
        t["taskArn"]
        for t in store.tasks.values()
        if cluster_name(t) == cluster
        and t["desiredStatus"] == status
        and group in (None, t["group"])
        and (not family or f"task-definition/{family}:" in t["taskDefinitionArn"])
        and p.get("startedBy") in (None, t["startedBy"])
        and p.get("launchType") in (None, "FARGATE")
    ]
    return page(context, found, "taskArns")


@handles("ecs", "GetTaskProtection", "UpdateTaskProtection")
def task_protection(context: Context) -> Result:
    """No task of the lab is protected; asking to protect one is remembered and shown."""
    p = context.params
    shown, failures = [], []
    for name in p.get("tasks") or []:
        task = task_in(context, str(name))
        if task is None:
            failures.append({"arn": str(name), "reason": "MISSING"})
            continue
        if "protectionEnabled" in p:
            task["_protected"] = bool(p["protectionEnabled"])
        shown.append(
            {"taskArn": task["taskArn"], "protectionEnabled": bool(task.get("_protected"))}
        )
    return {"protectedTasks": shown, "failures": failures}
