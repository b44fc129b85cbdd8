"""The vocabulary of facts: what a diagnosis may know, and the third value of what it may not.

Each fact is a frozen dataclass, or a tuple of them for a fact of which there are several. The
readers of `wizard.aws` make them; the causes of `knowledge/` name them in their conditions; the
checker knows every name from `VOCABULARY`. A value that could not be read is `Unread`, never a
false or an empty one.
"""

from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypeVar


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that could not be read: which call (`ecs:DescribeTasks`) and why, in a word or two.

    `why` is an AWS error code (`AccessDenied`, `ThrottlingException`), `timeout`, `not-asked` for
    what this place cannot know, or `no-way` for what no API tells. `also` are further calls that
    would have told it and gave no answer either. `among` are the values that it may have; empty
    where that may be any.
    """

    call: str
    why: str
    also: "tuple[Unread, ...]" = ()
    among: tuple[str, ...] = ()

    @property
    def every(self) -> "frozenset[Unread]":
        """This one and those in `also`, each by itself."""
        return frozenset(_each(self))


def merged(first: Unread, *more: Unread) -> Unread:
    """Return `first` together with all of `more`, each of them once."""
    rest = dict.fromkeys(one for known in (first, *more) for one in _each(known))
    rest.pop(Unread(first.call, first.why), None)
    return Unread(first.call, first.why, tuple(rest))


def _each(known: Unread) -> "tuple[Unread, ...]":
    return (Unread(known.call, known.why), *(one for more in known.also for one in _each(more)))


T = TypeVar("T")
Maybe: TypeAlias = T | Unread
Partly: TypeAlias = tuple[tuple[str, Unread], ...]
"""Fields that are known in part, each with what kept the rest from being read: what such a field
says holds, but there may be more (`*`: of any field)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is diagnosed. `goal` is start, exec, push or all; what is not known is None."""

    goal: str = "all"
    cluster: str | None = None
    service: str | None = None
    task: str | None = None
    repository: str | None = None
    registry: str | None = None
    tag: str | None = None
    account: str | None = None
    region: str | None = None
    partition: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks AWS, and what the goal needs that the caller may not do.

    `role` is the name of the assumed role, None for a user. `editable` is false for roles that
    IAM Identity Center or a service manages. `denied_by` names the kind of policy that denies
    explicitly or limits (`explicit-deny`, `scp`, `boundary`, `session`, `endpoint`).
    `credentials` is ok, missing, expired or invalid. `stage` is where the lack shows: push, api or
    exec. `denied_action` is the first of `denied_actions`. `partly`: see there.
    """

    principal: Maybe[str]
    credentials: str = "ok"
    role: str | None = None
    user: str | None = None
    editable: bool = True
    missing_actions: Maybe[tuple[str, ...]] = ()
    missing_resources: tuple[str, ...] = ()
    denied_actions: tuple[str, ...] = ()
    denied_by: str | None = None
    pass_role_denied: tuple[str, ...] = ()
    denied_action: str | None = None
    stage: str = "api"
    partly: Partly = ()


@dataclass(frozen=True, slots=True)
class Bastion:
    """The machine the wizard runs on. `docker` is up, down, denied (socket) or absent.

    `login_users` are the users whose docker configuration holds a login for the target's registry,
    `push_user` the one who pushes (root when the command ran with sudo), `user_mismatch` whether
    that one has no login while another has. `other_registry` is a registry that there is a login
    for, while there is none for the target's. `unreachable` are services of AWS whose endpoint
    this machine does not reach; `registry_reachable` is what it finds of the target's registry.
    """

    docker: Maybe[str]
    docker_group: Maybe[bool]
    plugin: Maybe[bool]
    cli_version: Maybe[str | None]
    cli_outdated: Maybe[bool]
    clock_skew_s: Maybe[float]
    push_user: str | None = None
    login_user: Maybe[str | None] = None
    login_users: Maybe[tuple[str, ...]] = ()
    login_fresh: Maybe[bool] = True
    other_registry: Maybe[str | None] = None
    registry: str | None = None
    user_mismatch: Maybe[bool] = False
    unreachable: tuple[str, ...] = ()
    registry_reachable: Maybe[bool] = True


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


@dataclass(frozen=True, slots=True)
class Role:
    """The execution role or the task role, for what the target needs of it.

    `named` is false where the task definition names none. `missing_actions` are those the need
    has and no policy allows; `denied_actions` those that something denies or limits (`denied_by`);
    `lacking_actions` are both, but for reading environment files from S3 and keys from KMS, which
    have causes of their own (`lacking_elsewhere`). `doubtful_actions` no policy of the role's own
    allows, while one that could not be read may; `open_elsewhere` kept some of those with
    causes of their own open. `own` is false for a role of another account. `partly`: see there.
    """

    named: bool
    name: str | None = None
    arn: str | None = None
    needed: bool = True
    exists: Maybe[bool] = True
    trusted: Maybe[bool] = True
    editable: bool = True
    missing_actions: Maybe[tuple[str, ...]] = ()
    missing_resources: tuple[str, ...] = ()
    denied_actions: tuple[str, ...] = ()
    denied_by: str | None = None
    stage: str = "registry-auth"
    lacking_actions: Maybe[tuple[str, ...]] = ()
    lacking_elsewhere: tuple[str, ...] = ()
    doubtful_actions: tuple[str, ...] = ()
    open_elsewhere: Unread | None = None
    own: bool = True
    partly: Partly = ()


