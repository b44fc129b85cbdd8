"""AWS managed policies, each read from moto's list when somebody names it.

moto can load its whole list, which costs some 150 MB; here one policy is cut out of the text.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
from pathlib import Path
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends

# What the console shows first for ECS; ListPolicies answers these before any other is named.
COMMON = (
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonECS_FullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonSSMManagedInstanceCore",
    "CloudWatchLogsFullAccess",
    "AdministratorAccess",
    "PowerUserAccess",
    "IAMReadOnlyAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "AmazonSSMReadOnlyAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonVPCFullAccess",
    "AmazonECSServiceRolePolicy",
)


@functools.cache
def _text() -> str:
    spec = importlib.util.find_spec("moto.iam.aws_managed_policies")
    if spec is None or spec.origin is None:
        return ""
    return Path(spec.origin).read_text(encoding="utf-8")


@functools.cache
def document(name: str) -> dict[str, Any] | None:
    """moto's record of the AWS managed policy *name*; None when AWS has none of that name."""
    text = _text()
    start = text.find(f'\n "{name}":{{')
    if start < 0:
        return None
    start = text.index("{", start)
    end = text.index("\n }", start) + 3
    # The list is a plain Python string literal: its escapes have to be undone before JSON.
    literal = ast.literal_eval('"""' + text[start:end] + '"""')
    found: dict[str, Any] = json.loads(literal)
    return found


def forget_source() -> None:
    """Lets go of the 5 MB of text once the usual policies are loaded."""
    _text.cache_clear()


def load(account: str, partition: str, name: str) -> bool:
    """Makes the policy exist in an account's IAM; False when AWS has none of that name."""
    backend: IAMBackend = iam_backends[account][partition]
    data = document(name)
    if data is None:
        return False
    policy = AWSManagedPolicy.from_data(name, account, backend.region_name, data)
    if policy.arn not in backend.managed_policies:
        backend.aws_managed_policies.append(policy)
        backend.managed_policies[policy.arn] = policy
    return True


def load_arn(account: str, arn: str) -> None:
    """Loads the policy an ARN names, when it is AWS's own and not there yet."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[4] == "aws" and parts[5].startswith("policy/"):
        backend = iam_backends[account][parts[1]]
        if arn not in backend.managed_policies:
            load(account, parts[1], parts[5].rsplit("/", 1)[-1])


def load_common(account: str, partition: str) -> None:
    """Loads the policies of :data:`COMMON`."""
    for name in COMMON:
        load(account, partition, name)
