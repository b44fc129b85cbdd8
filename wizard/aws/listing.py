"""What there is to pick from, what fails now, and who asks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import wizard.aws.readers  # noqa: F401
from wizard.aws.answers import Answer, Outcome, Refused
from wizard.aws.arns import cluster_in, short
from wizard.aws.calls import Calls, chunked, together
from wizard.aws.observe import failing, of_service, of_tasks, once, recent
from wizard.aws.reading import ODD_SHAPE, Reading
from wizard.core.answer import Choice, Failure, Identity
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.core.unread import Unread

SERVICES, TASKS = "ecs:DescribeServices", "ecs:DescribeTasks"
_BATCHES_AT_ONCE, _OF_A_GROUP = 8, 50


def _reading(calls: Calls, target: Target) -> Reading:
    return Reading(calls, target, given={"observed-goals": frozenset()})


async def identity(calls: Calls) -> Identity:
    """Return who asks; the account and ARN are empty where STS cannot be reached."""
    calls.source.warm(("sts",))
    found = await _reading(calls, Target()).part("identity")
    known = {} if isinstance(found, Unread) else found
    source = calls.source
    return Identity(
        str(known.get("Account", "")), str(known.get("Arn", "")), source.region, source.partition
    )


async def choices(calls: Calls, kind: str, target: Target) -> list[Choice]:
    """Return what there is of `kind` for `target`; empty where it cannot be read."""
    calls.source.warm(("ecr",) if kind == "repository" else ("ecs",))
    return await _CHOICES[kind](_reading(calls, target))


async def _clusters(reading: Reading) -> list[Choice]:
    names = await reading.part("cluster-names")
    if isinstance(names, Unread):
        return []
    answers = await together(
        *(reading.calls.one_of("ecs:DescribeClusters", "clusters", one, 100) for one in names)
    )
    notes = {
        one["clusterName"]: f"{one.get('activeServicesCount', 0)} services, "
        f"{one.get('runningTasksCount', 0)} tasks"
        for answer in answers
        if not isinstance(answer, Refused)
        for one in answer["clusters"]
    }
    return [Choice(name, notes.get(name, "")) for name in names]


async def service_names(calls: Calls, cluster: str) -> list[str] | Refused:
    """Return the names of the services of `cluster`, sorted, or why they cannot be listed."""
    listed = await calls.call("ecs:ListServices", cluster=cluster, maxResults=100)
    if isinstance(listed, Refused):
        return listed
    return sorted(str(short(arn)) for arn in listed.get("serviceArns", ()))


async def services_named(
    calls: Calls, cluster: str, names: Sequence[str]
) -> dict[str, Answer | Unread | None]:
    """Return the entries of DescribeServices of `names`; None where AWS has none any more."""
    batches = chunked(names, 10)
    answers = await together(
        *(calls.call(SERVICES, cluster=cluster, services=list(some)) for some in batches)
    )
    found: dict[str, Answer | Unread | None] = {}
    for some, answer in zip(batches, answers, strict=True):
        if isinstance(answer, Refused):
            found |= dict.fromkeys(some, answer.unread)
        else:
            told = {one["serviceName"]: one for one in answer["services"]}
            found |= {name: told.get(name) for name in some}
    return found


async def service_answers(calls: Calls, cluster: str) -> list[Answer]:
    """Return every service of `cluster` that can be described, by name."""
    names = await service_names(calls, cluster)
    if isinstance(names, Refused):
        return []
    found = await services_named(calls, cluster, names)
    return [one for one in found.values() if isinstance(one, dict)]


async def _services(reading: Reading) -> list[Choice]:
    cluster = await reading.part("cluster-name")
    if isinstance(cluster, Unread):
        return []
    return [
        Choice(
            one["serviceName"],
            f"{one.get('runningCount', 0)} of {one.get('desiredCount', 0)} running",
        )
        for one in await service_answers(reading.calls, cluster)
    ]


async def _tasks(reading: Reading) -> list[Choice]:
    found = await reading.part("task-answers")
    if isinstance(found, Unread):
        return []
    return [
        Choice(
            str(short(one["taskArn"])),
            " ".join(filter(None, (one.get("lastStatus"), one.get("group"), one.get("createdAt")))),
        )
        for one in found
    ]


async def _containers(reading: Reading) -> list[Choice]:
    found = await reading.part("containers")
    if isinstance(found, Unread):
        return []
    return [Choice(one.name, one.agent or "") for one in found]


async def _repositories(reading: Reading) -> list[Choice]:
    answer = await reading.calls.call("ecr:DescribeRepositories")
    if isinstance(answer, Refused):
        return []
    return [
        Choice(one["repositoryName"], one.get("repositoryUri", ""))
        for one in answer.get("repositories", ())
    ]


_CHOICES: dict[str, Callable[[Reading], Awaitable[list[Choice]]]] = {
    "cluster": _clusters,
    "service": _services,
    "task": _tasks,
    "container": _containers,
    "repository": _repositories,
}


async def failures(calls: Calls, knowledge: Knowledge, cluster: str | None) -> list[Failure]:
    """Return what fails now, newest first: each service's symptoms, and standalone tasks'."""
    calls.source.warm(("ecs",))
    if cluster:
        names = [str(short(cluster))]
    else:
        found = await _reading(calls, Target()).part("cluster-names")
        names = [] if isinstance(found, Unread) else found
    some = await together(*(_of_cluster(calls, knowledge, name) for name in names))
    every = [one for few in some for one in few]
    return sorted(every, key=lambda one: one.at or "", reverse=True)


async def tasks_by_group(calls: Calls, cluster: str) -> dict[str, list[Answer]] | Unread:
    """Return the cluster's tasks by group, newest first: of each the newest that run and the newest
    that have stopped, `_OF_A_GROUP` of both. The others are not held in memory."""
    try:
        return await _tasks_by_group(calls, cluster)
    except ODD_SHAPE:
        return Unread(TASKS, "unexpected-answer")


async def _tasks_by_group(calls: Calls, cluster: str) -> dict[str, list[Answer]] | Unread:
    listed = await together(
        *(
            calls.call("ecs:ListTasks", cluster=cluster, desiredStatus=one)
            for one in ("RUNNING", "STOPPED")
        )
    )
    refused = [one for one in listed if isinstance(one, Refused)]
    if len(refused) == len(listed):
        return refused[0].unread
    arns = [arn for one in listed if isinstance(one, dict) for arn in one.get("taskArns", ())]
    batches = chunked(sorted(str(short(arn)) for arn in set(arns)), 100)
    kept: dict[tuple[str, bool], list[Answer]] = {}
    gate = asyncio.Semaphore(_BATCHES_AT_ONCE)

    async def describe(some: Sequence[str]) -> Outcome:
        async with gate:
            own = calls.branch()
            answer = await own.call(TASKS, cluster=cluster, tasks=list(some))
            if isinstance(answer, Refused):
                calls.made |= own.made
            else:
                _sort_in(kept, answer["tasks"])
                own.release()
            return answer

    answers = await together(*(describe(some) for some in batches))
    failed = [one for one in answers if isinstance(one, Refused)]
    if failed and len(failed) == len(answers):
        return failed[0].unread
    grouped: dict[str, list[Answer]] = {}
    for (group, _), tasks in sorted(kept.items()):
        grouped[group] = _newest([*grouped.get(group, ()), *tasks])
    return grouped


def _sort_in(kept: dict[tuple[str, bool], list[Answer]], tasks: list[Answer]) -> None:
    for task in tasks:
        key = (str(task.get("group", "")), task.get("lastStatus") == "STOPPED")
        kept.setdefault(key, []).append(task)
    for key, some in kept.items():
        if len(some) > _OF_A_GROUP:
            kept[key] = _newest(some)[:_OF_A_GROUP]


def _newest(tasks: list[Answer]) -> list[Answer]:
    return sorted(tasks, key=lambda task: str(task.get("createdAt", "")), reverse=True)


async def _of_cluster(calls: Calls, knowledge: Knowledge, cluster: str) -> list[Failure]:
    jobs: tuple[Any, ...] = (service_answers(calls, cluster), tasks_by_group(calls, cluster))
    services, grouped = await together(*jobs)
    tasks = {} if isinstance(grouped, Unread) else grouped
    found: list[Failure] = []
    for service in services:
        name = service["serviceName"]
        own = tasks.get(f"service:{name}", [])
        if not failing(service, own, calls.source.now):
            continue
        stopped = recent(service, own)
        at = stopped[0].get("stoppedAt") if stopped else _newest_event(service)
        target = Target(goal="start", cluster=cluster, service=name)
        seen = once([*of_tasks(knowledge, stopped), *of_service(knowledge, service)])
        found += [Failure(one, target, at) for one in seen]
    for group, some in tasks.items():
        if group.startswith("service:"):
            continue
        for task in [one for one in some if one.get("stoppedReason")][:3]:
            name = str(short(task["taskArn"]))
            where = cluster_in(task["taskArn"]) or cluster
            target = Target(goal="start", cluster=where, task=name)
            found += [
                Failure(one, target, task.get("stoppedAt")) for one in of_tasks(knowledge, [task])
            ][:1]
    return [one for one in found if not knowledge.symptom(one.observed.symptom).harmless]


def _newest_event(service: Answer) -> str | None:
    events = service.get("events") or [{}]
    found: str | None = events[0].get("createdAt")
    return found
