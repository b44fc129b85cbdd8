"""The service scheduler: rolling deployments, retries, the circuit breaker, steady states.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wizard.lab.cloud.agenda import act, schedule
from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.deployments import new_deployment, note, threshold
from wizard.lab.cloud.ecs.lifecycle import stop, touch_service
from wizard.lab.cloud.ecs.making import Order, capacity_refusal, make_task, role_refusal
from wizard.lab.cloud.ecs.news import tell
from wizard.lab.cloud.ecs.store import Store, find_definition, last, store_at, tasks_of
from wizard.lab.cloud.state import Cloud, Record

_UNABLE = (
    "is unable to consistently start tasks successfully. For more information, see the"
    " Troubleshooting section of the Amazon ECS Developer Guide."
)
_FAILED = ("TaskFailedToStart", "EssentialContainerExited")


def wake(cloud: Cloud, store: Store, service: Record) -> None:
    """Has the scheduler look at a service as soon as anybody calls again."""
    now = cloud.clock.now()
    schedule(
        cloud, cloud.clock.after(0.5, now), "service.reconcile", *store.key, service["serviceArn"]
    )


@dataclass
class _View:
    """A service at one moment."""

    cloud: Cloud
    store: Store
    service: Record
    when: float

    @property
    def primary(self) -> Record:
        first: Record = self.service["deployments"][0]
        return first

    @property
    def alive(self) -> list[Record]:
        return [t for t in tasks_of(self.store, self.service) if t["desiredStatus"] == "RUNNING"]

    def of_primary(self, tasks: list[Record]) -> list[Record]:
        return [t for t in tasks if t["startedBy"] == self.primary["id"]]

    def others(self, tasks: list[Record]) -> list[Record]:
        return [t for t in tasks if t["startedBy"] != self.primary["id"]]

    @property
    def desired(self) -> int:
        return int(self.service["desiredCount"])

    def tell(self, text: str) -> None:
        tell(self.service, self.when, text)

    def percent(self, name: str) -> float:
        return float(self.service["deploymentConfiguration"][name]) / 100


@act("service.reconcile")
def reconcile(cloud: Cloud, when: float, account: str, region: str, arn: str) -> None:
    """Brings a service nearer to what is wanted of it."""
    store = store_at(cloud, account, region)
    service = next((s for s in store.services.values() if s["serviceArn"] == arn), None)
    if service is None or service["status"] == "INACTIVE":
        return
    view = _View(cloud, store, service, when)
    if service["status"] == "DRAINING":
        if all(t["lastStatus"] == "STOPPED" for t in tasks_of(store, service)):
            service["status"] = "INACTIVE"
        return
    for deployment in service["deployments"]:
        primary = deployment["status"] == "PRIMARY"
        deployment["desiredCount"] = view.desired if primary else 0
    _count_failures(view)
    _trip(view)
    _stop_surplus(view)
    _start_missing(view)
    _finish(view)
    note(store, service, when)


def _count_failures(view: _View) -> None:
    """Tasks of the rollout that stopped by themselves, each told and counted once."""
    rolling = view.primary["rolloutState"] == "IN_PROGRESS"
    for task in tasks_of(view.store, view.service):
        if task["lastStatus"] != "STOPPED" or task.get("_told"):
            continue
        task["_told"] = True
        if task.get("_failed_to_start"):
            reason = str(task["stoppedReason"]).rstrip(".")
            view.tell(f"was unable to place a task. Reason: {reason}.")
        failed = task["stopCode"] in _FAILED or "health checks" in str(task["stoppedReason"])
        if task["startedBy"] == view.primary["id"] and failed:
            _failed(view, rolling)


def _failed(view: _View, rolling: bool) -> None:
    primary = view.primary
    if rolling:
        primary["failedTasks"] += 1
    count = primary["_failures"] = int(primary.get("_failures", 0)) + 1
    # The waits grow up to fifteen minutes; AWS does not publish the exact steps.
    pause = 5.0 if count < 3 else min(30.0 * 2 ** (count - 3), 900.0)
    primary["_not_before"] = view.cloud.clock.after(pause, view.when)
    primary["updatedAt"] = stamp(view.when)
    if count == 3:
        view.tell(_UNABLE)


def _trip(view: _View) -> None:
    """The circuit breaker (deployment-circuit-breaker.html)."""
    primary, service = view.primary, view.service
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    if primary["rolloutState"] != "IN_PROGRESS" or not breaker.get("enable"):
        return
    if primary["failedTasks"] < threshold(service):
        return
    reason = "ECS deployment circuit breaker: tasks failed to start."
    primary["rolloutState"], primary["rolloutStateReason"] = "FAILED", reason
    view.tell(f"(deployment {primary['id']}) deployment failed: tasks failed to start.")
    completed = service.get("_completed")
    if not (breaker.get("rollback") and completed):
        note(view.store, service, view.when, "STOPPED", reason)
        return
    note(view.store, service, view.when, "ROLLBACK_SUCCESSFUL", reason)
    view.tell(f"rolling back to deployment {completed['id']}.")
    service["taskDefinition"] = completed["taskDefinition"]
    service["networkConfiguration"] = completed["networkConfiguration"]
    why = f"ECS deployment circuit breaker: rolling back to deploymentId {completed['id']}."
    new_deployment(view.cloud, view.store, service, view.when, why)


def _ready(task: Record) -> bool:
    """Whether a task counts as healthy: it runs, and its health checks have passed."""
    return task["lastStatus"] == "RUNNING" and not task.get("_awaiting")


def _stop_surplus(view: _View) -> None:
    """Old tasks go as far as enough healthy ones are left; surplus new ones go as well."""
    alive = view.alive
    old, new = view.others(alive), view.of_primary(alive)
    running_old = [t for t in old if t["lastStatus"] == "RUNNING"]
    going = [t for t in old if t["lastStatus"] != "RUNNING"]
    healthy = len(running_old) + sum(_ready(t) for t in new)
    spare = max(0, healthy - math.ceil(view.desired * view.percent("minimumHealthyPercent")))
    going += running_old[:spare]
    going += new[view.desired :]
    for task in going:
        reason = f"Scaling activity initiated by (deployment {view.primary['id']})"
        stop(view.cloud, view.store, task, view.when, ("ServiceSchedulerInitiated", reason))
    running = [t for t in going if t.get("_ran")]
    if running:
        names = " ".join(f"(task {last(t['taskArn'])})" for t in running)
        view.tell(f"has stopped {len(running)} running tasks: {names}.")
        view.service["_steady"] = False
    elif old and not going and _deadlocked(view):
        view.tell(
            "was unable to stop or start tasks during a deployment because of the service"
            " deployment configuration. Update the minimumHealthyPercent or maximumPercent value"
            " and try again."
        )


def _ceiling(view: _View) -> int:
    return math.floor(view.desired * view.percent("maximumPercent"))


def _deadlocked(view: _View) -> bool:
    new = view.of_primary(view.alive)
    stuck = not new and len(view.alive) >= _ceiling(view) and not view.primary.get("_deadlock")
    if stuck:
        view.primary["_deadlock"] = True
    return stuck


def _start_missing(view: _View) -> None:
    primary = view.primary
    if primary["rolloutState"] == "FAILED":
        return
    alive = view.alive
    room = _ceiling(view) - len(alive)
    missing = min(view.desired - len(view.of_primary(alive)), room)
    if missing <= 0:
        return
    if view.when < primary["_not_before"]:
        _later(view, primary["_not_before"])
        return
    started = _start(view, missing)
    if started:
        names = " ".join(f"(task {last(t['taskArn'])})" for t in started)
        view.tell(f"has started {len(started)} tasks: {names}.")
        view.service["_steady"] = False
        touch_service(view.store, started[0])


def _later(view: _View, due: float) -> None:
    """One look more at *due*, however often it is asked for."""
    if view.primary.get("_look") != due:
        view.primary["_look"] = due
        schedule(view.cloud, due, "service.reconcile", *view.store.key, view.service["serviceArn"])


def _order(view: _View, definition: Record) -> Order:
    service = view.service
    cluster = view.store.clusters[last(service["clusterArn"])]
    strategy = service.get("capacityProviderStrategy") or []
    return Order(
        cluster=cluster,
        definition=definition,
        network=view.primary["networkConfiguration"]["awsvpcConfiguration"],
        started_by=view.primary["id"],
        group=f"service:{service['serviceName']}",
        exec_enabled=bool(service["enableExecuteCommand"]),
        service=service,
        tags=service["tags"] if service["propagateTags"] == "SERVICE" else [],
        platform=view.primary["platformVersion"],
        spot=any(s.get("capacityProvider") == "FARGATE_SPOT" for s in strategy),
    )


def _start(view: _View, count: int) -> list[Record]:
    definition = find_definition(view.store, view.primary["taskDefinition"])
    if definition is None or definition["status"] != "ACTIVE":
        _not_now(view, "failed to launch a task with (error TaskDefinition is inactive).")
        return []
    refusal = role_refusal(view.store, definition, {})
    if refusal:
        _not_now(view, f"failed to launch a task with (error {refusal}).")
        return []
    order = _order(view, definition)
    started: list[Record] = []
    for _ in range(count):
        reason = capacity_refusal(view.cloud, view.store, order)
        if reason:
            _not_now(view, f"was unable to place a task. Reason: {reason}.")
            break
        started.append(make_task(view.cloud, view.store, order, view.when))
    return started


def _not_now(view: _View, text: str) -> None:
    view.tell(text)
    _failed(view, view.primary["rolloutState"] == "IN_PROGRESS")
    _later(view, view.primary["_not_before"])


def _finish(view: _View) -> None:
    """A rollout is complete, and a service steady, when only wanted tasks run."""
    primary, service = view.primary, view.service
    alive = view.alive
    running = [t for t in view.of_primary(alive) if _ready(t)]
    if len(running) != view.desired or len(alive) != view.desired:
        return
    leaving = [
        t
        for t in view.others(tasks_of(view.store, service))
        if t["lastStatus"] != "STOPPED" and t["startedBy"] != primary["id"]
    ]
    if leaving:
        return
    if primary["rolloutState"] == "IN_PROGRESS":
        primary["rolloutState"] = "COMPLETED"
        primary["rolloutStateReason"] = f"ECS deployment {primary['id']} completed."
        primary["updatedAt"] = stamp(view.when)
        service["_completed"] = {
            k: primary[k] for k in ("id", "taskDefinition", "networkConfiguration")
        }
        del service["deployments"][1:]
        view.tell(f"(deployment {primary['id']}) deployment completed.")
        note(view.store, service, view.when, "SUCCESSFUL")
    if not service.get("_steady"):
        service["_steady"] = True
        view.tell("has reached a steady state.")
    primary["_failures"] = 0
