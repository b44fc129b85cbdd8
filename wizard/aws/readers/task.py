"""The task in question: the named one, else the newest of the service, stopped ones too.

Stopped tasks can be described for about an hour
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html).
"""

from wizard.aws.answers import Answer, Outcome, Refused
from wizard.aws.arns import alike, short
from wizard.aws.calls import together
from wizard.aws.observe import failed, failing, recent, rollback, steady, taken_back
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Service, Task
from wizard.core.unread import Maybe, Unread

TASKS = "ecs:DescribeTasks"
_ALIVE = ("RUNNING", "PENDING", "ACTIVATING")
LIST = "ecs:ListTasks"


@reader("task-ids", calls=(LIST,))
async def task_ids(reading: Reading) -> Maybe[list[str]]:
    """The ids of the service's tasks (or the cluster's, without a service), running and stopped."""
    cluster = await reading.part("cluster-name")
    if isinstance(cluster, Unread):
        return cluster
    answers = await _listings(reading, cluster)
    refused = [one for one in answers if isinstance(one, Refused)]
    if len(refused) == len(answers):
        return [] if refused[0].absent else refused[0].unread
    arns = [arn for one in answers if isinstance(one, dict) for arn in one.get("taskArns", ())]
    return [str(short(arn)) for arn in arns]


async def _listings(reading: Reading, cluster: str) -> list[Outcome]:
    service = short(reading.target.service)
    where = {"cluster": cluster} | ({"serviceName": service} if service else {})
    kinds = ("RUNNING", "STOPPED")
    return await together(*(reading.call(LIST, **where, desiredStatus=one) for one in kinds))


@reader("tasks-unread", calls=(TASKS, LIST))
async def tasks_unread(reading: Reading) -> Unread | None:
    """What kept all or some of the tasks from being read; None where all of them were."""
    tasks = await reading.part("task-answers")
    if isinstance(tasks, Unread):
        return tasks
    if reading.target.task or "task-answers" in reading.given:
        return None
    cluster, ids = await reading.part("cluster-name"), await reading.part("task-ids")
    answers = await _listings(reading, cluster)
    answers += await together(
        *(reading.calls.one_of(TASKS, "tasks", one, 100, cluster=cluster) for one in ids)
    )
    refused = (one.unread for one in answers if isinstance(one, Refused) and not one.absent)
    return next(refused, None)


@reader("task-answers", calls=(TASKS,))
async def task_answers(reading: Reading) -> Maybe[list[Answer]]:
    """The described tasks of the service, newest first; the named task alone where one is named."""
    cluster = await reading.part("cluster-name")
    named = short(reading.target.task)
    ids = [named] if named else await reading.part("task-ids")
    if isinstance(cluster, Unread):
        return cluster
    if isinstance(ids, Unread):
        return ids
    answers = await together(
        *(reading.calls.one_of(TASKS, "tasks", one, 100, cluster=cluster) for one in ids)
    )
    refused = [one for one in answers if isinstance(one, Refused)]
    if answers and len(refused) == len(answers):
        return [] if refused[0].absent or _no_id(refused[0]) else refused[0].unread
    wanted, batches = set(ids), {id(one): one for one in answers if isinstance(one, dict)}
    found = {
        str(task["taskArn"]): task
        for one in batches.values()
        for task in one.get("tasks", ())
        if short(task["taskArn"]) in wanted
    }
    return sorted(found.values(), key=lambda task: str(task.get("createdAt", "")), reverse=True)


def _no_id(refused: Refused) -> bool:
    """Whether AWS says that what was named can be no task's id."""
    return (
        refused.code == "InvalidParameterException" and "taskid length" in refused.message.lower()
    )


