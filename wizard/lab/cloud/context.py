"""What a handler of the front is given, and where handlers are registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from wizard.lab.cloud.identity.principals import Principal
from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Answer, Call

Result = dict[str, Any]


@dataclass
class Context:
    """One authorized call."""

    cloud: Cloud
    call: Call
    caller: Principal

    @property
    def params(self) -> dict[str, Any]:
        return self.call.params

    @property
    def account(self) -> str:
        return self.caller.account

    @property
    def region(self) -> str:
        return self.call.region

    def arn(self, service: str, rest: str) -> str:
        """An ARN in the caller's account and region."""
        return f"arn:{self.call.partition}:{service}:{self.region}:{self.account}:{rest}"


# A handler may give a whole answer, where serializing by the model would cost too much.
Handler = Callable[[Context], Result | Answer]
_H = TypeVar("_H", bound=Handler)
Before = Callable[[Context], None]
After = Callable[[Context, Answer], None]

# The front answers these itself; all others go to moto, past these hooks.
HANDLERS: dict[tuple[str, str], Handler] = {}
BEFORE: dict[tuple[str, str], list[Before]] = {}
AFTER: dict[tuple[str, str], list[After]] = {}
# Services of which the front answers every call, so that moto never sees one.
OWNED = {"ecs"}


def handles(service: str, *operations: str) -> Callable[[_H], _H]:
    """Registers a function that answers these operations in moto's stead."""

    def register(handler: _H) -> _H:
        for operation in operations:
            HANDLERS[service, operation] = handler
        return handler

    return register


def before(service: str, *operations: str) -> Callable[[Before], Before]:
    """Registers a check that runs before moto sees the call; it may refuse it."""

    def register(hook: Before) -> Before:
        for operation in operations:
            BEFORE.setdefault((service, operation), []).append(hook)
        return hook

    return register


def after(service: str, *operations: str) -> Callable[[After], After]:
    """Registers a correction that runs after moto answered with success."""

    def register(hook: After) -> After:
        for operation in operations:
            AFTER.setdefault((service, operation), []).append(hook)
        return hook

    return register
