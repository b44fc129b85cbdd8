"""The least policy of an execution role, from the task definition that uses it.

The managed AmazonECSTaskExecutionRolePolicy gives the ECR and log actions on `*`
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html); here
they stand on the repositories and log groups that the definition names, and what that policy lacks
(secrets, parameters, keys, environment files, creating log groups) is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.policy.documents import statement
from wizard.policy.least import Statements, pull
from wizard.policy.references import Place, read_image, read_secret

_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


def containers(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The container definitions of a task definition, as DescribeTaskDefinition returns it."""
    yield from definition.get("containerDefinitions") or ()


def secret_references(definition: Mapping[str, Any]) -> list[str]:
    """Every `valueFrom` and every credential's ARN, in order, each once."""
    found: list[str] = []
    for container in containers(definition):
        log = container.get("logConfiguration") or {}
        credential = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
        found += [s.get("valueFrom", "") for s in container.get("secrets") or ()]
        found += [s.get("valueFrom", "") for s in log.get("secretOptions") or ()]
        found += [credential] if credential else []
    return list(dict.fromkeys(f for f in found if f))


def _repositories(definition: Mapping[str, Any]) -> list[str]:
    arns = [read_image(str(c.get("image", ""))).arn for c in containers(definition)]
    return [arn for arn in arns if arn]


def _logs(definition: Mapping[str, Any], place: Place) -> Iterator[tuple[str, bool]]:
    """(ARN of the log group, whether the driver is told to create it)."""
    for container in containers(definition):
        log = container.get("logConfiguration") or {}
        options = log.get("options") or {}
        if log.get("logDriver") != "awslogs" or not options.get("awslogs-group"):
            continue
        region = options.get("awslogs-region") or place.region
        group = f"log-group:{options['awslogs-group']}"
        create = str(options.get("awslogs-create-group", "")).lower() == "true"
        yield f"arn:{place.partition}:logs:{region}:{place.account}:{group}", create


def _secrets(definition: Mapping[str, Any], place: Place) -> Iterator[dict[str, Any]]:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html,
    "Secrets Manager or Systems Manager permissions"."""
    kinds: dict[str, list[str]] = {"secretsmanager": [], "ssm": []}
    for reference in secret_references(definition):
        secret = read_secret(reference, place)
        if secret.kind in kinds:
            kinds[secret.kind].append(secret.pattern)
    if kinds["secretsmanager"]:
        read = ("secretsmanager:GetSecretValue",)
        yield statement("ReadSecrets", read, kinds["secretsmanager"])
    if kinds["ssm"]:
        yield statement("ReadParameters", ("ssm:GetParameters",), kinds["ssm"])


def _files(definition: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html"""
    objects = [
        str(f.get("value", ""))
        for container in containers(definition)
        for f in container.get("environmentFiles") or ()
    ]
    if objects:
        buckets = [arn.split("/", 1)[0] for arn in objects]
        yield statement("ReadEnvironmentFiles", ("s3:GetObject",), objects)
        yield statement("FindEnvironmentFiles", ("s3:GetBucketLocation",), buckets)


def execution_role(
    definition: Mapping[str, Any], place: Place, kms_keys: Iterable[str] = ()
) -> Statements:
    """What the execution role of this task definition needs, and nothing else.

    `kms_keys`: ARNs of the customer keys that encrypt its secrets or parameters; AWS's own keys
    need no permission here.
    """
    made: list[dict[str, Any]] = []
    repositories = _repositories(definition)
    if repositories:
        made += pull(repositories)
    groups = list(_logs(definition, place))
    if groups:
        # CreateLogStream is checked against the group, PutLogEvents against the stream in it; the
        # group's ARN with `:*` covers both.
        made.append(statement("WriteLogs", _WRITE_LOGS, [f"{arn}:*" for arn, _ in groups]))
    created = [arn for arn, create in groups if create]
    if created:
        # A group is created under its ARN with and without the trailing `:*`.
        both = created + [f"{arn}:*" for arn in created]
        made.append(statement("CreateLogGroups", ("logs:CreateLogGroup",), both))
    made += _secrets(definition, place)
    keys = sorted(set(kms_keys))
    if keys:
        made.append(statement("DecryptSecrets", ("kms:Decrypt",), keys))
    made += _files(definition)
    return tuple(made)
