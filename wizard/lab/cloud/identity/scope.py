"""What the finders of a call's resources are given, and what they give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wizard.lab.cloud.wire import Call

Params = dict[str, Any]


@dataclass(frozen=True)
class Need:
    """One authorization that a call needs."""

    action: str
    resource: str
    context: dict[str, str | list[str]] = field(default_factory=dict)
    # How a refusal names the resource, where that is not its ARN.
    shown: str = ""


Found = list[str | tuple[str, dict[str, str | list[str]]] | Need]


@dataclass(frozen=True)
class Scope:
    """One call, in the account of its caller."""

    call: Call
    account: str

    @property
    def p(self) -> Params:
        return self.call.params

    @property
    def op(self) -> str:
        return self.call.operation

    def arn(self, service: str, rest: str) -> str:
        c = self.call
        return f"arn:{c.partition}:{service}:{c.region}:{self.account}:{rest}"

    def get(self, name: str) -> str:
        value = self.p.get(name)
        return str(value) if value else ""


def last(arn_or_name: str) -> str:
    """The last part of an ARN's path, or the name itself."""
    return arn_or_name.rsplit("/", 1)[-1]
