"""The containers: agents of ECS Exec, read-only root, AWS keys, exits, health, log options."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from wizard.aws.answers import Answer
from wizard.aws.calls import both
from wizard.aws.readers.ends import end_of, said_of_checks
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Container, Role
from wizard.core.unread import Maybe, Unread, merged

TASKS, DEFINITION = "ecs:DescribeTasks", "ecs:DescribeTaskDefinition"
_AGENT = "ExecuteCommandAgent"
_KEYS = ("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""Variables that the agent would take for its own credentials
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html)."""
_AGENT_PATHS = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")
"""What the agent writes to; writable mounts there make up for a read-only root."""
_OF_THE_RUNTIME = (1, 255)
"""What a container ends with whose program is for another processor, and many a program, too."""
_COMING = ("PROVISIONING", "PENDING", "ACTIVATING")
_STARTING = timedelta(minutes=2)
"""How long after the start of its task an agent may take, by experience: AWS states no time."""


@reader("containers")
async def containers(reading: Reading) -> Maybe[tuple[Container, ...]]:
    """Each container of the definition, joined with its state in the task; sidecars that Fargate
    adds by itself (GuardDuty's) have no definition and no agent."""
    definition, task = await reading.part("task-definition"), await reading.part("task-answer")
    live = task if isinstance(task, dict) else {}
    states = {str(one.get("name")): one for one in live.get("containers", ())}
    unlogged: Maybe[bool] = definition if isinstance(definition, Unread) else False
    if not isinstance(definition, dict):
        if not states:
            return definition or Unread(DEFINITION, "none")
        definition = {"containerDefinitions": [{"name": name} for name in states]}
    written = {str(one.get("name")): one for one in definition.get("containerDefinitions", ())}
    problems, unfit = await both(reading.part("log-problems"), reading.part("format-errors"))
    said = await said_of_checks(reading, live)
    found = [
        replace(
            _container(one, states.get(name, {}), live, definition),
            end=end_of(states.get(name, {}), live, definition, checks_failed=said),
            log_options_problem=_of_one(problems, name, None),
        )
        for name, one in written.items()
    ]
    found = [_if_started(one, live, reading.calls.source.now) for one in found]
    found = [
        replace(one, end=await _true_end(reading, one, _of_one(unfit, one.name, unlogged)))
        for one in found
    ]
    for one in found:
        _note(reading, one, one.name in states)
    if isinstance(task, dict) and task.get("lastStatus") != "STOPPED":
        others = await _others_unread(reading)
        found = [replace(one, end=one.end or others) for one in found]
    found = [_as_far_as_read(one, task, unlogged) for one in found]
    if isinstance(unlogged, Unread):
        found = [_without_definition(one, live, unlogged, checks_failed=said) for one in found]
    found += [
        Container(name, essential=False, agentless=_agentless(state, live))
        for name, state in states.items()
        if name not in written
    ]
    return tuple([await _explained(reading, one) for one in found])


async def _others_unread(reading: Reading) -> Unread | None:
    """Which of a service's tasks has failed, only the service and all of them tell."""
    known = [await reading.part(one) for one in ("service-answer", "tasks-unread")]
    unread = [one for one in known if isinstance(one, Unread) and one.why != "not-asked"]
    return merged(*unread) if unread else None


def _of_one(known: Maybe[dict[str, Any]], name: str, otherwise: Any) -> Any:
    return known if isinstance(known, Unread) else known.get(name, otherwise)


def _if_started(one: Container, task: Answer, now: datetime) -> Container:
    """Expect nothing yet of an agent whose task is still to start, or has only just started."""
    begun = task.get("startedAt")
    if one.agent != "PENDING" or one.exec_expected is not True:
        return one
    if begun and now - datetime.fromisoformat(begun) >= _STARTING:
        return one
    if not begun and task.get("lastStatus") not in _COMING:
        return one
    return replace(one, exec_expected=Unread(TASKS, "starting"), agent_starting=True)


def _without_definition(
    one: Container, task: Answer, unread: Unread, *, checks_failed: bool
) -> Container:
    """Leave open whether the container has a health check, and whether it shares its processes with
    one that can be entered in its stead."""
    if checks_failed and one.end is None:
        one = replace(one, end=unread)
    if one.exec_expected is True and one.agent != "RUNNING":
        shared = any(_runs(each) for each in task.get("containers", ()))
        one = replace(one, exec_expected=unread if shared else True)
    return one


def _as_far_as_read(one: Container, task: Any, definition: Maybe[bool]) -> Container:
    """Leave open what the task, or its definition, would tell where it could not be read."""
    if isinstance(task, Unread):
        one = replace(one, end=task, exec_expected=task)
    if isinstance(definition, Unread):
        unread = definition
        one = replace(one, aws_keys=unread, read_only_root=unread, log_options_problem=unread)
    return one


async def _true_end(reading: Reading, one: Container, complained: Maybe[bool]) -> Maybe[str | None]:
    """Tell a program that ended from one that could not be run on this processor: both end with
    the same codes, and only the image or the log (`complained`) tells them apart."""
    if complained is True:
        return "exec-format"
    if one.end != "crash" or one.exit_code not in _OF_THE_RUNTIME:
        return one.end
    found = await reading.part("repositories")
    images = found if isinstance(found, tuple) else ()
    unfit = [each.platform_mismatch for each in images if each.image == one.image] or [complained]
    if unfit[0] is True:
        return "exec-format"
    return complained if isinstance(complained, Unread) and unfit[0] is not False else one.end


