"""The service: its entry of DescribeServices and what follows from it."""

from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.arns import alike, short
from wizard.aws.observe import rollback, steady, taken_back
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Service
from wizard.core.unread import Maybe, Unread

SERVICES = "ecs:DescribeServices"
LIST, TASKS = "ecs:ListServices", "ecs:DescribeTasks"
DEFINITION = "ecs:DescribeTaskDefinition"


@reader("service-name")
async def service_name(reading: Reading) -> str | None:
    """The named service, or the one that the named task belongs to."""
    named = short(reading.target.service)
    if named or not reading.target.task:
        return named
    task = await reading.part("task-answer")
    group = task.get("group", "") if isinstance(task, dict) else ""
    return group.removeprefix("service:") if group.startswith("service:") else None


@reader("service-answer", calls=(SERVICES,))
async def service_answer(reading: Reading) -> Maybe[Answer | None]:
    """The service's entry, None where AWS says MISSING, Unread where no service is meant."""
    name, cluster = await reading.part("service-name"), await reading.part("cluster-name")
    if name is None:
        return Unread(SERVICES, "not-asked")
    if isinstance(cluster, Unread):
        return cluster
    answer = await reading.calls.one_of(SERVICES, "services", name, 10, cluster=cluster)
    if isinstance(answer, Refused):
        return None if answer.absent else answer.unread
    every = answer.get("services", ())
    return next((one for one in every if one.get("serviceName") == name), None)


@reader("service", calls=(SERVICES, LIST))
async def service(reading: Reading) -> Maybe[Service]:
    """The service, and names like it where it is not there."""
    name, answer = await reading.part("service-name"), await reading.part("service-answer")
    if name is None:
        return Unread(SERVICES, "not-asked")
    if isinstance(answer, Unread):
        return Service(
            name,
            exists=answer,
            exec_enabled=answer,
            task_definition_active=answer,
            percent_deadlock=answer,
            stuck=answer,
            in_force=_is_meant(reading) or answer,
        )
    if answer is None or answer.get("status") == "INACTIVE":
        known = await _names(reading)
        others = ", ".join(known[:8]) or "–"
        reading.note("service.exists", SERVICES, "service-missing", service=name, others=others)
        return Service(name, exists=False, similar=alike(name, known))
    return await _described(reading, name, answer)


def _is_meant(reading: Reading) -> bool:
    """Whether a task is meant, not what its service would start: it is named, or a shell is to be
    opened in it."""
    return bool(reading.target.task) or reading.target.goal == "exec"


async def _names(reading: Reading) -> list[str]:
    answer = await reading.call(LIST, cluster=await reading.part("cluster-name"))
    if isinstance(answer, Refused):
        return []
    return sorted(str(short(arn)) for arn in answer.get("serviceArns", ()))


async def _described(reading: Reading, name: str, answer: Answer) -> Service:
    deployments = answer.get("deployments") or [{}]
    primary = next((one for one in deployments if one.get("status") == "PRIMARY"), deployments[0])
    enabled = bool(answer.get("enableExecuteCommand"))
    reading.note(
        "service.exec_enabled", SERVICES, "exec-on" if enabled else "exec-off", service=name
    )
    desired, running = int(answer.get("desiredCount", 0)), int(answer.get("runningCount", 0))
    reading.note(
        "service.percent_deadlock",
        SERVICES,
        "service-counts",
        service=name,
        running=running,
        desired=desired,
    )
    definition = await reading.part("definition-state")
    return Service(
        name,
        exists=True,
        status=answer.get("status"),
        exec_enabled=enabled,
        controller=answer.get("deploymentController", {}).get("type", "ECS"),
        desired=desired,
        running=running,
        rollout=primary.get("rolloutState"),
        platform_version=primary.get("platformVersion") or answer.get("platformVersion"),
        task_definition=answer.get("taskDefinition"),
        task_definition_active=definition,
        percent_deadlock=_deadlock(answer),
        stuck=_stuck(answer, deployments, primary),
        deploying=len(deployments) > 1 or primary.get("rolloutState") == "IN_PROGRESS",
        circuit_breaker=_breaker(answer),
        failed_tasks=int(primary.get("failedTasks", 0)),
        in_force=await _in_force(reading, answer),
    )


async def _in_force(reading: Reading, service: Answer) -> Maybe[bool]:
    """Whether what was read is what is in question: not where a deployment was taken back of which
    no task is left to see."""
    if _is_meant(reading) or rollback(service) is None or not steady(service):
        return True
    task = await reading.part("task-answer")
    if isinstance(task, Unread):
        return task
    return bool(task and taken_back(service, [task])) or Unread(TASKS, "none")


