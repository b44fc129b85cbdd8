"""Symptoms found live: what stopped tasks, their containers, deployments and events say.

The text is classified first; `stopCode` only where the text tells nothing, since it is coarse
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from wizard.aws.answers import Answer
from wizard.aws.arns import short
from wizard.aws.reading import Reading
from wizard.core.clean import one_line
from wizard.core.findings import Observed
from wizard.core.knowledge import Knowledge
from wizard.core.lookup import look_up
from wizard.core.unread import Unread

TASK, CONTAINER = "task stoppedReason", "container reason"
STATUS = "task lastStatus"
ROLLOUT, EVENT = "deployment rolloutStateReason", "service event"

_BY_CODE = {
    "UserInitiated": "start.stopped-by-request",
    "ServiceSchedulerInitiated": "start.stopped-by-request",
    "SpotInterruption": "start.spot-interrupted",
    "TerminationNotice": "start.host-maintenance",
    "EssentialContainerExited": "start.essential-exited",
}
_NOT_RUNNING = "exec.task-not-running"
_TASKS, _EVENTS = 3, 30
_LENGTH = 2000
_STEADY = "has reached a steady state"
_BACK = "rolling back to deployment"
_OWN_DEPLOYMENT = timedelta(seconds=5)
"""How long after its event the deployment that takes another back may begin."""
TAKEN_AWAY = ("UserInitiated", "SpotInterruption", "TerminationNotice")
"""Stop codes of tasks that ended neither by themselves nor for a fault that ECS saw
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html)."""
_FAILED = ("TaskFailedToStart", "EssentialContainerExited")
_ENDED = "Essential container in task exited"
TOLD_TO_STOP = (137, 143)
"""SIGKILL and SIGTERM, by which a task's other containers end with it."""
_SETTLED = timedelta(minutes=5)
"""How long a task must have run, at least, to be believed after others like it have ended."""


async def observe(reading: Reading, knowledge: Knowledge) -> list[Observed]:
    """Return what the target shows of failing now, newest first; nothing of what is over."""
    if reading.target.task and reading.target.goal == "exec":
        task = await reading.part("task-answer")
        told = of_tasks(knowledge, [task] if isinstance(task, dict) else [])
        return once([*told, *_not_running(knowledge, task)])
    if "start" not in await reading.part("goals"):
        return []
    tasks, service = await reading.part("task-answers"), await reading.part("service-answer")
    known = tasks if isinstance(tasks, list) else []
    if reading.target.task:
        return once(of_tasks(knowledge, known))
    if not isinstance(service, dict):
        return []
    bad = failing(service, known, reading.calls.source.now)
    if not bad and rollback(service) is None:
        return []
    ended = recent(service, known) if bad else taken_back(service, known)
    return once([*of_tasks(knowledge, ended), *of_service(knowledge, service)])


def _not_running(knowledge: Knowledge, task: Answer | Unread | None) -> Iterator[Observed]:
    """Yield that the named task cannot be entered in the state it is in
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html)."""
    if not isinstance(task, dict) or task.get("lastStatus") in (None, "RUNNING"):
        return
    if _NOT_RUNNING in knowledge.data["symptoms"]:
        reason = task.get("stoppedReason")
        text = f"{task['lastStatus']}: {reason}" if reason else str(task["lastStatus"])
        about = {"task": short(task["taskArn"])}
        yield Observed(_NOT_RUNNING, STATUS, one_line(text, _LENGTH), about)


def steady(service: Answer) -> bool:
    """Whether the service has what it wants: one completed deployment with all of its tasks.

    A failed one that was taken back may still be listed.
    """
    deployments = [
        one
        for one in service.get("deployments", ())
        if one.get("rolloutState") != "FAILED" or one.get("status") == "PRIMARY"
    ]
    finished = all(one.get("rolloutState", "COMPLETED") == "COMPLETED" for one in deployments)
    enough = int(service.get("runningCount", 0)) >= int(service.get("desiredCount", 0))
    return len(deployments) <= 1 and finished and enough


def failing(service: Answer, tasks: Iterable[Answer], now: datetime) -> bool:
    """Whether the service does not come to rest: it is not steady, or only looks so between two
    ends of a program that ends again and again."""
    return not steady(service) or _flaps(service, list(tasks), now)


def _flaps(service: Answer, tasks: list[Answer], now: datetime) -> bool:
    """Whether at least two tasks of the deployment ended by themselves, and those that run now are
    not older yet than twice what the ended ones reached, or than a few minutes."""
    mine = [task for task in tasks if task.get("startedBy") == _primary(service)]
    ended = [one for one in mine if one.get("stopCode") == "EssentialContainerExited"]
    lives = [_between(one.get("startedAt"), one.get("stoppedAt")) for one in ended]
    ages = [
        _between(one.get("startedAt"), now.isoformat())
        for one in mine
        if one.get("lastStatus") == "RUNNING"
    ]
    if len(ended) < 2 or not ages:
        return len(ended) >= 2
    return min(ages) < max(2 * max(lives), _SETTLED)


def _between(start: str | None, end: str | None) -> timedelta:
    if not start or not end:
        return timedelta()
    return datetime.fromisoformat(end) - datetime.fromisoformat(start)


