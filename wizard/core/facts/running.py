"""What ECS runs: the cluster, its services, tasks and containers."""

from dataclasses import dataclass

from wizard.core.unread import Maybe


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster; `exec_…` is what its executeCommandConfiguration names.

    `exec_problem` is key-missing, log-group-missing, bucket-missing or denied; None when it is
    well. `told_region` is the region that an ARN or a pasted text names, where it is not the one
    that was asked. `session_logging` is NONE, DEFAULT or OVERRIDE. `run_as_user` is the user that
    Session Manager's settings name for sessions; whether the image has it (`run_as_missing`) no
    API tells.
    """

    name: str
    exists: Maybe[bool]
    similar: tuple[str, ...] = ()
    exec_problem: Maybe[str | None] = None
    exec_key: str | None = None
    exec_log_group: str | None = None
    exec_bucket: str | None = None
    told_region: Maybe[str | None] = None
    session_logging: str | None = None
    run_as_user: Maybe[str | None] = None
    run_as_missing: Maybe[bool] = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service. `controller` is ECS, CODE_DEPLOY or EXTERNAL; `rollout` the primary's state,
    `failed_tasks` how many of its tasks failed to start, `circuit_breaker` whether ECS gives up
    then. `percent_deadlock` says that the percentages leave no room for a replacement, `stuck`
    that a deployment waits for it now. `in_force` says that the task definition and the network
    that were read are those with which the service starts its tasks, not merely a task's.
    """

    name: str
    exists: Maybe[bool]
    similar: tuple[str, ...] = ()
    status: str | None = None
    exec_enabled: Maybe[bool] = False
    controller: str = "ECS"
    desired: int = 0
    running: int = 0
    rollout: str | None = None
    platform_version: str | None = None
    task_definition: str | None = None
    task_definition_active: Maybe[bool] = True
    percent_deadlock: Maybe[bool] = False
    stuck: Maybe[bool] = False
    deploying: bool = False
    circuit_breaker: bool = True
    failed_tasks: int = 0
    in_force: Maybe[bool] = True


@dataclass(frozen=True, slots=True)
class Task:
    """The task in question: the named one, else the newest of the service.

    `exec_enabled` is what the task was started with. `predates_exec` says that the service has
    ECS Exec on but this task was started without it. `stopped_reason` is cleaned and redacted.
    """

    id: str
    exists: Maybe[bool]
    status: str | None = None
    exec_enabled: bool = False
    predates_exec: Maybe[bool] = False
    service: str | None = None
    platform_version: str | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    similar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Container:
    """A container of the task. `agent` is the ExecuteCommandAgent's status, None without one;
    `agent_starting` says that it may still come up.

    `agent_explained` says that something that was read keeps the agent from working. `end` is how
    the container ended, if badly: out-of-memory, entrypoint, exec-format, unhealthy or crash.
    `init_process` is initProcessEnabled; `agentless` a container of a task with ECS Exec that has
    no agent (a sidecar that AWS adds); `shares_processes` one that cannot be entered because
    another one of its process namespace can (pidMode task).
    """

    name: str
    essential: bool = True
    agent: str | None = None
    agent_reason: str | None = None
    exec_expected: Maybe[bool] = False
    read_only_root: Maybe[bool] = False
    aws_keys: Maybe[tuple[str, ...]] = ()
    exit_code: int | None = None
    reason: str | None = None
    health: str | None = None
    log_options_problem: Maybe[str | None] = None
    image: str | None = None
    agent_explained: Maybe[bool] = False
    agent_starting: bool = False
    end: Maybe[str | None] = None
    init_process: bool = True
    agentless: bool = False
    shares_processes: bool = False
