"""New tasks, for services and for RunTask alike."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from typing import Any

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs import capacity
from wizard.lab.cloud.ecs.store import Store, cluster_name, new_id
from wizard.lab.cloud.identity.guard import service_may_assume
from wizard.lab.cloud.launch import ebs, steps
from wizard.lab.cloud.state import Cloud, Record


@dataclass
class Order:
    """What a task is to be."""

    cluster: Record
    definition: Record
    network: Record
    started_by: str = ""
    group: str = ""
    exec_enabled: bool = False
    service: Record | None = None
    overrides: Record = field(default_factory=dict)
    tags: list[Record] = field(default_factory=list)
    platform: str = "1.4.0"
    spot: bool = False
    volumes: list[Record] = field(default_factory=list)


def role_refusal(store: Store, definition: Record, overrides: Record) -> str | None:
    """ECS's words when it may not assume a role of the task; None when it may.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    for key in ("taskRoleArn", "executionRoleArn"):
        arn = overrides.get(key) or definition.get(key)
        context: dict[str, str | list[str]] = {
            "aws:SourceAccount": store.account,
            "aws:SourceArn": store.arn("*"),
        }
        if arn and not service_may_assume(str(arn), "ecs-tasks.amazonaws.com", context):
            return (
                f"ECS was unable to assume the role '{arn}' that was provided for this task."
                " Please verify that the role being passed has the proper trust relationship and"
                " permissions and that your IAM user has permissions to pass this role."
            )
    return None


def refusal_of(cloud: Cloud, store: Store, order: Order) -> str | None:
    """Fargate's words when there is no room for another task; None when there is."""
    wanted = str(order.definition.get("cpu") or 256)
    quota = capacity.capacity_refusal(cloud, store, wanted, order.spot)
    if quota is not None:
        return quota
    subnets = order.network["subnets"]
    # A subnet that is gone is found out later, when the interface is made.
    return None if capacity.open_subnets(cloud, store, subnets, order.spot) else capacity.no_room()


def make_task(cloud: Cloud, store: Store, order: Order, when: float) -> Record:
    """Creates a task and sets it on its way. The caller has asked the refusals above."""
    task_id = new_id()
    cluster = cluster_name(order.cluster)
    task = _record(store, order, store.arn(f"task/{cluster}/{task_id}"))
    task["createdAt"] = stamp(when)
    subnets = capacity.open_subnets(cloud, store, order.network["subnets"], order.spot)
    task["_subnet"] = subnets[len(store.tasks) % len(subnets)]
    if order.spot:
        task["capacityProviderName"] = capacity.SPOT
        del task["launchType"]
    if order.service is not None:
        task["_service"] = order.service["serviceArn"]
        task["_service_key"] = f"{cluster}/{order.service['serviceName']}"
    store.tasks[task_id] = task
    steps.begin(cloud, store.account, store.region, task_id, when)
    return task


def _record(store: Store, order: Order, arn: str) -> Record:
    definition = order.definition
    containers = definition["containerDefinitions"]
    return {
        "taskArn": arn,
        "clusterArn": order.cluster["clusterArn"],
        "taskDefinitionArn": definition["taskDefinitionArn"],
        "group": order.group or f"family:{definition['family']}",
        "startedBy": order.started_by,
        "launchType": "FARGATE",
        "platformVersion": order.platform,
        "platformFamily": "Linux",
        "desiredStatus": "RUNNING",
        "lastStatus": "PROVISIONING",
        "cpu": str(definition.get("cpu") or 256),
        "memory": str(definition.get("memory") or 512),
        "enableExecuteCommand": order.exec_enabled,
        "healthStatus": "UNKNOWN",
        "attachments": [
            _attachment(),
            *ebs.attachments(arn, order.volumes, service=order.service is not None),
        ],
        "attributes": [{"name": "ecs.cpu-architecture", "value": _architecture(definition)}],
        "containers": [_container(store, arn, c) for c in containers],
        "overrides": {
            "containerOverrides": [{"name": c["name"]} for c in containers],
            "inferenceAcceleratorOverrides": [],
        }
        | copy.deepcopy(order.overrides),
        "tags": order.tags,
        "ephemeralStorage": {"sizeInGiB": 20},
        "fargateEphemeralStorage": {"sizeInGiB": 20},
        "version": 0,
        "_network": order.network,
        "_images": {},
    }


def _attachment() -> Record:
    return {
        "id": str(uuid.uuid4()),
        "type": "ElasticNetworkInterface",
        "status": "PRECREATED",
        "details": [],
    }


def _architecture(definition: Record) -> str:
    platform: dict[str, Any] = definition.get("runtimePlatform") or {}
    return "arm64" if platform.get("cpuArchitecture") == "ARM64" else "x86_64"


def _container(store: Store, task_arn: str, given: Record) -> Record:
    rest = task_arn.split(":task/", 1)[1]
    made: Record = {
        "containerArn": store.arn(f"container/{rest}/{uuid.uuid4()}"),
        "taskArn": task_arn,
        "name": given["name"],
        "image": given["image"],
        "lastStatus": "PENDING",
        "networkInterfaces": [],
        "healthStatus": "UNKNOWN",
        "cpu": str(given.get("cpu") or 0),
    }
    for key in ("memory", "memoryReservation"):
        if given.get(key):
            made[key] = str(given[key])
    return made
