"""What a task needs: roles, ways over the network, and the things at their ends."""

from dataclasses import dataclass

from wizard.core.unread import Maybe, Partly, Unread


@dataclass(frozen=True, slots=True)
class Role:
    """The execution, task or infrastructure role, for what the target needs of it.

    `named` is false where none is named. `missing_actions` are those the need
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
