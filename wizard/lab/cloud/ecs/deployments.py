"""Deployments of a service, as DescribeServices shows them and as resources of their own.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from __future__ import annotations

import copy
import math
import uuid

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.store import (
    Store,
    cluster_name,
    find_definition,
    new_number,
    service_in,
    store_of,
)
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Cloud, Record


def new_deployment(
    cloud: Cloud, store: Store, service: Record, when: float, reason: str | None = None
) -> Record:
    """Puts a new PRIMARY deployment in front of a service; the present one becomes ACTIVE."""
    number = new_number()
    deployment: Record = {
        "id": f"ecs-svc/{number}",
        "status": "PRIMARY",
        "taskDefinition": service["taskDefinition"],
        "desiredCount": service["desiredCount"],
        "pendingCount": 0,
        "runningCount": 0,
        "failedTasks": 0,
        "createdAt": stamp(when),
        "updatedAt": stamp(when),
        "platformVersion": _platform(service),
        "platformFamily": "Linux",
        "networkConfiguration": copy.deepcopy(service["networkConfiguration"]),
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": reason or f"ECS deployment ecs-svc/{number} in progress.",
        "_not_before": when,
    }
    for key in ("launchType", "capacityProviderStrategy"):
        if service.get(key):
            deployment[key] = service[key]
    sources = []
    for old in service["deployments"]:
        old["status"] = "ACTIVE"
        sources.append(old["_revision"])
        _end_record(store, old, when, "STOPPED")
    service["deployments"].insert(0, deployment)
    service["_steady"] = False
    _record(store, service, deployment, (when, sources[:1]))
    return deployment


def _platform(service: Record) -> str:
    given = str(service["platformVersion"])
    return "1.4.0" if given == "LATEST" else given


def threshold(service: Record) -> int:
    """How many failures trip the circuit breaker: half the desired count, 3 to 200.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """
    return max(3, min(200, math.ceil(0.5 * int(service["desiredCount"]))))


def _record(
    store: Store, service: Record, deployment: Record, begun: tuple[float, list[str]]
) -> None:
    when, sources = begun
    base = f"{cluster_name(service)}/{service['serviceName']}"
    revision = store.arn(f"service-revision/{base}/{new_number()}")
    arn = store.arn(f"service-deployment/{base}/{uuid.uuid4().hex[:21]}")
    deployment["_revision"], deployment["_record"] = revision, arn
    store.revisions[revision] = _revision(store, service, deployment, revision)
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    store.deployments[arn] = {
        "serviceDeploymentArn": arn,
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "createdAt": stamp(when),
        "startedAt": stamp(when),
        "updatedAt": stamp(when),
        "sourceServiceRevisions": [{"arn": s} for s in sources],
        "targetServiceRevision": {"arn": revision, "requestedTaskCount": service["desiredCount"]},
        "status": "IN_PROGRESS",
        "deploymentConfiguration": copy.deepcopy(service["deploymentConfiguration"]),
        "deploymentCircuitBreaker": {
            "status": "MONITORING" if breaker["enable"] else "DISABLED",
            "failureCount": 0,
            "threshold": threshold(service),
        },
    }


def _revision(store: Store, service: Record, deployment: Record, arn: str) -> Record:
    definition = find_definition(store, deployment["taskDefinition"]) or {}
    return {
        "serviceRevisionArn": arn,
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "taskDefinition": deployment["taskDefinition"],
        "launchType": deployment.get("launchType"),
        "platformVersion": deployment["platformVersion"],
        "platformFamily": "Linux",
        "loadBalancers": service["loadBalancers"],
        "networkConfiguration": deployment["networkConfiguration"],
        "containerImages": [
            {"containerName": c["name"], "image": c["image"]}
            for c in definition.get("containerDefinitions", [])
        ],
        "guardDutyEnabled": False,
        "createdAt": deployment["createdAt"],
    }


def _end_record(store: Store, deployment: Record, when: float, status: str) -> None:
    record = store.deployments.get(str(deployment.get("_record")))
    if record is not None and record["status"] == "IN_PROGRESS":
        record["status"] = status
        record["finishedAt"] = record["updatedAt"] = stamp(when)


def note(
    store: Store, service: Record, when: float, status: str | None = None, reason: str = ""
) -> None:
    """Brings the record of the PRIMARY deployment up to date."""
    deployment = service["deployments"][0]
    record = store.deployments.get(str(deployment.get("_record")))
    if record is None:
        return
    record["updatedAt"] = stamp(when)
    record["targetServiceRevision"] |= {
        "requestedTaskCount": service["desiredCount"],
        "runningTaskCount": deployment["runningCount"],
        "pendingTaskCount": deployment["pendingCount"],
    }
    record["deploymentCircuitBreaker"]["failureCount"] = deployment["failedTasks"]
    if status and record["status"] == "IN_PROGRESS":
        record["status"] = status
        record["finishedAt"] = stamp(when)
        if reason:
            record["statusReason"] = reason


@handles("ecs", "ListServiceDeployments")
def list_service_deployments(context: Context) -> Result:
    """ListServiceDeployments, newest first."""
    p = context.params
    service = service_in(context, str(p["service"]))
    wanted = set(p.get("status") or [])
    found = [
        r
        for r in reversed(store_of(context).deployments.values())
        if r["serviceArn"] == service["serviceArn"] and (not wanted or r["status"] in wanted)
    ]
    keys = ("serviceDeploymentArn", "serviceArn", "clusterArn", "startedAt", "createdAt",
            "finishedAt", "status", "statusReason")  # fmt: skip
    brief = [
        {k: r[k] for k in keys if k in r}
        | {"targetServiceRevisionArn": r["targetServiceRevision"]["arn"]}
        for r in found
    ]
    return {"serviceDeployments": brief}


@handles("ecs", "DescribeServiceDeployments")
def describe_service_deployments(context: Context) -> Result:
    """DescribeServiceDeployments."""
    store = store_of(context)
    given = [str(a) for a in context.params.get("serviceDeploymentArns") or []]
    return {
        "serviceDeployments": [store.deployments[a] for a in given if a in store.deployments],
        "failures": [{"arn": a, "reason": "MISSING"} for a in given if a not in store.deployments],
    }


@handles("ecs", "DescribeServiceRevisions")
def describe_service_revisions(context: Context) -> Result:
    """DescribeServiceRevisions."""
    store = store_of(context)
    given = [str(a) for a in context.params.get("serviceRevisionArns") or []]
    return {
        "serviceRevisions": [
            {k: v for k, v in store.revisions[a].items() if v is not None}
            for a in given
            if a in store.revisions
        ],
        "failures": [{"arn": a, "reason": "MISSING"} for a in given if a not in store.revisions],
    }


@handles("ecs", "StopServiceDeployment")
def stop_service_deployment(context: Context) -> Result:
    """StopServiceDeployment: a deployment that still runs is marked as asked to stop."""
    store = store_of(context)
    arn = str(context.params["serviceDeploymentArn"])
    record = store.deployments.get(arn)
    if record is None:
        text = "The specified service deployment was not found."
        raise AwsError("ServiceDeploymentNotFoundException", text)
    if record["status"] == "IN_PROGRESS":
        record["status"] = "STOP_REQUESTED"
    return {"serviceDeploymentArn": arn}
