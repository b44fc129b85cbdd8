"""A task's way through its states, down as well as up.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from __future__ import annotations

from wizard.lab.cloud.agenda import act, schedule
from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.news import task_changed
from wizard.lab.cloud.ecs.store import Store, last, store_at
from wizard.lab.cloud.state import Cloud, Record

_STUCK_S = 30.0
# A container is PENDING until it runs; the task's other states are the task's own.
_CONTAINER = {"RUNNING": "RUNNING", "STOPPED": "STOPPED"}


def mark(task: Record, status: str) -> None:
    """Sets the task's last status, its containers' with it, and counts the version up."""
    task["lastStatus"] = status
    task["version"] = int(task.get("version", 0)) + 1
    if status in _CONTAINER:
        for container in task["containers"]:
            container["lastStatus"] = _CONTAINER[status]


def touch_service(store: Store, task: Record) -> None:
    """Counts the service's tasks anew."""
    arn = task.get("_service")
    service = store.services.get(str(task.get("_service_key")))
    if not arn or service is None:
        return
    tasks = [t for t in store.tasks.values() if t.get("_service") == arn]
    service["runningCount"] = sum(t["lastStatus"] == "RUNNING" for t in tasks)
    service["pendingCount"] = sum(
        t["lastStatus"] in ("PROVISIONING", "PENDING", "ACTIVATING") for t in tasks
    )
    for deployment in service["deployments"]:
        own = [t for t in tasks if t.get("startedBy") == deployment["id"]]
        deployment["runningCount"] = sum(t["lastStatus"] == "RUNNING" for t in own)
        deployment["pendingCount"] = sum(
            t["lastStatus"] in ("PROVISIONING", "PENDING", "ACTIVATING") for t in own
        )


def fail(cloud: Cloud, store: Store, task: Record, when: float, reason: str) -> None:
    """A task that never ran stops with stop code TaskFailedToStart."""
    task["_failed_to_start"] = True
    stop(cloud, store, task, when, ("TaskFailedToStart", reason))


def stop(cloud: Cloud, store: Store, task: Record, when: float, why: tuple[str, str]) -> None:
    """Begins to stop a task; *why* is the stop code and the reason."""
    from wizard.lab.cloud.launch import balancing

    if task["desiredStatus"] == "STOPPED":
        return
    task["desiredStatus"] = "STOPPED"
    task["stopCode"], task["stoppedReason"] = why
    task["stoppingAt"] = stamp(when)
    ran = task["lastStatus"] == "RUNNING"
    task["_ran"] = ran
    mark(task, "DEACTIVATING" if ran else "DEPROVISIONING")
    touch_service(store, task)
    task_changed(store, task, when)
    balancing.drain(store, task, when)
    where = (*store.key, last(str(task["taskArn"])))
    if ran:
        schedule(cloud, cloud.clock.after(3.0, when), "task.stopping", *where)
    else:
        schedule(cloud, cloud.clock.after(4.0, when), "task.stopped", *where)


@act("task.stopping")
def stopping(cloud: Cloud, when: float, account: str, region: str, task_id: str) -> None:
    """The containers end: by themselves with 0, unless they ended otherwise before."""
    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    if task is None:
        return
    for container in task["containers"]:
        container.setdefault("exitCode", 0)
    task["executionStoppedAt"] = stamp(when)
    mark(task, "DEPROVISIONING")
    task_changed(store, task, when)
    schedule(cloud, cloud.clock.after(4.0, when), "task.stopped", account, region, task_id)


@act("task.stopped")
def stopped(cloud: Cloud, when: float, account: str, region: str, task_id: str) -> None:
    """The interface goes, the task is STOPPED, and its service looks at what it has left."""
    from moto.ec2.models import ec2_backends

    from wizard.lab.cloud.launch import balancing, ebs

    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    if task is None:
        return
    if not ebs.release(cloud, store, task):
        # It stays in DEPROVISIONING as long as its volume cannot be let go.
        due = cloud.clock.after(_STUCK_S, when)
        schedule(cloud, due, "task.stopped", account, region, task_id)
        return
    balancing.deregister(cloud, store, task, when)
    eni = task.pop("_eni", None)
    if eni:
        ec2_backends[account][region].enis.pop(eni, None)
    for attachment in task["attachments"]:
        attachment["status"] = "DELETED"
    for container in task["containers"]:
        for managed in container.get("managedAgents") or []:
            managed["lastStatus"] = "STOPPED"
    mark(task, "STOPPED")
    task["stoppedAt"] = stamp(when)
    task["_stopped_at"] = when
    touch_service(store, task)
    task_changed(store, task, when)
    if task.get("_service"):
        schedule(cloud, when, "service.reconcile", account, region, task["_service"])
