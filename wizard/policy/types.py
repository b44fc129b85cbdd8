"""The values that go into and come out of a policy question.

Source of the vocabulary: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Effect = Literal["allowed", "implicit-deny", "explicit-deny", "unknown"]
By = Literal["identity", "resource", "boundary", "session", "scp", "rcp", "endpoint", "trust", ""]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: the call that would show it, and why it did not.

    `call` is `service:Operation` as IAM names it; `why` is an error code such as `AccessDenied`,
    or `not-asked`, `shared-vpc`, `malformed`.
    """

    call: str
    why: str


Document = Mapping[str, Any] | str | Unread
"""A policy as a mapping, as JSON text (URL-encoded or not), or not read."""

ContextValue = str | Sequence[str] | None
"""One value, several, or None: AWS is known not to send this key with this call."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call as IAM sees it.

    `principal`: ARN of a user, role or role session, or a service principal such as
    `ecs-tasks.amazonaws.com`; empty when unknown. `resource`: an ARN, `*` for actions that have no
    resource, empty when unknown. `context`: condition keys (any case). A key that is not in it
    counts as *not known*, and a condition on it makes the answer unknown; a key with the value
    None counts as *not sent*. `resource_account`: needed only where the ARN names no account (S3).
    """

    principal: str
    action: str
    resource: str = "*"
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    resource_account: str = ""


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy that takes part. An empty tuple or None means: there is none.

    `scps` and `rcps` are levels (root, unit, account); a level is one document or several, and
    each level must allow. `endpoint` is the policy of the VPC endpoint that the call goes through.
    Any of them may be `Unread`; then whatever hangs on it is unknown.
    """

    identity: Sequence[Document] | Unread = ()
    resource: Sequence[Document] | Unread = ()
    boundary: Document | None = None
    session: Document | None = None
    scps: Sequence[Document | Sequence[Document]] | Unread = ()
    rcps: Sequence[Document | Sequence[Document]] | Unread = ()
    endpoint: Document | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policies say.

    `by`: the kind of policy that decided, or that stands in the way. `statement`: the statement
    that decided, where there is one. `missing_context`: condition keys whose value is not known
    and would matter. `why`: `allowed`, `deny-statement`, `no-allow`, `context-missing`,
    `policy-unread`, `not-evaluable`.
    """

    effect: Effect
    by: By = ""
    statement: Mapping[str, Any] | None = None
    missing_context: tuple[str, ...] = ()
    why: str = ""
    unread: tuple[Unread, ...] = ()

    @property
    def allowed(self) -> bool:
        """True only when it is certain that the call is allowed."""
        return self.effect == "allowed"

    @property
    def denied(self) -> bool:
        """True only when it is certain that the call is refused."""
        return self.effect in ("implicit-deny", "explicit-deny")
