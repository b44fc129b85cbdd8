"""The steps of a start, each against the state of its moment, and what each says when it fails.

AWS documents the steps but not the order of all of them. This one is that of `STAGES` in
`core/facts`, by which a diagnosis predicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wizard.lab.cloud.agenda import act, schedule
from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.lifecycle import fail, mark
from wizard.lab.cloud.ecs.news import task_changed
from wizard.lab.cloud.ecs.store import store_at
from wizard.lab.cloud.launch import ebs, pull, run, words
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.env_files import fetch_env_files
from wizard.lab.cloud.launch.logger import check_logger
from wizard.lab.cloud.launch.program import START
from wizard.lab.cloud.launch.provision import provision
from wizard.lab.cloud.launch.secrets_ import fetch_secrets
from wizard.lab.cloud.launch.volumes import mount_volumes
from wizard.lab.cloud.state import Cloud

# Nominal seconds: of a step that goes well, until a refusal is final, until a timeout is.
_REFUSED_S = 6.0
_TIMEOUT_S = 90.0
_SLOW = ("timeout", "timed out", "killed", "deadline")


@dataclass(frozen=True)
class Step:
    """One step: gives the reason why the task cannot start, or None."""

    run: Callable[[Attempt], str | None]
    seconds: float


STEPS: tuple[Step, ...] = (
    Step(provision, 8.0),
    Step(pull.registry_auth, 1.0),
    Step(fetch_secrets, 1.0),
    Step(pull.manifests, 2.0),
    Step(pull.layers, 6.0),
    Step(fetch_env_files, 1.0),
    Step(ebs.attach, 1.0),
    Step(mount_volumes, 1.0),
    Step(check_logger, 1.0),
    Step(run.activate, 2.0),
    Step(run.start, 0.0),
)


@act("task.step")
def step(cloud: Cloud, when: float, account: str, region: str, task_id: str, index: int) -> None:
    """Does one step of a task that has not been stopped meanwhile."""
    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    if task is None or task["desiredStatus"] == "STOPPED":
        return
    attempt = Attempt(cloud, store, task, when)
    before = task["lastStatus"]
    if STEPS[index].run is pull.manifests:
        task["pullStartedAt"] = stamp(when)
    reason = STEPS[index].run(attempt)
    if task["lastStatus"] != before:
        task_changed(store, task, when)
    if reason is not None:
        slow = any(sign in reason for sign in _SLOW)
        due = cloud.clock.after(_TIMEOUT_S if slow else _REFUSED_S, when)
        schedule(cloud, due, "task.fail", account, region, task_id, reason)
    elif index + 1 < len(STEPS):
        due = cloud.clock.after(STEPS[index].seconds, when)
        schedule(cloud, due, "task.step", account, region, task_id, index + 1)


@act("task.fail")
def give_up(
    cloud: Cloud, when: float, account: str, region: str, task_id: str, reason: str
) -> None:
    """Stops a task that could not start."""
    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    if task is None or task["desiredStatus"] == "STOPPED":
        return
    if reason.startswith((words.PULL, START)):
        for container in task["containers"]:
            container["reason"] = reason
    fail(cloud, store, task, when, reason)


def begin(cloud: Cloud, account: str, region: str, task_id: str, when: float) -> None:
    """Puts a new task's first step on the agenda."""
    store = store_at(cloud, account, region)
    mark(store.tasks[task_id], "PROVISIONING")
    task_changed(store, store.tasks[task_id], when)
    schedule(cloud, cloud.clock.after(2.0, when), "task.step", account, region, task_id, 0)