@dataclass(frozen=True, slots=True)
class Rights:
    """What the caller may do beside what the goal needs of them.

    `starts_sessions`: sessions on the cluster's tasks past ECS Exec (ssm:StartSession).
    `roles_not_passed`: the task definition's roles that a caller who may register task definitions
    may not pass on; empty for a caller who may not, or where it is not asked.
    """

    principal: str
    starts_sessions: Maybe[bool] = False
    roles_not_passed: Maybe[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something on a needed network way. `cause` is the id of the cause in `knowledge/`.

    `status` is confirmed or suspected (another remedy for the same way, or not provable); Unread
    names the call that would tell; so does `cause` where a way could not be judged. `port` is the
    one that is shut: 443, 53 for DNS, 2049 for NFS, the task's own for a load balancer, whose way
    leads `out` of its subnet and `in` to the task's (`says`).
    """

    cause: Maybe[str]
    status: Maybe[str]
    stage: str
    service: str | None = None
    vpc: str | None = None
    subnet: str | None = None
    endpoint: str | None = None
    route_table: str | None = None
    group: str | None = None
    task_group: str | None = None
    acl: str | None = None
    state: str | None = None
    host: str | None = None
    says: str | None = None
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """The network way to one needed service: open, blocked, unverified or unknown."""

    service: str
    stage: str
    state: Maybe[str]
    way: str | None = None


@dataclass(frozen=True, slots=True)
class Repository:
    """The ECR repository of the target or of an image of its task definition.

    `stage` is push or image; `own` is false for a repository of another account or region.
    `manifest_exists` is what BatchGetImage says where DescribeImages may not be asked.
    """

    repository: str
    registry: str | None = None
    exists: Maybe[bool] = True
    tag: str | None = None
    image_exists: Maybe[bool] = True
    manifest_exists: Maybe[bool] = True
    policy_denies: Maybe[bool] = False
    platform_mismatch: Maybe[bool] = False
    image: str | None = None
    wanted: str | None = None
    has: str | None = None
    stage: str = "image"
    own: bool = True


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group that the task definition names. `creates` is awslogs-create-group."""

    log_group: str
    region: str
    exists: Maybe[bool]
    creates: bool = False
    container: str | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret or parameter of the task definition.

    `problem` is missing, malformed (the reference itself), or None; `content` is key-missing or
    malformed (no JSON) where a JSON `key` is asked for. `kms_denied` says that the execution role
    may not use the encrypting `kms_key`; `kms_denied_by` what keeps it from it where that is no
    mere lack of the role's own policies (`resource`: the key's policy, `state`: a key that is
    disabled, `explicit-deny`, `scp`, …). `partly`: see there.
    """

    secret: str
    problem: Maybe[str | None]
    key: str | None = None
    container: str | None = None
    kms_key: str | None = None
    content: Maybe[str | None] = None
    kms_denied: Maybe[bool] = False
    kms_denied_by: str | None = None
    partly: Partly = ()


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """A target group of the service. `problem` is health, closed (a security group), acl, type,
    port, undeclared (the health check's port, nothing proven); None when well. `undeclared` is that
    port where something else is proven to be in its way.
    """

    target_group: str
    problem: Maybe[str | None]
    says: str | None = None
    undeclared: str = ""


@dataclass(frozen=True, slots=True)
class FileSystem:
    """An EFS volume or an S3 environment file; `problem` is unreachable, denied or missing."""

    file_system: str
    kind: str
    problem: Maybe[str | None]


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota of Fargate: its name, value and use."""

    quota: str
    reached: Maybe[bool]


VOCABULARY: dict[str, type] = {
    "target": Target,
    "caller": Caller,
    "rights": Rights,
    "bastion": Bastion,
    "cluster": Cluster,
    "service": Service,
    "task": Task,
    "execution_role": Role,
    "task_role": Role,
    "quota": Quota,
}
"""Facts of which there is one."""

SEVERAL: dict[str, type] = {
    "containers": Container,
    "obstacles": Obstacle,
    "ways": Way,
    "repositories": Repository,
    "log_groups": LogGroup,
    "secrets": Secret,
    "target_groups": TargetGroup,
    "file_systems": FileSystem,
}
"""Facts of which there may be several: a cause goes through them with `each`."""

STAGES = (
    "push",
    "api",
    "role",
    "eni",
    "registry-auth",
    "secrets",
    "image",
    "layers",
    "env-file",
    "volumes",
    "logger",
    "start",
    "health",
    "exec",
)
"""The order in which a task's life meets its needs (Fargate platform 1.4 and later)."""

OF_DEFINITION = (
    "containers",
    "obstacles",
    "ways",
    "repositories",
    "log_groups",
    "secrets",
    "file_systems",
    "execution_role",
    "task_role",
)
"""Facts that follow from the task definition and the network settings in force."""

Facts = dict[str, Any]
"""Fact name to its value, a tuple of values (`SEVERAL`) or `Unread`. A missing one was not read."""


def field_names(fact: str) -> list[str]:
    """Return the field names of the fact called `fact`; an empty list for an unknown one."""
    kind = VOCABULARY.get(fact) or SEVERAL.get(fact)
    return [field.name for field in fields(kind)] if kind else []
