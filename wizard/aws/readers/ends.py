"""How a container ended, if badly, by what its task and AWS say of it."""

from wizard.aws.answers import Answer
from wizard.aws.observe import TAKEN_AWAY, TOLD_TO_STOP
from wizard.aws.reading import Reading
from wizard.core.unread import Maybe, Unread

TASKS = "ecs:DescribeTasks"
_NOT_FOUND = ("executable file not found", "no such file or directory", "exec format error")
_CHECKS = "failed container health checks"
_NO_CHECK = ("NONE",)


def end_of(
    state: Answer, task: Answer, definition: Answer, *, checks_failed: bool
) -> Maybe[str | None]:
    """Return how the container ended badly; a task that was told to stop ends well
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html).

    `checks_failed`: AWS says that the task was stopped for its health checks.
    """
    unhealthy = _failed_check(state, task, definition) if checks_failed else False
    if state.get("healthStatus") == "UNHEALTHY" or unhealthy is True:
        return "unhealthy"
    reason = str(state.get("reason") or "")
    if "OutOfMemory" in reason:
        return "out-of-memory"
    if any(words in reason.lower() for words in _NOT_FOUND) and "pull" not in reason.lower():
        return "entrypoint"
    return unhealthy if isinstance(unhealthy, Unread) else _by_code(state, task, definition)


def _by_code(state: Answer, task: Answer, definition: Answer) -> Maybe[str | None]:
    code = state.get("exitCode")
    told = task.get("stopCode") in (*TAKEN_AWAY, "ServiceSchedulerInitiated")
    if task.get("lastStatus") != "STOPPED" or told or not isinstance(code, int):
        return None
    if code == 0 or code in TOLD_TO_STOP:
        first = _ended_first(state, task, definition)
        return first if isinstance(first, Unread) else "crash" if first else None
    return "entrypoint" if code in (126, 127) else "crash"


async def said_of_checks(reading: Reading, task: Answer) -> bool:
    """Whether AWS says of `task` that its health checks failed: in its reason or in an event of its
    service (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html).
    """
    if _CHECKS in str(task.get("stoppedReason") or "").lower():
        return True
    name = str(task.get("taskArn", "")).rpartition("/")[2]
    service = await reading.part("service-answer")
    events = service.get("events", ()) if isinstance(service, dict) else ()
    texts = (str(one.get("message", "")) for one in events)
    return bool(name) and any(name in text and _CHECKS in text.lower() for text in texts)


def _failed_check(state: Answer, task: Answer, definition: Answer) -> Maybe[bool]:
    """Whether it was this container's check. A stopped task may show every health as UNKNOWN; of
    several containers with a check nobody tells then which one's failed."""
    states = task.get("containers", ())
    if any(one.get("healthStatus") == "UNHEALTHY" for one in states):
        return False
    healthy = {one.get("name") for one in states if one.get("healthStatus") == "HEALTHY"}
    checked = {
        one["name"]
        for one in definition["containerDefinitions"]
        if tuple((one.get("healthCheck") or {}).get("command") or _NO_CHECK) != _NO_CHECK
    } - healthy
    if state.get("name") not in checked:
        return False
    return len(checked) == 1 or Unread(TASKS, "no-way")


def _ended_first(state: Answer, task: Answer, definition: Answer) -> Maybe[bool]:
    """Whether the task stopped because this container ended, with a code that containers also give
    that are told to stop because of another one's end.

    A service's program that is done without an error is done too early. Of several essential
    containers that were killed or terminated nobody tells which one was the first.
    """
    name = state.get("name")
    essential = [
        one.get("name")
        for one in definition.get("containerDefinitions", ())
        if one.get("essential", True)
    ]
    others = [one for one in task.get("containers", ()) if one.get("name") != name]
    if name not in essential or any(_ended_by_itself(one) for one in others):
        return False
    if state["exitCode"] == 0:
        served = str(task.get("group", "")).startswith("service:")
        alone = essential == [name]
        return served and alone and task.get("stopCode") == "EssentialContainerExited"
    codes = [one.get("exitCode") for one in others if one.get("name") in essential]
    if 0 in codes:
        return False
    return Unread(TASKS, "no-way") if any(code is not None for code in codes) else True


def _ended_by_itself(state: Answer) -> bool:
    bad = state.get("exitCode") not in (None, 0, *TOLD_TO_STOP)
    return bad or "OutOfMemory" in str(state.get("reason") or "")