def _primary(service: Answer) -> str | None:
    deployments = service.get("deployments", ())
    return next((one.get("id") for one in deployments if one.get("status") == "PRIMARY"), None)


def recent(service: Answer, tasks: Iterable[Answer]) -> list[Answer]:
    """Return the newest stopped tasks, those of the deployment in progress if it has any.

    A task that is just stopping has its reason already, but not yet all that its containers say.
    One that somebody stopped, or that AWS took the place of, tells nothing while others failed.
    """
    stopped = [task for task in tasks if task.get("stoppedReason")]
    stopped.sort(
        key=lambda task: (task.get("lastStatus") != "STOPPED", task.get("stopCode") in TAKEN_AWAY)
    )
    own = [task for task in stopped if task.get("startedBy") == _primary(service)]
    return (own or stopped)[:_TASKS]


def rollback(service: Answer) -> Answer | None:
    """Return the event of a failed deployment that ECS has taken back, unless somebody has deployed
    since: the service may be well, but not with what was meant to run
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html)."""
    events: list[Answer] = service.get("events", [])
    found = next((one for one in events if _BACK in str(one.get("message", ""))), None)
    deployments: list[Answer] = service.get("deployments", [])
    primary = next((one for one in deployments if one.get("status") == "PRIMARY"), {})
    when, begun = (found or {}).get("createdAt"), primary.get("createdAt")
    if found and when and begun:
        later = datetime.fromisoformat(begun) - datetime.fromisoformat(when)
        return None if later > _OWN_DEPLOYMENT else found
    return found


def taken_back(service: Answer, tasks: Iterable[Answer]) -> list[Answer]:
    """Return the newest tasks that failed in a deployment that is no more."""
    return [
        task
        for task in tasks
        if task.get("stopCode") in _FAILED and task.get("startedBy") != _primary(service)
    ][:_TASKS]


def failed(service: Answer, tasks: Iterable[Answer]) -> list[Answer]:
    """Return the newest stopped tasks of the deployment in force that ended by themselves."""
    return [
        task
        for task in tasks
        if task.get("stopCode") in _FAILED and task.get("startedBy") == _primary(service)
    ][:_TASKS]


def of_tasks(knowledge: Knowledge, tasks: Iterable[Answer]) -> Iterator[Observed]:
    """Yield what the reasons of stopped `tasks` show, the root before its consequences."""
    for task in tasks:
        reason = str(task.get("stoppedReason") or "")
        of_containers = [
            str(one["reason"]) for one in task.get("containers", ()) if one.get("reason")
        ]
        if _is_done(task) or not (reason or of_containers):
            continue
        text = "\n".join([reason, *of_containers])
        about = {"task": short(task["taskArn"])}
        matches = look_up(knowledge, text).matches
        for match in matches[:2]:
            in_reason = match.span[0] <= len(reason)
            said = reason if in_reason else _line_at(text, match.span[0])
            yield Observed(
                match.symptom.id,
                TASK if in_reason else CONTAINER,
                one_line(said, _LENGTH),
                {**about, **match.fields},
            )
        by_code = _BY_CODE.get(str(task.get("stopCode")))
        if not matches and by_code in knowledge.data["symptoms"]:
            yield Observed(str(by_code), TASK, one_line(text, _LENGTH), about)


def _is_done(task: Answer) -> bool:
    """Whether a task of no service has done its work: a container ended well, and with it at most
    those that were told to stop. `Essential container in task exited` is no error then."""
    states = task.get("containers", ())
    codes = {one.get("exitCode") for one in states}
    told = any(one.get("reason") for one in states)
    alone = not str(task.get("group", "")).startswith("service:")
    generic = task.get("stoppedReason") == _ENDED and not told
    return alone and generic and 0 in codes and codes <= {0, None, *TOLD_TO_STOP}


def _line_at(text: str, place: int) -> str:
    start = text.rfind("\n", 0, place) + 1
    return text[start:].partition("\n")[0]


def of_service(knowledge: Knowledge, service: Answer) -> Iterator[Observed]:
    """Yield what the deployments and the events since the last steady state show."""
    about = {"service": service.get("serviceName")}
    for deployment in service.get("deployments", ()):
        if deployment.get("rolloutState") != "COMPLETED":
            yield from _said(knowledge, deployment.get("rolloutStateReason"), ROLLOUT, about)
    back = rollback(service)
    for event in service.get("events", ())[:_EVENTS]:
        message = str(event.get("message", ""))
        if event is back:
            back = None
        if _STEADY in message and back is None:
            return
        yield from _said(knowledge, message, EVENT, about)


def _said(
    knowledge: Knowledge, text: str | None, source: str, about: dict[str, str | None]
) -> Iterator[Observed]:
    for match in look_up(knowledge, text or "").matches[:1]:
        fields = {**about, **match.fields}
        yield Observed(match.symptom.id, source, one_line(text or "", _LENGTH), fields)


def once(found: Iterable[Observed]) -> list[Observed]:
    """Return each symptom once, where it was seen first."""
    kept: dict[str, Observed] = {}
    for one in found:
        kept.setdefault(one.symptom, one)
    return list(kept.values())