def _breaker(answer: Answer) -> bool:
    """Whether a rolling deployment that fails is ended by ECS; not told counts as yes
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html)."""
    settings = answer.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {})
    return bool(settings.get("enable", True))


def _deadlock(answer: Answer) -> bool:
    """Whether the percentages let a rolling deployment neither stop nor start a task.

    Minimum rounds up, maximum rounds down:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    Other kinds of deployment do not go by them:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    room = _room(answer)
    desired = int(answer.get("desiredCount", 0))
    return room is not None and desired > 0 and room[0] >= desired and room[1] <= desired


def _room(answer: Answer) -> tuple[int, int] | None:
    """How many tasks must stay and how many may run; None where no percentages count."""
    limits: dict[str, Any] = answer.get("deploymentConfiguration", {})
    lowest, highest = limits.get("minimumHealthyPercent"), limits.get("maximumPercent")
    rolling = limits.get("strategy", "ROLLING") == "ROLLING"
    by_ecs = answer.get("deploymentController", {}).get("type", "ECS") == "ECS"
    if lowest is None or highest is None or not (rolling and by_ecs):
        return None
    desired = int(answer.get("desiredCount", 0))
    return -(-desired * int(lowest) // 100), desired * int(highest) // 100


def _stuck(answer: Answer, deployments: list[Answer], primary: Answer) -> bool:
    """Whether the tasks of older deployments leave the new one no room, and none of them may stop:
    a first deployment has no older ones, whatever keeps its tasks from starting."""
    room = _room(answer)
    if room is None or len(deployments) < 2:
        return False
    running = int(answer.get("runningCount", 0))
    pending = int(answer.get("pendingCount", 0))
    waits = int(primary.get("runningCount", 0)) < int(answer.get("desiredCount", 0))
    return waits and running <= room[0] and running + pending >= room[1]


@reader("definition-state", calls=(DEFINITION,))
async def definition_state(reading: Reading) -> Maybe[bool]:
    """Whether the task definition in force is there and ACTIVE."""
    definition = await reading.part("task-definition")
    if isinstance(definition, Unread):
        return definition
    active = bool(definition and definition.get("status", "ACTIVE") == "ACTIVE")
    if not active:
        named = str(await _definition_name(reading)).rpartition("/")[2]
        part = "service.task_definition_active"
        reading.note(part, DEFINITION, "definition-inactive", definition=named)
    return active


async def _definition_name(reading: Reading) -> Maybe[str]:
    """The named task's definition, else the service's, else that of the service's newest task."""
    if not reading.target.task:
        service = await reading.part("service-answer")
        if isinstance(service, dict) and service.get("taskDefinition"):
            back = rollback(service) is not None
            # What was taken back is to be understood, not what runs in its stead.
            known = await _of_taken_back(reading, service) if back else None
            if known or not (back and steady(service)):
                return known or str(service["taskDefinition"])
    task = await reading.part("task-answer")
    if isinstance(task, dict) and task.get("taskDefinitionArn"):
        return str(task["taskDefinitionArn"])
    for one in (task, await reading.part("service-answer")):
        if isinstance(one, Unread) and one.why != "not-asked":
            return one
    return Unread(DEFINITION, "not-asked")


async def _of_taken_back(reading: Reading, service: Answer) -> str | None:
    """The definition of the deployment that ECS took back, by a task of it that failed, or by its
    own entry, which stays listed for a while."""
    task = await reading.part("task-answer")
    if isinstance(task, dict) and taken_back(service, [task]):
        return str(task["taskDefinitionArn"])
    if reading.target.goal == "exec" or not steady(service):
        return None
    listed = (
        one.get("taskDefinition")
        for one in service.get("deployments", ())
        if one.get("rolloutState") == "FAILED" and one.get("status") != "PRIMARY"
    )
    return next((str(one) for one in listed if one), None)


@reader("task-definition", calls=(DEFINITION,))
async def task_definition(reading: Reading) -> Maybe[Answer | None]:
    """The task definition of the named task, else the one of the service; None if it is gone."""
    name = await _definition_name(reading)
    if isinstance(name, Unread):
        return name
    answer = await reading.call(DEFINITION, taskDefinition=name)
    if isinstance(answer, Refused):
        gone = answer.absent or "unable to describe task definition" in answer.message.lower()
        return None if gone else answer.unread
    found: Answer = answer["taskDefinition"]
    return found
