"""A fix as data: the exact calls, what they change, what they cost, how they are taken back.

What is shown is what is applied, byte for byte: a plan is made once, shown, confirmed, and applied
from the same object. A parameter that only an earlier change of the same plan can give is a
`Later` and is shown as such.
"""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNDOES = "undoes"
"""The key of a plan's target that names the entry which the plan takes back."""
LOCAL = "local"
"""The service part of an operation that is a command on this machine (`local:docker-login`)."""


@dataclass(frozen=True, slots=True)
class Later:
    """A value that change `change` (from 0) answers at `path` (`VpcEndpoint.VpcEndpointId`)."""

    change: int
    path: str

    def __str__(self) -> str:
        return f"<{self.path.rpartition('.')[2]} of step {self.change + 1}>"


@dataclass(frozen=True, slots=True)
class Change:
    """One call of a plan.

    `operation` is `service:Operation` in IAM's spelling. `before` and `after` are what the user
    compares (None where there is nothing). `undo` is the operation that takes it back, None where
    nothing does, with `undo_parameters` (which may hold `Later`s of this plan's answers). `wait`
    names a state to wait for after the call (see `wizard.fixes.apply`). Words are per language.
    """

    operation: str
    parameters: dict[str, Any]
    before: Any = None
    after: Any = None
    undo: str | None = None
    undo_parameters: dict[str, Any] = field(default_factory=dict)
    effect: dict[str, str] = field(default_factory=dict)
    cost: dict[str, str] = field(default_factory=dict)
    wait: str | None = None

    @property
    def command(self) -> str:
        """The equal command for a shell."""
        return shell_command(self.operation, self.parameters)


@dataclass(frozen=True, slots=True)
class Plan:
    """A fix of one cause for one target. No changes: nothing is left to mend."""

    cause: str
    fix: str
    changes: tuple[Change, ...]
    permissions: tuple[str, ...] = ()
    target: dict[str, Any] = field(default_factory=dict)
    notes: tuple[dict[str, str], ...] = ()

    @property
    def undoes(self) -> str | None:
        """The journal's entry that this plan takes back, None where it mends something."""
        return self.target.get(UNDOES)


_NEGATED = {"--enable-execute-command": "--disable-execute-command"}
"""Options that the AWS CLI does not negate by `--no-`.
https://docs.aws.amazon.com/cli/latest/reference/ecs/update-service.html
"""


def shell_command(operation: str, parameters: Mapping[str, Any]) -> str:
    """Return the `aws` command equal to `operation` with `parameters`.

    A local operation carries its command itself, as `parameters["command"]`.
    """
    service, _, name = operation.partition(":")
    if service == LOCAL:
        return str(parameters["command"])
    words = ["aws", service, _kebab(name)]
    for key, value in parameters.items():
        option = "--" + _kebab(key)
        if value is True:
            words.append(option)
        elif value is False:
            words.append(_NEGATED.get(option, "--no-" + _kebab(key)))
        elif isinstance(value, list) and all(isinstance(one, str | int | Later) for one in value):
            words += [option, *(_quote(one) for one in value)]
        else:
            words += [option, _quote(value)]
    return " ".join(words)


def _quote(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return shlex.quote(json.dumps(value, default=str, ensure_ascii=False))
    return shlex.quote(str(value))


def _kebab(name: str) -> str:
    """Return an API name as the AWS CLI spells it: `CreateVpcEndpoint`, `create-vpc-endpoint`."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1-\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name).lower()


def resolve(value: Any, answers: Mapping[int, Any]) -> Any:
    """Return `value` with every `Later` replaced by what the earlier changes answered.

    Raises KeyError when an answer does not hold it.
    """
    if isinstance(value, Later):
        found = answers[value.change]
        for step in value.path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
        return found
    if isinstance(value, Mapping):
        return {key: resolve(one, answers) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(one, answers) for one in value]
    return value


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it; a `Later` becomes `{"$later": [change, path]}`."""
    if isinstance(value, Later):
        return {"$later": [value.change, value.path]}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def unplain(value: Any) -> Any:
    """Return what `plain` was given."""
    if isinstance(value, dict):
        if set(value) == {"$later"}:
            return Later(*value["$later"])
        return {key: unplain(one) for key, one in value.items()}
    return [unplain(one) for one in value] if isinstance(value, list) else value