async def _explained(reading: Reading, one: Container) -> Container:
    """Say whether something that was read keeps the agent of this container from working."""
    if one.exec_expected is not True or one.agent == "RUNNING":
        return one
    for known in (one.read_only_root, one.aws_keys):
        if known and not isinstance(known, Unread):
            return replace(one, agent_explained=True)
    return replace(one, agent_explained=await reading.part("agents-explained"))


@reader("agents-explained")
async def agents_explained(reading: Reading) -> Maybe[bool]:
    """Whether the task role or the network keeps every agent of the task from working."""
    role, obstacles = await reading.part("task_role"), await reading.part("obstacles")
    if isinstance(role, Role):
        if isinstance(role.lacking_actions, Unread):
            return role.lacking_actions
        if not role.named or role.lacking_actions:
            return True
    if isinstance(obstacles, Unread):
        return obstacles
    if any(one.stage == "exec" and one.status == "confirmed" for one in obstacles):
        return True
    ways = await reading.part("ways")
    every = ways if isinstance(ways, tuple) else ()
    open_ways = (one.state for one in every if one.stage == "exec")
    return next((one for one in open_ways if isinstance(one, Unread)), False)


def _container(written: Answer, state: Answer, task: Answer, definition: Answer) -> Container:
    name = str(written["name"])
    agents = {one.get("name"): one for one in state.get("managedAgents", ())}
    agent = agents.get(_AGENT)
    alive = task.get("lastStatus") not in (None, "STOPPED", "DEPROVISIONING")
    enabled = bool(task.get("enableExecuteCommand")) and alive
    expected: Maybe[bool] = enabled and agent is not None
    if enabled and bool(state) and not _tells_of_agents(task):
        expected = Unread(TASKS, "none")
    if definition.get("pidMode") == "task" and expected is True and not _runs(state):
        # With a shared process namespace only one container can be entered.
        expected = not any(_runs(one) for one in task.get("containers", ()))
    return Container(
        name=name,
        essential=bool(written.get("essential", True)),
        agent=agent.get("lastStatus") if agent else None,
        agent_reason=agent.get("reason") if agent else None,
        exec_expected=expected,
        read_only_root=_read_only(written),
        aws_keys=_keys(written, task, name),
        exit_code=state.get("exitCode"),
        reason=state.get("reason"),
        health=state.get("healthStatus"),
        image=written.get("image"),
        init_process=_has_init(written),
        agentless=_agentless(state, task),
        shares_processes=_shares(state, task, definition),
    )


def _tells_of_agents(task: Answer) -> bool:
    """Whether the answer tells of agents at all: AWS lists one for each container of the task
    definition, and none for the sidecars that it adds itself."""
    return any("managedAgents" in one for one in task.get("containers", ()))


def _has_init(written: Answer) -> bool:
    """Whether an init process takes care of orphaned processes; what is not written is not told."""
    known = "image" in written
    return not known or bool(written.get("linuxParameters", {}).get("initProcessEnabled"))


def _agentless(state: Answer, task: Answer) -> bool:
    """Whether a container that runs in a task with ECS Exec has no agent of it."""
    agents = [one.get("name") for one in state.get("managedAgents", ())]
    runs = state.get("lastStatus") == "RUNNING" and task.get("lastStatus") == "RUNNING"
    return bool(task.get("enableExecuteCommand")) and runs and _AGENT not in agents


def _shares(state: Answer, task: Answer, definition: Answer) -> bool:
    """Whether another container of the one process namespace has the agent, and this one not
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html)."""
    together = definition.get("pidMode") == "task" and not _runs(state)
    return together and any(_runs(one) for one in task.get("containers", ()))


def _runs(state: Answer) -> bool:
    return any(
        one.get("name") == _AGENT and one.get("lastStatus") == "RUNNING"
        for one in state.get("managedAgents", ())
    )


def _read_only(written: Answer) -> bool:
    """Whether the agent finds nowhere to write."""
    if not written.get("readonlyRootFilesystem"):
        return False
    writable = {
        one.get("containerPath", "").rstrip("/")
        for one in written.get("mountPoints", ())
        if not one.get("readOnly")
    }
    return not writable.issuperset(_AGENT_PATHS)


def _keys(written: Answer, task: Answer, name: str) -> tuple[str, ...]:
    pairs = [*written.get("environment", ()), *written.get("secrets", ())]
    for override in task.get("overrides", {}).get("containerOverrides", ()):
        if override.get("name") == name:
            pairs += override.get("environment", ())
    return tuple(sorted({str(one["name"]) for one in pairs if one.get("name") in _KEYS}))


def _note(reading: Reading, found: Container, has_state: bool) -> None:
    name = found.name

    def note(field: str, call: str, phrase: str, **values: Any) -> None:
        about = {"container": name}
        reading.note(f"containers.{field}", call, phrase, about, container=name, **values)

    if found.agent:
        note("agent", TASKS, "agent", status=found.agent, reason=found.agent_reason or "–")
    elif has_state:
        note("agent", TASKS, "no-agent")
    if found.read_only_root is True:
        note("read_only_root", DEFINITION, "read-only")
    if found.aws_keys:
        note("aws_keys", DEFINITION, "aws-keys", keys=found.aws_keys)
    if isinstance(found.log_options_problem, str):
        note("log_options_problem", DEFINITION, "log-options", problem=found.log_options_problem)
    if found.exit_code is not None or found.reason:
        code = "–" if found.exit_code is None else found.exit_code
        note("end", TASKS, "container-state", code=code, reason=found.reason or "–")
