"""What a container does once it runs: writes, crashes, grows too big, passes its health check."""

from __future__ import annotations

from wizard.lab.cloud.agenda import act, again, schedule
from wizard.lab.cloud.ecs.lifecycle import stop
from wizard.lab.cloud.ecs.news import tell
from wizard.lab.cloud.ecs.store import store_at
from wizard.lab.cloud.launch import program
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.logger import write
from wizard.lab.cloud.state import Cloud, Record

# runc's exit code when the kernel cannot execute the program.
_CANNOT_EXECUTE = 255


def behave(attempt: Attempt, container: Record) -> None:
    """Sets a container's program on its way."""
    where = (*attempt.store.key, attempt.id)
    name = str(container["name"])
    labels = program.program_of(attempt.task, name).labels
    after = attempt.cloud.clock.after(float(labels.get("lab.exit-after", 5)), attempt.when)
    if program.foreign(attempt, container) or labels.get("lab.start") == "exec-format":
        first = str((container.get("entryPoint") or container.get("command") or ["/app"])[0])
        write(attempt, name, f"exec {first}: exec format error")
        schedule(attempt.cloud, after, "container.exit", *where, name, _CANNOT_EXECUTE, "")
        return
    write(attempt, name, labels.get("lab.log", "listening"))
    if _too_small(attempt, container, labels):
        reason = "OutOfMemoryError: Container killed due to memory usage"
        schedule(attempt.cloud, after, "container.exit", *where, name, 137, reason)
    elif "lab.exit-code" in labels:
        code = int(labels["lab.exit-code"])
        schedule(attempt.cloud, after, "container.exit", *where, name, code, "")
    _expect_health(attempt, container, where)


def _too_small(attempt: Attempt, container: Record, labels: dict[str, str]) -> bool:
    wanted = int(labels.get("lab.memory-mib", 0))
    limit = container.get("memory") or attempt.definition.get("memory") or 512
    return wanted > int(str(limit))


def _expect_health(attempt: Attempt, container: Record, where: tuple[str, str, str]) -> None:
    check = container.get("healthCheck")
    if not check:
        return
    name = str(container["name"])
    if container.get("essential", True):
        attempt.task["_awaiting"].append(name)
    due = attempt.cloud.clock.after(float(check.get("interval") or 30), attempt.when)
    schedule(attempt.cloud, due, "container.health", *where, name, 1, attempt.when)


@act("container.health")
def check_health(
    cloud: Cloud, when: float, account: str, region: str, task_id: str, *rest: object
) -> None:
    """One run of a container's health check command, and the next one after its interval.

    The retries of the start period do not count; so many failures in a row after it make the
    container unhealthy, and one success makes it healthy again
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html).
    """
    name, count, begun = str(rest[0]), int(str(rest[1])), float(str(rest[2]))
    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    if task is None or task["desiredStatus"] == "STOPPED":
        return
    attempt = Attempt(cloud, store, task, when)
    given = next(c for c in attempt.containers if c["name"] == name)
    check = given["healthCheck"]
    age = (when - begun) * cloud.clock.speed
    own = program.program_of(task, name)
    following = 1
    if program.health_command_passes(own, check.get("command") or [], age):
        _found_well(attempt, name)
    elif age > float(check.get("startPeriod") or 0):
        following = count + 1
        if count >= int(check.get("retries") or 3):
            _found_ill(attempt, given)
    due = again(cloud, when, float(check.get("interval") or 30))
    schedule(cloud, due, "container.health", account, region, task_id, name, following, begun)


def _status(task: Record, name: str, new: str = "") -> str:
    """The health of a container before it is set to *new*, if that is given."""
    found = next(c for c in task["containers"] if c["name"] == name)
    old = str(found["healthStatus"])
    found["healthStatus"] = new or old
    return old


def passed(attempt: Attempt, check: str) -> None:
    """One of the checks that the task waits for went well; after the last it is healthy."""
    task = attempt.task
    waiting = task["_awaiting"]
    if check not in waiting:
        return
    waiting.remove(check)
    if not waiting:
        task["_passed"] = True
    look(attempt)


def _found_well(attempt: Attempt, name: str) -> None:
    task = attempt.task
    if _status(task, name, "HEALTHY") != "HEALTHY":
        checked = [str(c["name"]) for c in attempt.containers if c.get("healthCheck")
                   and c.get("essential", True)]  # fmt: skip
        if all(_status(task, n) == "HEALTHY" for n in checked):
            task["healthStatus"] = "HEALTHY"
    passed(attempt, name)


def _found_ill(attempt: Attempt, container: Record) -> None:
    task, name = attempt.task, str(container["name"])
    if _status(task, name, "UNHEALTHY") == "UNHEALTHY" or not container.get("essential", True):
        return
    task["healthStatus"] = "UNHEALTHY"
    service = attempt.store.services.get(str(task.get("_service_key")))
    if service is None:
        # A task that no service started goes on (healthcheck.html).
        return
    tell(service, attempt.when, f"(task {attempt.id}) failed container health checks.")
    fall_ill(attempt, "Task failed container health checks")


def fall_ill(attempt: Attempt, reason: str) -> None:
    """A task that never was healthy stops at once; one that was goes when it is replaced.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """
    task = attempt.task
    if task.get("_passed"):
        task["_ill"] = reason
        look(attempt)
        return
    why = ("ServiceSchedulerInitiated", reason)
    stop(attempt.cloud, attempt.store, task, attempt.when, why)


def look(attempt: Attempt) -> None:
    """Has the scheduler look at the task's service."""
    service = attempt.task.get("_service")
    if service:
        schedule(attempt.cloud, attempt.when, "service.reconcile", *attempt.store.key, service)
