"""What has to work: which goals are meant, and what the task needs of the network for them."""

from wizard.aws.reading import Reading, reader
from wizard.core.unread import Maybe, Unread
from wizard.network.needs import Task, task_needs
from wizard.network.types import Need


@reader("goals")
async def goals(reading: Reading) -> frozenset[str]:
    """Start, exec and push as far as they are meant.

    `all` means a shell only where ECS Exec is switched on, and a push only where one is spoken of:
    nobody's service is broken for lack of what it never asked for. A start that is meant to end
    with a shell is told what would stand in the shell's way.
    """
    asked = reading.target.goal
    if asked == "push":
        return frozenset({"push"})
    observed: frozenset[str] = reading.given["observed-goals"]
    found = {"start"} if asked in ("all", "start") else {asked}
    if asked == "all":
        found |= observed & {"exec", "push"}
        if reading.target.repository:
            found.add("push")
    if asked in ("all", "start") and await reading.part("exec-on"):
        found.add("exec")
    if asked == "exec" and not await reading.part("task-runs"):
        found.add("start")
    return frozenset(found)


@reader("exec-on")
async def exec_on(reading: Reading) -> bool:
    """Whether the service or the task has ECS Exec switched on."""
    service, task = await reading.part("service-answer"), await reading.part("task-answer")
    answers = [one for one in (service, task) if isinstance(one, dict)]
    return any(one.get("enableExecuteCommand") for one in answers)


@reader("task-runs")
async def task_runs(reading: Reading) -> bool:
    """Whether the task that is meant is running."""
    task = await reading.part("task-answer")
    return isinstance(task, dict) and task.get("lastStatus") == "RUNNING"


@reader("needs")
async def needs(reading: Reading) -> Maybe[list[Need]]:
    """What must be reached for the goals; nothing for a push, which the task has no part in."""
    definition, meant, place = (
        await reading.part("task-definition"),
        await reading.part("goals"),
        await reading.part("place"),
    )
    if isinstance(definition, Unread):
        return definition
    if definition is None:
        return Unread("ecs:DescribeTaskDefinition", "none")
    cluster = await reading.part("cluster-answer") if "exec" in meant else None
    settings = cluster.get("configuration", {}) if isinstance(cluster, dict) else {}
    found = task_needs(
        definition,
        Task(
            region=place.region,
            account=place.account,
            partition=place.partition,
            platform_version=await _platform(reading),
            exec_enabled="exec" in meant,
            exec_configuration=settings.get("executeCommandConfiguration") or {},
            task_role=definition.get("taskRoleArn") or "",
            execution_role=definition.get("executionRoleArn") or "",
        ),
    )
    return [one for one in found if "start" in meant or one.stage == "exec"]


async def _platform(reading: Reading) -> str:
    """The platform version of the task, else the service's; `LATEST` is 1.4.0."""
    task, service = await reading.part("task-answer"), await reading.part("service-answer")
    answers = [one for one in (task, service) if isinstance(one, dict)]
    return next((one["platformVersion"] for one in answers if one.get("platformVersion")), "LATEST")
