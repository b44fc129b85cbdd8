"""One statement of a policy against one request, and documents as lists of statements.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import unquote

from wizard.policy.conditions import conditions_hold
from wizard.policy.context import NOT_KNOWN, Context, arn_account, principal_kind, role_key
from wizard.policy.logic import Truth, all_of, any_of, negate
from wizard.policy.types import Document, Unread
from wizard.policy.wildcard import (
    Resolver,
    UnknownVariable,
    arn_matches,
    compile_pattern,
    matches,
)

Statement = Mapping[str, Any]
Grant = Literal["exact", "role", "everyone", "account", "service"]
"""How a Principal element names somebody: by their very ARN, by the role behind a session, with
`*`, by their account, or as a service."""

_MODERN = "2012-10-17"
_ACCOUNT_DIGITS = 12


def load(document: Document, call: str = "iam:GetPolicyVersion") -> Mapping[str, Any] | Unread:
    """A document as a mapping; text is read as JSON, plain or URL-encoded as IAM returns it."""
    if isinstance(document, Unread):
        return document
    if isinstance(document, str):
        text = document if document.lstrip().startswith("{") else unquote(document)
        try:
            document = json.loads(text)
        except ValueError:
            return Unread(call, "malformed")
    return document if isinstance(document, Mapping) else Unread(call, "malformed")


def statements(document: Mapping[str, Any]) -> Iterator[Statement]:
    """The statements of a document; a single one may stand without a list."""
    found = document.get("Statement", ())
    for item in (found,) if isinstance(found, Mapping) else found or ():
        if isinstance(item, Mapping):
            yield item


def as_list(value: Any) -> list[str]:
    """A policy's "one or a list of" as a list of texts."""
    if value is None:
        return []
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]


def resolver(context: Context) -> Resolver:
    """Gives the values of policy variables in this request."""

    def resolve(key: str) -> str | None:
        values = context.get(key)
        if values is NOT_KNOWN:
            raise UnknownVariable(key)
        # A variable stands for one value; a key with several has none that could be put in.
        return values[0] if isinstance(values, tuple) and len(values) == 1 else None

    return resolve


def _action(statement: Statement, action: str) -> Truth:
    if "NotAction" in statement:
        names = as_list(statement["NotAction"])
        return not any(matches(name, action, ignore_case=True) for name in names)
    names = as_list(statement.get("Action"))
    return any(matches(name, action, ignore_case=True) for name in names)


def _one_resource(pattern: str, resource: str, context: Context, resolve: Resolver | None) -> Truth:
    if pattern == "*":
        return True
    if not resource:
        return None
    try:
        compiled = compile_pattern(pattern, resolve)
    except UnknownVariable as unknown:
        context.note_missing(unknown.key)
        return None
    return compiled is not None and arn_matches(compiled, resource)


def _resource(statement: Statement, context: Context, resolve: Resolver | None) -> Truth:
    resource = context.request.resource
    if "NotResource" in statement:
        patterns = as_list(statement["NotResource"])
        return negate(any_of(_one_resource(p, resource, context, resolve) for p in patterns))
    if "Resource" not in statement:
        # Only trust policies leave it out.
        return True
    patterns = as_list(statement["Resource"])
    return any_of(_one_resource(p, resource, context, resolve) for p in patterns)


def _names_aws(value: str, principal: str) -> Grant | None:
    if value == "*":
        return "everyone"
    account = arn_account(principal)
    if value == account and len(value) == _ACCOUNT_DIGITS:
        return "account"
    if arn_account(value) == account and account and value.endswith(":root"):
        return "account"
    if value == principal:
        return "exact"
    mine, theirs = role_key(principal), role_key(value)
    is_role = principal_kind(value) == "role"
    return "role" if mine and mine == theirs and is_role else None


def grants_of(element: Any, principal: str) -> set[Grant]:
    """How a Principal element names this principal; empty when it does not."""
    if element == "*":
        return {"everyone"}
    if not isinstance(element, Mapping):
        return set()
    found: set[Grant] = set()
    for value in as_list(element.get("AWS")):
        grant = _names_aws(value, principal)
        if grant and (principal_kind(principal) != "service" or grant == "everyone"):
            found.add(grant)
    if principal in as_list(element.get("Service")):
        found.add("service")
    return found


def _principal(statement: Statement, principal: str) -> tuple[Truth, set[Grant]]:
    if "NotPrincipal" in statement:
        if not principal:
            return None, set()
        # An account in the list exempts its root user only:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        named = grants_of(statement["NotPrincipal"], principal) - {"account"}
        return not named, (set() if named else {"everyone"})
    element = statement.get("Principal")
    grants = grants_of(element, principal)
    if not principal and "everyone" not in grants:
        return None, set()
    return bool(grants), grants


def applies(
    statement: Statement, context: Context, version: str, *, with_principal: bool
) -> tuple[Truth, set[Grant]]:
    """Whether a statement applies to the request, and how it names the principal.

    `with_principal`: the statement stands in a policy of a resource, a role's trust or an
    endpoint, where Principal says whom it is about.
    """
    grants: set[Grant] = set()
    principal: Truth = True
    if with_principal:
        principal, grants = _principal(statement, context.request.principal)
    resolve = resolver(context) if version == _MODERN else None
    asked = list(context.missing)
    parts = [principal, _action(statement, context.request.action)]
    if False not in parts:
        parts.append(_resource(statement, context, resolve))
    if False not in parts:
        parts.append(conditions_hold(statement.get("Condition"), context, resolve))
    result = all_of(parts)
    if result is not None:
        # A key that changed nothing for this statement is not missed.
        context.missing[:] = asked
    return result, grants


def level_documents(level: Document | Sequence[Document]) -> list[Document]:
    """A level of service control policies as a list of documents."""
    return [level] if isinstance(level, Mapping | str | Unread) else list(level)