@reader("task-answer")
async def task_answer(reading: Reading) -> Maybe[Answer | None]:
    """The task that is meant: for a shell a running one, if there is any, and of a service that is
    at rest one that cannot be entered; of one that does not come to rest the newest that has
    failed."""
    if not (reading.target.task or reading.target.service):
        return Unread(TASKS, "not-asked")
    tasks = await reading.part("task-answers")
    if isinstance(tasks, Unread):
        return tasks
    if reading.target.goal == "exec":
        tasks = sorted(tasks, key=lambda task: task.get("lastStatus") != "RUNNING")
        tasks = sorted(tasks, key=_is_open) if await _at_rest(reading) else tasks
    elif not reading.target.task:
        service = await reading.part("service-answer")
        if isinstance(service, dict):
            bad = failing(service, tasks, reading.calls.source.now)
            told = "start" in reading.given["observed-goals"]
            ended = recent(service, tasks) if bad else failed(service, tasks) if told else []
            if not bad and rollback(service):
                ended = taken_back(service, tasks)
            tasks = [*ended, *tasks]
    return tasks[0] if tasks else None


def _is_open(task: Answer) -> bool:
    """Whether nothing about the task itself says that it cannot be entered, or it does not run."""
    agents = [a for one in task.get("containers", ()) for a in one.get("managedAgents", ())]
    stopped = any(agent.get("lastStatus") == "STOPPED" for agent in agents)
    enabled = bool(task.get("enableExecuteCommand"))
    return task.get("lastStatus") != "RUNNING" or (enabled and not stopped)


async def _at_rest(reading: Reading) -> bool:
    """Whether the service's tasks will stay; while they are replaced the newest are meant."""
    if reading.target.task or not reading.target.service:
        return False
    service = await reading.part("service-answer")
    return isinstance(service, dict) and steady(service)


@reader("task", calls=(TASKS, LIST))
async def task(reading: Reading) -> Maybe[Task]:
    """The task, and ids like its own where it is not there."""
    answer = await reading.part("task-answer")
    named = short(reading.target.task)
    if isinstance(answer, Unread):
        return Task(named, exists=answer, predates_exec=answer) if named else answer
    if answer is None:
        return await _absent(reading, named) if named else Unread(LIST, "none")
    return await _described(reading, answer)


async def _absent(reading: Reading, named: str) -> Task:
    ids = await reading.part("task-ids")
    known = [] if isinstance(ids, Unread) else ids
    reading.note("task.exists", TASKS, "task-missing", task=named, count=len(known))
    return Task(named, exists=False, similar=alike(named, known))


async def _described(reading: Reading, answer: Answer) -> Task:
    name = str(short(answer["taskArn"]))
    status, enabled = answer.get("lastStatus"), bool(answer.get("enableExecuteCommand"))
    reading.note("task", TASKS, "task-status", task=name, status=status)
    reading.note(
        "task.predates_exec", TASKS, "task-exec-on" if enabled else "task-exec-off", task=name
    )
    if not enabled:
        await _note_others(reading)
    group = str(answer.get("group", ""))
    service: Maybe[Service] = Unread("ecs:DescribeServices", "not-asked")
    if group.startswith("service:"):
        service = await reading.part("service")
    switched: Maybe[bool] = isinstance(service, Service) and service.exec_enabled
    reason = answer.get("stoppedReason")
    if reason:
        reading.note("task", TASKS, "task-stopped", task=name, reason=reason)
    return Task(
        name,
        exists=True,
        status=status,
        exec_enabled=enabled,
        predates_exec=switched if not enabled and status in _ALIVE else False,
        service=group.removeprefix("service:") if group.startswith("service:") else None,
        platform_version=answer.get("platformVersion"),
        stop_code=answer.get("stopCode"),
        stopped_reason=reason,
    )


async def _note_others(reading: Reading) -> None:
    """Say of how many of the service's tasks it is true, where of some it is not."""
    tasks = await reading.part("task-answers")
    known = tasks if isinstance(tasks, list) else []
    alive = [one for one in known if one.get("lastStatus") in _ALIVE]
    off = sum(not one.get("enableExecuteCommand") for one in alive)
    if 0 < off < len(alive):
        reading.note("task.predates_exec", TASKS, "tasks-exec-off", off=off, all=len(alive))
