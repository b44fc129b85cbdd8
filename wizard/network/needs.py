"""What a Fargate task must reach, from its task definition, in the order in which it is met.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html (ecr.api, ecr.dkr
and the S3 bucket of the layers; platform 1.3.0 and earlier without ecr.api),
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html (logs, secrets,
ECS Exec), https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html.

Secrets Manager and Parameter Store decrypt on their own side, so KMS must be reached only for the
sessions of ECS Exec.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from wizard.network.loggers import log_group_arn, logger_needs
from wizard.network.types import Need
from wizard.policy.references import Image, Place, read_image, read_secret

STAGES = (
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
    "exec",
)
"""The steps of a start, as Fargate takes them; a later one is not met before the earlier works."""

_FIRST_WITH_ONE_INTERFACE = (1, 4, 0)
"""Since platform 1.4.0 everything, the call for the registry's token included, goes through the
task's own interface."""


@dataclass(frozen=True, slots=True)
class Task:
    """Where and how the task runs.

    `platform_version`: as ECS reports it, `LATEST` included. `exec_configuration`: the cluster's
    `configuration.executeCommandConfiguration`. The roles are ARNs, empty if there is none.
    """

    region: str
    account: str
    partition: str = "aws"
    platform_version: str = "LATEST"
    exec_enabled: bool = False
    exec_configuration: Mapping[str, Any] = field(default_factory=dict)
    task_role: str = ""
    execution_role: str = ""

    @property
    def place(self) -> Place:
        """The part of it that ARNs name."""
        return Place(self.partition, self.region, self.account)


def layer_bucket(region: str) -> str:
    """The bucket from which ECR hands out image layers."""
    return f"prod-{region}-starport-layer-bucket"


def _needs_api(definition: Mapping[str, Any], task: Task) -> bool:
    family = str((definition.get("runtimePlatform") or {}).get("operatingSystemFamily", ""))
    digits = task.platform_version.split(".")
    if family.upper().startswith("WINDOWS") or not all(d.isdigit() for d in digits):
        return True
    return tuple(int(d) for d in digits) >= _FIRST_WITH_ONE_INTERFACE


def _ecr(image: Image, source: str, task: Task, *, api: bool) -> Iterator[Need]:
    role = task.execution_role
    if api:
        yield Need(
            "ecr.api",
            region=image.region,
            actions=("ecr:GetAuthorizationToken",),
            principal=role,
            stage="registry-auth",
            source=source,
        )
    yield Need(
        "ecr.dkr",
        region=image.region,
        actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        resources=(image.arn,),
        principal=role,
        stage="image",
        source=source,
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
        ipv4_only=".dkr.ecr" in image.registry,
    )
    # The layers are fetched with a signed address: the principal is AWS's, not the task's.
    yield Need(
        "s3",
        region=image.region,
        actions=("s3:GetObject",),
        bucket=layer_bucket(image.region),
        stage="layers",
        source=source,
    )


def _registry(image: Image, source: str) -> Need:
    parts = urlsplit(f"//{image.registry}")
    try:
        port = parts.port or 443
    except ValueError:
        port = 443
    return Need(host=parts.hostname or image.registry, port=port, stage="image", source=source)


def _image_needs(definition: Mapping[str, Any], task: Task) -> Iterator[Need]:
    api = _needs_api(definition, task)
    for container in definition.get("containerDefinitions") or ():
        if not container.get("image"):
            continue
        image = read_image(str(container["image"]))
        source = f"image:{container.get('name', '')}"
        if image.kind == "ecr":
            yield from _ecr(image, source, task, api=api)
            continue
        yield _registry(image, source)
        login = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
        if login:
            yield from _secret_need(str(login), source, task, "registry-auth")


def _secret_need(reference: str, source: str, task: Task, stage: str) -> Iterator[Need]:
    secret = read_secret(reference, task.place)
    actions = {
        "secretsmanager": ("secretsmanager:GetSecretValue",),
        "ssm": ("ssm:GetParameters",),
    }
    if secret.kind in actions:
        yield Need(
            secret.kind,
            region=secret.region,
            actions=actions[secret.kind],
            # What a policy would name is not known without the suffix.
            resources=(secret.arn if secret.pattern == secret.arn else "",),
            principal=task.execution_role,
            stage=stage,
            source=source,
        )


def _secret_needs(definition: Mapping[str, Any], task: Task) -> Iterator[Need]:
    for container in definition.get("containerDefinitions") or ():
        log = container.get("logConfiguration") or {}
        for secret in (*(container.get("secrets") or ()), *(log.get("secretOptions") or ())):
            source = f"secret:{container.get('name', '')}/{secret.get('name', '')}"
            yield from _secret_need(str(secret.get("valueFrom", "")), source, task, "secrets")


