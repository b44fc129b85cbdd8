"""The service scheduler: rolling deployments, retries, the circuit breaker, steady states.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
"""

from __future__ import annotations

import math

from wizard.lab.cloud.agenda import act, schedule
from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.deployments import finish, note
from wizard.lab.cloud.ecs.failing import count_failures, failed, give_way, remember
from wizard.lab.cloud.ecs.lifecycle import stop, touch_service
from wizard.lab.cloud.ecs.making import Order, make_task, refusal_of, role_refusal
from wizard.lab.cloud.ecs.store import Store, find_definition, last, store_at, tasks_of
from wizard.lab.cloud.ecs.view import View, ready
from wizard.lab.cloud.state import Cloud, Record


def wake(cloud: Cloud, store: Store, service: Record) -> None:
    """Has the scheduler look at a service as soon as anybody calls again."""
    now = cloud.clock.now()
    schedule(
        cloud, cloud.clock.after(0.5, now), "service.reconcile", *store.key, service["serviceArn"]
    )


@act("service.reconcile")
def reconcile(cloud: Cloud, when: float, account: str, region: str, arn: str) -> None:
    """Brings a service nearer to what is wanted of it."""
    store = store_at(cloud, account, region)
    service = next((s for s in store.services.values() if s["serviceArn"] == arn), None)
    if service is None or service["status"] == "INACTIVE":
        return
    view = View(cloud, store, service, when)
    if service["status"] == "DRAINING":
        if all(t["lastStatus"] == "STOPPED" for t in tasks_of(store, service)):
            service["status"] = "INACTIVE"
        return
    for deployment in service["deployments"]:
        primary = deployment["status"] == "PRIMARY"
        deployment["desiredCount"] = view.desired if primary else 0
    count_failures(view)
    give_way(view)
    _stop_surplus(view)
    _stop_ill(view)
    _start_missing(view)
    _finish(view)
    note(store, service, when)


def _stop_surplus(view: View) -> None:
    """Old tasks go as far as enough healthy ones are left; surplus new ones go as well."""
    alive = view.alive
    old, new = view.others(alive), view.of_primary(alive)
    running_old = [t for t in old if t["lastStatus"] == "RUNNING" and not t.get("_ill")]
    going = [t for t in old if t["lastStatus"] != "RUNNING" or t.get("_ill")]
    healthy = len(running_old) + sum(ready(t) for t in new)
    spare = max(0, healthy - math.ceil(view.desired * view.percent("minimumHealthyPercent")))
    going += running_old[:spare]
    fit = [t for t in new if not t.get("_ill")]
    going += fit[view.desired :]
    for task in going:
        reason = f"Scaling activity initiated by (deployment {view.primary['id']})"
        _stop(view, task, str(task.get("_ill") or reason))
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


def _stop(view: View, task: Record, reason: str) -> None:
    stop(view.cloud, view.store, task, view.when, ("ServiceSchedulerInitiated", reason))


def _stop_ill(view: View) -> None:
    """Tasks that have turned unhealthy go once replacements are healthy.

    When maximumPercent leaves no room for a replacement, they go first, one by one.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    new = view.of_primary(view.alive)
    ill = [t for t in new if t.get("_ill")]
    fit = sum(ready(t) for t in new)
    going = ill[: max(0, fit + len(ill) - view.desired)]
    if ill and not going and len(view.alive) >= view.ceiling and len(new) <= view.desired:
        going = ill[:1]
    for task in going:
        _stop(view, task, str(task["_ill"]))
        view.tell(f"has stopped 1 running tasks: (task {last(str(task['taskArn']))}).")
        view.service["_steady"] = False


def _deadlocked(view: View) -> bool:
    new = view.of_primary(view.alive)
    stuck = not new and len(view.alive) >= view.ceiling and not view.primary.get("_deadlock")
    if stuck:
        view.primary["_deadlock"] = True
    return stuck


def _start_missing(view: View) -> None:
    primary = view.primary
    if primary["rolloutState"] == "FAILED":
        return
    alive = view.alive
    room = view.ceiling - len(alive)
    fit = [t for t in view.of_primary(alive) if not t.get("_ill")]
    missing = min(view.desired - len(fit), room)
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


def _later(view: View, due: float) -> None:
    """One look more at *due*, however often it is asked for."""
    if view.primary.get("_look") != due:
        view.primary["_look"] = due
        schedule(view.cloud, due, "service.reconcile", *view.store.key, view.service["serviceArn"])


def _order(view: View, definition: Record) -> Order:
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
        volumes=view.primary.get("volumeConfigurations") or [],
    )


def _start(view: View, count: int) -> list[Record]:
    definition = find_definition(view.store, view.primary["taskDefinition"])
    if definition is None or definition["status"] != "ACTIVE":
        _not_now(view, "failed to launch a task with (error TaskDefinition is inactive).")
        return []
    refusal = role_refusal(view.store, definition, {})
    if refusal:
        view.acted("ERROR", "SERVICE_TASK_CONFIGURATION_FAILURE", reason=refusal)
        _not_now(view, f"failed to launch a task with (error {refusal}).")
        return []
    order = _order(view, definition)
    started: list[Record] = []
    for _ in range(count):
        reason = refusal_of(view.cloud, view.store, order)
        if reason:
            view.acted("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", reason="RESOURCE:FARGATE")
            _not_now(view, f"was unable to place a task. Reason: {reason}.")
            break
        started.append(make_task(view.cloud, view.store, order, view.when))
    return started


def _not_now(view: View, text: str) -> None:
    view.tell(text)
    failed(view, view.primary["rolloutState"] == "IN_PROGRESS")
    _later(view, view.primary["_not_before"])


def _finish(view: View) -> None:
    """A rollout is complete, and a service steady, when only wanted tasks run."""
    primary, service = view.primary, view.service
    alive = view.alive
    running = [t for t in view.of_primary(alive) if ready(t)]
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
        remember(service)
        del service["deployments"][1:]
        view.tell(f"(deployment {primary['id']}) deployment completed.")
        view.deployed("INFO", "SERVICE_DEPLOYMENT_COMPLETED")
        finish(view.store, service, view.when, ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL"))
    if not service.get("_steady"):
        service["_steady"] = True
        view.tell("has reached a steady state.")
        view.acted("INFO", "SERVICE_STEADY_STATE")
    primary["_failures"] = 0
