"""What is asked about a principal's permissions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wizard.core.unread import Unread


@dataclass(frozen=True, slots=True)
class Question:
    """May these actions be done on these resources? `context` is what the call would carry.

    `unsure` is what kept the resource from being known: then only an allowance is believed.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    context: dict[str, str] = field(default_factory=dict)
    unsure: Unread | None = None


def questions_of(statements: Iterable[dict[str, Any]], task: str = "0" * 32) -> list[Question]:
    """Return least-privilege `statements` as questions about things that really occur.

    A pattern such as `log-group:/ecs/web:*` stands for the streams in it, and is asked with one.
    """
    return [
        Question(
            tuple(_as_list(one["Action"])),
            tuple(_concrete(resource, task) for resource in _as_list(one["Resource"])),
        )
        for one in statements
    ]


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _concrete(resource: str, task: str) -> str:
    if ":log-group:" in resource and resource.endswith(":*"):
        return f"{resource[:-1]}log-stream:ecs/app/{task}"
    if resource != "*" and resource.endswith("/*"):
        return f"{resource[:-1]}{task}"
    return resource
