"""Services: creating, changing, deleting and showing them.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

from __future__ import annotations

import copy
from typing import Any

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.deployments import new_deployment
from wizard.lab.cloud.ecs.lifecycle import stop
from wizard.lab.cloud.ecs.scheduler import wake
from wizard.lab.cloud.ecs.store import (
    Store,
    cluster_name,
    cluster_of,
    definition_to_run,
    last,
    page,
    service_in,
    service_key,
    store_of,
    tasks_of,
)
from wizard.lab.cloud.ecs.validate import (
    check_balancers,
    check_controller,
    check_exec,
    check_network,
    check_percent,
    check_platform,
)
from wizard.lab.cloud.ecs.volumes import check_volumes
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Record

_DEFAULTS: Record = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}
# Of the parameters of UpdateService, these start a new deployment; the others do not
# (API_UpdateService.html says so at each parameter).
_ROLLING = (
    "taskDefinition",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "_volumes",
)


def _invalid(text: str) -> AwsError:
    return AwsError("InvalidParameterException", text)


@handles("ecs", "CreateService")
def create_service(context: Context) -> Result:
    """CreateService with the rolling deployment controller."""
    p, store = context.params, store_of(context)
    cluster = cluster_of(context)
    name = str(p["serviceName"])
    key = service_key(cluster_name(cluster), name)
    if key in store.services and store.services[key]["status"] == "ACTIVE":
        raise _invalid("Creation of service was not idempotent.")
    if key in store.services and store.services[key]["status"] == "DRAINING":
        raise _invalid("Unable to Start a service that is still Draining.")
    definition = definition_to_run(store, str(p.get("taskDefinition") or ""))
    check_exec(definition, p.get("enableExecuteCommand"), "created")
    if "FARGATE" not in definition["compatibilities"]:
        raise _invalid("Task definition does not support launch_type FARGATE.")
    network = check_network(context, definition, p.get("networkConfiguration"))
    check_balancers(context, definition, p.get("loadBalancers") or [])
    platform = str(p.get("platformVersion") or "LATEST")
    check_platform(definition, platform)
    volumes = check_volumes(context, definition, p.get("volumeConfigurations") or [], platform)
    configuration = copy.deepcopy(_DEFAULTS) | _given(p.get("deploymentConfiguration"))
    check_percent(configuration, p.get("availabilityZoneRebalancing"))
    service = _record(context, store, cluster, configuration)
    service["networkConfiguration"] = {"awsvpcConfiguration": network}
    service["taskDefinition"] = definition["taskDefinitionArn"]
    service["_volumes"] = volumes
    store.services[key] = service
    new_deployment(store, service, context.cloud.clock.now())
    wake(context.cloud, store, service)
    return {"service": service}


def _given(value: object) -> Record:
    given: dict[str, Any] = value if isinstance(value, dict) else {}
    return {k: v for k, v in given.items() if v is not None}


def _record(context: Context, store: Store, cluster: Record, configuration: Record) -> Record:
    p = context.params
    name = str(p["serviceName"])
    providers = p.get("capacityProviderStrategy") or []
    platform = str(p.get("platformVersion") or "LATEST")
    return {
        "serviceArn": store.arn(f"service/{cluster_name(cluster)}/{name}"),
        "serviceName": name,
        "clusterArn": cluster["clusterArn"],
        "loadBalancers": p.get("loadBalancers") or [],
        "serviceRegistries": p.get("serviceRegistries") or [],
        "status": "ACTIVE",
        "desiredCount": int(p.get("desiredCount") or 0),
        "runningCount": 0,
        "pendingCount": 0,
        **({"capacityProviderStrategy": providers} if providers else {"launchType": "FARGATE"}),
        "platformVersion": platform,
        "platformFamily": "Linux",
        "deploymentConfiguration": configuration,
        "deployments": [],
        "roleArn": (
            f"arn:{context.call.partition}:iam::{context.account}:role/aws-service-role/"
            "ecs.amazonaws.com/AWSServiceRoleForECS"
        ),
        "events": [],
        "createdAt": stamp(context.cloud.clock.now()),
        "createdBy": context.caller.arn,
        "placementConstraints": [],
        "placementStrategy": [],
        "healthCheckGracePeriodSeconds": int(p.get("healthCheckGracePeriodSeconds") or 0),
        "schedulingStrategy": "REPLICA",
        "deploymentController": p.get("deploymentController") or {"type": "ECS"},
        "enableECSManagedTags": bool(p.get("enableECSManagedTags")),
        "propagateTags": p.get("propagateTags") or "NONE",
        "enableExecuteCommand": bool(p.get("enableExecuteCommand")),
        "availabilityZoneRebalancing": p.get("availabilityZoneRebalancing") or "DISABLED",
        "tags": p.get("tags") or [],
    }


@handles("ecs", "UpdateService")
def update_service(context: Context) -> Result:
    """UpdateService; only some of its parameters start a new deployment.

    ``enableExecuteCommand`` alone changes no running task: tasks that start later have it.
    """
    p, store = context.params, store_of(context)
    service = service_in(context, str(p["service"]))
    check_controller(p, str(service["deploymentController"]["type"]))
    given = str(p.get("taskDefinition") or service["taskDefinition"])
    if p.get("taskDefinition") or p.get("forceNewDeployment"):
        definition = definition_to_run(store, given)
    else:
        definition = _definition_as_is(store, given)
    enabled = p.get("enableExecuteCommand")
    if enabled is None:
        enabled = service["enableExecuteCommand"]
    check_exec(definition, enabled, "updated")
    rolling = _change(context, service, definition)
    now = context.cloud.clock.now()
    if rolling or p.get("forceNewDeployment"):
        new_deployment(store, service, now)
    wake(context.cloud, store, service)
    return {"service": service}


def _definition_as_is(store: Store, arn: str) -> Record:
    from wizard.lab.cloud.ecs.store import find_definition

    found = find_definition(store, arn)
    if found is None:
        raise AwsError("ClientException", "TaskDefinition not found.")
    return found


def _change(context: Context, service: Record, definition: Record) -> bool:
    """Applies the parameters; True when one of them starts a new deployment."""
    p = context.params
    before = {k: copy.deepcopy(service.get(k)) for k in _ROLLING}
    if p.get("networkConfiguration"):
        network = check_network(context, definition, p["networkConfiguration"])
        service["networkConfiguration"] = {"awsvpcConfiguration": network}
    if p.get("loadBalancers") is not None or p.get("taskDefinition"):
        given = p.get("loadBalancers")
        check_balancers(context, definition, service["loadBalancers"] if given is None else given)
    _change_volumes(context, service, definition)
    service["taskDefinition"] = definition["taskDefinitionArn"]
    for key in (
        "platformVersion",
        "healthCheckGracePeriodSeconds",
        "enableExecuteCommand",
        "loadBalancers",
        "availabilityZoneRebalancing",
        "desiredCount",
        "propagateTags",
    ):
        if p.get(key) is not None:
            service[key] = p[key]
    if p.get("deploymentConfiguration"):
        changed = service["deploymentConfiguration"] | _given(p["deploymentConfiguration"])
        check_percent(changed, service["availabilityZoneRebalancing"])
        service["deploymentConfiguration"] = changed
    return any(before[k] != service.get(k) for k in _ROLLING)


def _change_volumes(context: Context, service: Record, definition: Record) -> None:
    """volumeConfigurations start a new deployment; an empty list takes the volumes away.

    Left out, they stay as they are, as far as the task definition still wants them
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html).
    """
    p = context.params
    platform = str(p.get("platformVersion") or service["platformVersion"])
    check_platform(definition, platform)
    given = p.get("volumeConfigurations")
    volumes = service.get("_volumes") or [] if given is None else given
    if given is not None or p.get("taskDefinition") or p.get("platformVersion"):
        volumes = check_volumes(context, definition, volumes, platform)
    service["_volumes"] = volumes


@handles("ecs", "DeleteService")
def delete_service(context: Context) -> Result:
    """DeleteService: scaled to nothing first, unless forced."""
    p, store = context.params, store_of(context)
    service = service_in(context, str(p["service"]))
    if service["desiredCount"] and not p.get("force"):
        raise _invalid(
            "The service cannot be stopped while deployments are active."
            if len(service["deployments"]) > 1
            else "The service cannot be stopped while it is scaled above 0."
        )
    now = context.cloud.clock.now()
    service["desiredCount"] = 0
    alive = [t for t in tasks_of(store, service) if t["desiredStatus"] == "RUNNING"]
    for task in alive:
        reason = f"Scaling activity initiated by (deployment {task['startedBy']})"
        stop(context.cloud, store, task, now, ("ServiceSchedulerInitiated", reason))
    service["status"] = "DRAINING" if alive else "INACTIVE"
    return {"service": service}


@handles("ecs", "DescribeServices")
def describe_services(context: Context) -> Result:
    """DescribeServices; services that are not there are failures."""
    p, store = context.params, store_of(context)
    cluster = cluster_name(cluster_of(context))
    given = p.get("services") or []
    if not given:
        raise _invalid("Services cannot be empty.")
    tags = "TAGS" in (p.get("include") or [])
    found, failures = [], []
    for name in given:
        service = store.services.get(service_key(cluster, last(str(name))))
        if service is None:
            arn = store.arn(f"service/{cluster}/{last(str(name))}")
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(service | {"tags": service["tags"] if tags else []})
    return {"services": found, "failures": failures}


@handles("ecs", "ListServices")
def list_services(context: Context) -> Result:
    """ListServices of a cluster."""
    cluster = cluster_name(cluster_of(context))
    found = [
        s["serviceArn"]
        for s in store_of(context).services.values()
        if cluster_name(s) == cluster and s["status"] == "ACTIVE"
    ]
    return page(context, found, "serviceArns")
