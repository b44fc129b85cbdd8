"""A rollout that fails: failures counted, the circuit breaker, the way back.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
"""

from __future__ import annotations

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.deployments import (
    Rollback,
    finish,
    new_deployment,
    note,
    record_of,
    threshold,
)
from wizard.lab.cloud.ecs.store import tasks_of
from wizard.lab.cloud.ecs.view import View
from wizard.lab.cloud.state import Record

_UNABLE = (
    "is unable to consistently start tasks successfully. For more information, see the"
    " Troubleshooting section of the Amazon ECS Developer Guide."
)
_FAILED = ("TaskFailedToStart", "EssentialContainerExited")
_TRIPPED = "tasks failed to start."
# What DescribeServiceDeployments gives as the reason (the acceptance tests of
# hashicorp/terraform-provider-aws expect it verbatim).
_BREAKER = "Service deployment rolled back because the circuit breaker threshold was exceeded."
# No public source was found for the reason of a rollback that somebody asked for.
_ASKED = "Service deployment rolled back because it was stopped by the user."
# Of a service, what a rollback brings back.
_KEPT = ("taskDefinition", "networkConfiguration", "platformVersion", "loadBalancers", "_volumes")


def remember(service: Record) -> None:
    """Keeps what a completed deployment consists of, for a later rollback."""
    primary = service["deployments"][0]
    kept = {k: service[k] for k in _KEPT if k in service}
    service["_completed"] = kept | {"id": primary["id"], "_revision": primary["_revision"]}


def count_failures(view: View) -> None:
    """Tasks of the rollout that stopped by themselves, each told and counted once."""
    rolling = view.primary["rolloutState"] == "IN_PROGRESS"
    for task in tasks_of(view.store, view.service):
        ours = task["startedBy"] == view.primary["id"]
        if task.get("_passed") and not task.get("_passed_seen"):
            task["_passed_seen"] = True
            _breathe(view, ours)
        if task["lastStatus"] != "STOPPED" or task.get("_told"):
            continue
        task["_told"] = True
        if task.get("_failed_to_start"):
            reason = str(task["stoppedReason"]).rstrip(".")
            view.tell(f"was unable to place a task. Reason: {reason}.")
        if ours and (task["stopCode"] in _FAILED or "health checks" in str(task["stoppedReason"])):
            failed(view, rolling)


def _breathe(view: View, ours: bool) -> None:
    """A task that turned out healthy sets the breaker's count back, unless that is off.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html
    """
    breaker = view.service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    if ours and breaker.get("resetOnHealthyTask") is not False:
        view.primary["_tripping"] = 0


def failed(view: View, rolling: bool) -> None:
    """Counts a task that could not be started, or did not stay, and waits before the next."""
    primary = view.primary
    if rolling:
        primary["failedTasks"] += 1
        primary["_tripping"] = int(primary.get("_tripping", 0)) + 1
    count = primary["_failures"] = int(primary.get("_failures", 0)) + 1
    # The waits grow up to fifteen minutes; AWS does not publish the exact steps.
    pause = 5.0 if count < 3 else min(30.0 * 2 ** (count - 3), 900.0)
    primary["_not_before"] = view.cloud.clock.after(pause, view.when)
    primary["updatedAt"] = stamp(view.when)
    if count == 3:
        view.tell(_UNABLE)
        view.acted("WARN", "SERVICE_TASK_START_IMPAIRED")


def give_way(view: View) -> None:
    """Ends a rollout that the circuit breaker, or somebody, has given up."""
    record = record_of(view.store, view.service)
    if record is not None and record["status"] == "ROLLBACK_REQUESTED":
        _called_off(view)
        return
    primary, service = view.primary, view.service
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    if primary["rolloutState"] != "IN_PROGRESS" or not breaker.get("enable"):
        return
    if int(primary.get("_tripping", 0)) < threshold(service):
        return
    reason = f"ECS deployment circuit breaker: {_TRIPPED}"
    if record is not None:
        note(view.store, service, view.when)
        record["deploymentCircuitBreaker"]["status"] = "TRIGGERED"
    _fail(view, reason)
    view.tell(f"(deployment {primary['id']}) deployment failed: {_TRIPPED}")
    completed = service.get("_completed")
    back = record is not None and record["status"] == "ROLLBACK_IN_PROGRESS"
    if back or not (breaker.get("rollback") and completed):
        finish(view.store, service, view.when, ("STOPPED", "ROLLBACK_FAILED"), reason)
        return
    why = f"ECS deployment circuit breaker: rolling back to deploymentId {completed['id']}."
    _go_back(view, completed, _BREAKER, why)


def _fail(view: View, reason: str) -> None:
    view.primary["rolloutState"], view.primary["rolloutStateReason"] = "FAILED", reason
    view.primary["updatedAt"] = stamp(view.when)
    view.deployed("ERROR", "SERVICE_DEPLOYMENT_FAILED")


def _called_off(view: View) -> None:
    """StopServiceDeployment: back to what was completed; with nothing there, it just stops."""
    completed = view.service.get("_completed")
    view.primary["rolloutState"] = "FAILED"
    view.primary["updatedAt"] = stamp(view.when)
    if completed is None:
        finish(view.store, view.service, view.when, ("STOPPED", "STOPPED"), _ASKED)
        return
    _go_back(view, completed, _ASKED, None)


def _go_back(view: View, completed: Record, reason: str, why: str | None) -> None:
    service = view.service
    view.tell(f"rolling back to deployment {completed['id']}.")
    service.pop("_volumes", None)
    service |= {k: completed[k] for k in _KEPT if k in completed}
    rollback = Rollback(reason, str(view.primary["_record"]), str(completed["_revision"]))
    new_deployment(view.store, service, view.when, (why, rollback))
