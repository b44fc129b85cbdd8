"""What is asked, by whom and from where."""

from dataclasses import dataclass

from wizard.core.unread import Maybe, Partly


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