def _file_needs(definition: Mapping[str, Any], task: Task) -> Iterator[Need]:
    for container in definition.get("containerDefinitions") or ():
        for file in container.get("environmentFiles") or ():
            arn = str(file.get("value", ""))
            yield Need(
                "s3",
                region=task.region,
                actions=("s3:GetObject",),
                resources=(arn,),
                bucket=arn.split(":")[-1].split("/", 1)[0],
                principal=task.execution_role,
                stage="env-file",
                source=f"env-file:{container.get('name', '')}",
            )


def _volume_needs(definition: Mapping[str, Any], task: Task) -> Iterator[Need]:
    for volume in definition.get("volumes") or ():
        efs = volume.get("efsVolumeConfiguration") or {}
        if efs.get("fileSystemId"):
            yield Need(
                "efs",
                region=task.region,
                port=2049,
                file_system=str(efs["fileSystemId"]),
                stage="volumes",
                source=f"volume:{volume.get('name', '')}",
            )


def _session_logs(definition: Mapping[str, Any], task: Task) -> Iterator[Need]:
    """Where the sessions of ECS Exec are written down, by the agent with the task role."""
    settings = task.exec_configuration
    mode = str(settings.get("logging", "DEFAULT")).upper()
    chosen = settings.get("logConfiguration") or {}
    if mode == "DEFAULT":
        for need in logger_needs(definition, task.place):
            if need.service == "logs":
                yield _of_session(need, "exec:log", task)
    if mode == "OVERRIDE" and chosen.get("cloudWatchLogGroupName"):
        arn = log_group_arn(task.place, task.region, str(chosen["cloudWatchLogGroupName"]))
        actions = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
        need = Need("logs", region=task.region, actions=actions, resources=(arn,))
        yield _of_session(need, "exec:log", task)
    if mode == "OVERRIDE" and chosen.get("s3BucketName"):
        bucket = str(chosen["s3BucketName"])
        need = Need("s3", region=task.region, actions=("s3:PutObject",), bucket=bucket)
        yield _of_session(need, "exec:bucket", task)


def _of_session(need: Need, source: str, task: Task) -> Need:
    return replace(need, principal=task.task_role, stage="exec", source=source)


def _exec_needs(definition: Mapping[str, Any], task: Task) -> Iterator[Need]:
    if not task.exec_enabled:
        return
    role = task.task_role
    yield Need("ssmmessages", region=task.region, principal=role, stage="exec", source="exec")
    key = str(task.exec_configuration.get("kmsKeyId") or "")
    if key:
        arns = (key,) if key.startswith("arn:") else ()
        yield Need(
            "kms",
            region=task.region,
            actions=("kms:Decrypt",),
            resources=arns,
            principal=role,
            stage="exec",
            source="exec:key",
        )
    yield from _session_logs(definition, task)


def _unite(needs: Iterable[Need]) -> tuple[Need, ...]:
    """One need for each end and stage, with all of its actions, resources and sources."""
    united: dict[tuple[object, ...], Need] = {}
    for need in needs:
        end = (need.service, need.host, need.region, need.port)
        key = (need.stage, *end, need.bucket, need.file_system, need.principal)
        old = united.get(key)
        if old is None:
            united[key] = need
            continue
        sources = dict.fromkeys((*old.source.split(","), need.source))
        united[key] = replace(
            old,
            actions=tuple(dict.fromkeys(old.actions + need.actions)),
            resources=tuple(dict.fromkeys(old.resources + need.resources)),
            source=",".join(sources),
            ipv4_only=old.ipv4_only or need.ipv4_only,
        )
    return tuple(sorted(united.values(), key=lambda need: STAGES.index(need.stage)))


def task_needs(definition: Mapping[str, Any], task: Task) -> tuple[Need, ...]:
    """Everything that a task of this definition must reach, in the order of STAGES.

    `definition` is `taskDefinition` of DescribeTaskDefinition. What the application itself calls
    is not in it.
    """
    loggers = (
        replace(need, principal=need.principal or task.execution_role)
        for need in logger_needs(definition, task.place, task.task_role)
    )
    return _unite(
        (
            *_image_needs(definition, task),
            *_secret_needs(definition, task),
            *_file_needs(definition, task),
            *_volume_needs(definition, task),
            *loggers,
            *_exec_needs(definition, task),
        )
    )
