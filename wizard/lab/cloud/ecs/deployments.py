"""Deployments of a service, as DescribeServices shows them and as resources of their own.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from __future__ import annotations

import copy
import math
import uuid
from dataclasses import dataclass

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.news import deployment_changed
from wizard.lab.cloud.ecs.store import Store, cluster_name, find_definition, new_number
from wizard.lab.cloud.state import Record


@dataclass(frozen=True)
class Rollback:
    """Why a service goes back, and to which service revision."""

    reason: str
    record: str
    revision: str


def new_deployment(
    store: Store,
    service: Record,
    when: float,
    why: tuple[str | None, Rollback | None] = (None, None),
) -> Record:
    """Puts a new PRIMARY deployment in front of a service; the present one becomes ACTIVE.

    *why* is the rollout's reason, if it is not the usual, and the rollback that it carries out:
    a rollback belongs to the service deployment that failed and makes no other.
    """
    reason, rollback = why
    number = new_number()
    deployment = _deployment(service, number, when)
    deployment["rolloutStateReason"] = reason or f"ECS deployment ecs-svc/{number} in progress."
    sources = []
    for old in service["deployments"]:
        old["status"] = "ACTIVE"
        sources.append(old["_revision"])
        if rollback is None:
            _end_record(store, old, when)
    service["deployments"].insert(0, deployment)
    service["_steady"] = False
    if rollback is None:
        _record(store, service, deployment, (when, sources[:1]))
    else:
        _roll_back(store, deployment, rollback, when)
    deployment_changed(store, service, ("INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"), when)
    return deployment


def _deployment(service: Record, number: str, when: float) -> Record:
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
        "_not_before": when,
    }
    for key in ("launchType", "capacityProviderStrategy"):
        if service.get(key):
            deployment[key] = service[key]
    if service.get("_volumes"):
        deployment["volumeConfigurations"] = copy.deepcopy(service["_volumes"])
    return deployment


def _platform(service: Record) -> str:
    given = str(service["platformVersion"])
    return "1.4.0" if given == "LATEST" else given


def threshold(service: Record) -> int:
    """How many failures trip the circuit breaker: half the desired count, 3 to 200.

    ``thresholdConfiguration`` may say otherwise: a count, or another percentage with those
    bounds or without.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html
    """
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    given = breaker.get("thresholdConfiguration") or {"type": "BOUNDED_PERCENT", "value": 50}
    value = int(given["value"])
    if given["type"] == "COUNT":
        return max(1, value)
    share = math.ceil(value / 100 * int(service["desiredCount"]))
    return max(1, share) if given["type"] == "UNBOUNDED_PERCENT" else max(3, min(200, share))


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
        "volumeConfigurations": deployment.get("volumeConfigurations"),
        "createdAt": deployment["createdAt"],
    }


def _roll_back(store: Store, deployment: Record, rollback: Rollback, when: float) -> None:
    deployment["_record"], deployment["_revision"] = rollback.record, rollback.revision
    record = store.deployments[rollback.record]
    record["status"] = "ROLLBACK_IN_PROGRESS"
    record["statusReason"] = rollback.reason
    record["updatedAt"] = stamp(when)
    record["rollback"] = {
        "reason": rollback.reason,
        "startedAt": stamp(when),
        "serviceRevisionArn": rollback.revision,
    }


# The states in which a service deployment has not come to its end.
OPEN = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


def record_of(store: Store, service: Record) -> Record | None:
    """The service deployment that the PRIMARY deployment belongs to."""
    return store.deployments.get(str(service["deployments"][0].get("_record")))


def _end_record(store: Store, deployment: Record, when: float) -> None:
    record = store.deployments.get(str(deployment.get("_record")))
    if record is not None and record["status"] in OPEN:
        _close(record, when, "STOPPED")


def _close(record: Record, when: float, status: str) -> None:
    record["status"] = status
    record["updatedAt"] = record["finishedAt"] = stamp(when)
    if status == "STOPPED":
        record["stoppedAt"] = stamp(when)
    breaker = record["deploymentCircuitBreaker"]
    if breaker["status"] == "MONITORING":
        breaker["status"] = "MONITORING_COMPLETE"


def note(store: Store, service: Record, when: float) -> None:
    """Brings the record of the PRIMARY deployment up to date."""
    deployment = service["deployments"][0]
    record = record_of(store, service)
    if record is None:
        return
    record["updatedAt"] = stamp(when)
    counts = {
        "requestedTaskCount": service["desiredCount"],
        "runningTaskCount": deployment["runningCount"],
        "pendingTaskCount": deployment["pendingCount"],
    }
    if deployment["_revision"] == record["targetServiceRevision"]["arn"]:
        record["targetServiceRevision"] |= counts
        record["deploymentCircuitBreaker"]["failureCount"] = deployment.get("_tripping", 0)


def finish(
    store: Store, service: Record, when: float, ends: tuple[str, str], reason: str = ""
) -> None:
    """Ends the PRIMARY deployment's record.

    *ends* is the status of a rollout and that of a rollback: (SUCCESSFUL, ROLLBACK_SUCCESSFUL)
    or (STOPPED, ROLLBACK_FAILED).
    """
    note(store, service, when)
    record = record_of(store, service)
    if record is None or record["status"] not in OPEN:
        return
    _close(record, when, ends[record["status"].startswith("ROLLBACK")])
    if reason:
        record["statusReason"] = reason
