"""Task definitions: registering them with AWS's own checks, listing, deregistering."""

from __future__ import annotations

import copy
from typing import Any

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.store import find_definition, page, store_of
from wizard.lab.cloud.ecs.validate import check_definition
from wizard.lab.cloud.ecs.volumes import check_definition_volumes
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity import guard
from wizard.lab.cloud.identity.resources import Need
from wizard.lab.cloud.state import Record

_COPIED = (
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "volumes",
    "placementConstraints",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "inferenceAccelerators",
    "ephemeralStorage",
    "runtimePlatform",
    "enableFaultInjection",
)


def pass_role(context: Context, role: str | None) -> None:
    """iam:PassRole for a role handed to ECS tasks.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    if not role:
        return
    arn = role if role.startswith("arn:") else _role_arn(context, role)
    keys: dict[str, str | list[str]] = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    need = Need("iam:PassRole", arn, keys)
    guard.require(context.cloud, context.caller, need, "ecs", context.region)


def _role_arn(context: Context, name: str) -> str:
    return f"arn:{context.call.partition}:iam::{context.account}:role/{name}"


@handles("ecs", "RegisterTaskDefinition")
def register(context: Context) -> Result:
    """RegisterTaskDefinition: a new revision, if it holds what Fargate needs."""
    p, store = context.params, store_of(context)
    for key in ("taskRoleArn", "executionRoleArn"):
        pass_role(context, p.get(key))
    check_definition(p, context.region)
    check_definition_volumes(p)
    family = str(p["family"])
    listed = store.definitions.setdefault(family, [])
    revision = int(listed[-1]["revision"]) + 1 if listed else 1
    record: Record = {k: copy.deepcopy(p[k]) for k in _COPIED if p.get(k) is not None}
    for key in ("taskRoleArn", "executionRoleArn"):
        if record.get(key) and not str(record[key]).startswith("arn:"):
            record[key] = _role_arn(context, record[key])
    compatibilities = p.get("requiresCompatibilities") or []
    record |= {
        "taskDefinitionArn": store.arn(f"task-definition/{family}:{revision}"),
        "family": family,
        "revision": revision,
        "status": "ACTIVE",
        "containerDefinitions": [_container(c) for c in p.get("containerDefinitions") or []],
        "volumes": p.get("volumes") or [],
        "placementConstraints": p.get("placementConstraints") or [],
        "compatibilities": ["EC2", "FARGATE"] if "FARGATE" in compatibilities else ["EC2"],
        "requiresAttributes": [{"name": n} for n in _attributes(p)],
        "registeredAt": stamp(context.cloud.clock.now()),
        "registeredBy": context.caller.arn,
        "_tags": p.get("tags") or [],
    }
    listed.append(record)
    return {"taskDefinition": record, "tags": record["_tags"]}


def _container(given: Record) -> Record:
    made: Record = {k: v for k, v in given.items() if v is not None}
    defaults: Record = {
        "cpu": 0,
        "portMappings": [],
        "essential": True,
        "environment": [],
        "mountPoints": [],
        "volumesFrom": [],
        "systemControls": [],
    }
    for mapping in made.get("portMappings") or []:
        mapping.setdefault("hostPort", mapping.get("containerPort"))
        mapping.setdefault("protocol", "tcp")
    return defaults | made


def _attributes(p: dict[str, Any]) -> list[str]:
    """What the task needs of its host, as ECS derives it from the definition."""
    containers = p.get("containerDefinitions") or []
    names = ["com.amazonaws.ecs.capability.docker-remote-api.1.18"]
    if p.get("networkMode") == "awsvpc":
        names.append("ecs.capability.task-eni")
    if p.get("taskRoleArn"):
        names.append("com.amazonaws.ecs.capability.task-iam-role")
    if any(".dkr.ecr." in str(c.get("image", "")) for c in containers):
        names += ["com.amazonaws.ecs.capability.ecr-auth", "ecs.capability.execution-role-ecr-pull"]
    if any((c.get("logConfiguration") or {}).get("logDriver") == "awslogs" for c in containers):
        names += [
            "com.amazonaws.ecs.capability.logging-driver.awslogs",
            "ecs.capability.execution-role-awslogs",
        ]
    if any(c.get("secrets") for c in containers):
        names.append("ecs.capability.secrets.asm.environment-variables")
    return names


@handles("ecs", "DescribeTaskDefinition")
def describe(context: Context) -> Result:
    """DescribeTaskDefinition."""
    found = find_definition(store_of(context), str(context.params["taskDefinition"]))
    if found is None:
        raise AwsError("ClientException", "Unable to describe task definition.")
    tags = found["_tags"] if "TAGS" in (context.params.get("include") or []) else []
    return {"taskDefinition": found, "tags": tags}


@handles("ecs", "DeregisterTaskDefinition")
def deregister(context: Context) -> Result:
    """DeregisterTaskDefinition: INACTIVE, which running services do not mind."""
    given = str(context.params["taskDefinition"])
    if ":" not in given.split("task-definition/")[-1]:
        raise AwsError("InvalidParameterException", f"Invalid revision number. Number: {given}")
    found = find_definition(store_of(context), given)
    if found is None:
        raise AwsError("ClientException", "The specified task definition does not exist.")
    found["status"] = "INACTIVE"
    found["deregisteredAt"] = stamp(context.cloud.clock.now())
    return {"taskDefinition": found}


@handles("ecs", "ListTaskDefinitions")
def list_definitions(context: Context) -> Result:
    """ListTaskDefinitions by family prefix and status."""
    p = context.params
    status, prefix = p.get("status") or "ACTIVE", p.get("familyPrefix")
    found = [
        d["taskDefinitionArn"]
        for family, listed in sorted(store_of(context).definitions.items())
        if prefix in (None, family)
        for d in listed
        if d["status"] == status
    ]
    return page(context, found[::-1] if p.get("sort") == "DESC" else found, "taskDefinitionArns")


@handles("ecs", "ListTaskDefinitionFamilies")
def list_families(context: Context) -> Result:
    """ListTaskDefinitionFamilies."""
    p = context.params
    status, prefix = p.get("status") or "ACTIVE", str(p.get("familyPrefix") or "")
    found = [
        family
        for family, listed in sorted(store_of(context).definitions.items())
        if family.startswith(prefix)
        and (status == "ALL" or any(d["status"] == status for d in listed))
    ]
    return page(context, found, "families")
