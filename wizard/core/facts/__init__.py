"""The vocabulary of facts: what a diagnosis may know, and the third value of what it may not.

Each fact is a frozen dataclass, or a tuple of them for a fact of which there are several. The
readers of `wizard.aws` make them; the causes of `knowledge/` name them in their conditions; the
checker knows every name from `VOCABULARY`. A value that could not be read is `Unread`, never a
false or an empty one.
"""

from dataclasses import fields
from typing import Any

from wizard.core.facts.asked import Bastion, Caller, Rights, Target
from wizard.core.facts.needed import (
    FileSystem,
    LogGroup,
    Obstacle,
    Quota,
    Repository,
    Role,
    Secret,
    TargetGroup,
    Way,
)
from wizard.core.facts.running import Cluster, Container, Service, Task

__all__ = [
    "OF_DEFINITION",
    "SEVERAL",
    "STAGES",
    "VOCABULARY",
    "Bastion",
    "Caller",
    "Cluster",
    "Container",
    "Facts",
    "FileSystem",
    "LogGroup",
    "Obstacle",
    "Quota",
    "Repository",
    "Rights",
    "Role",
    "Secret",
    "Service",
    "Target",
    "TargetGroup",
    "Task",
    "Way",
    "field_names",
]

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
    "infrastructure_role": Role,
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
