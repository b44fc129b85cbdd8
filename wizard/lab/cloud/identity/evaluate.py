"""The policy evaluation logic of IAM, written from AWS's own description of it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.lab.cloud.identity.conditions import Context, fill, glob, holds, listed

Document = Mapping[str, Any]

# The kinds of policy, in the words of AWS's denial texts
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
SCP = "service control policy"
ENDPOINT = "VPC endpoint policy"
RESOURCE = "resource-based policy"
IDENTITY = "identity-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
TRUST = "role trust policy"


@dataclass(frozen=True)
class Named:
    """A policy document and the name under which IAM knows it."""

    name: str
    document: Document
    # Empty for an inline policy, and for policies that have no ARN of their own.
    arn: str = ""
    # The document as it was written, for the positions that the simulator tells.
    text: str = ""


@dataclass
class Policies:
    """Everything that has a say in one request. None means: no policy of that kind applies."""

    identity: Sequence[Named] = ()
    boundary: Named | None = None
    session: Named | None = None
    resource: Named | None = None
    scps: Sequence[Named] = ()
    endpoint: Named | None = None


@dataclass(frozen=True)
class Request:
    """One action on one resource by one principal."""

    action: str
    resource: str
    principal: str
    context: Context = field(default_factory=dict)
    # The names by which a Principal element may mean the caller itself, and those by which it
    # may mean the caller's whole account (which only delegates to the account's own policies).
    aliases: tuple[str, ...] = ()
    account_names: tuple[str, ...] = ()
    account: str = ""
    resource_account: str = ""
    # A KMS key, unlike other resources, is closed to all whom its own policy does not admit
    # (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html).
    needs_resource_policy: bool = False


@dataclass(frozen=True)
class Decision:
    """Allowed, or denied by which kind of policy and how.

    ``policy`` is the policy that denies explicitly; ``shows_policy`` says whether a refusal names
    it (as AWS does since 2026).
    """

    allowed: bool
    kind: str = ""
    explicit: bool = False
    policy: Named | None = None
    shows_policy: bool = False


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decides *request*: an explicit deny anywhere wins, then every guard must allow."""
    for kind, named in _in_order(policies):
        if _says(named, request, "Deny"):
            return Decision(False, kind, True, named)
    for kind, guards in ((SCP, policies.scps), (ENDPOINT, _some(policies.endpoint))):
        if guards and not _allow(guards, request):
            return Decision(False, kind)
    return _grants(request, policies)


def _grants(request: Request, policies: Policies) -> Decision:
    """What is left when nothing denies: somebody must allow.

    In one account a resource's policy that names the caller is enough; across accounts, and for a
    KMS key, the resource's policy and the caller's own must agree.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
    """
    resource = _some(policies.resource)
    crossing = request.resource_account not in ("", request.account)
    direct = not crossing and _allow(resource, replace(request, account_names=()))
    if direct and not _limited(request, policies):
        return Decision(True, RESOURCE)
    delegated = _allow(resource, request)
    if request.needs_resource_policy and not crossing and not delegated:
        return Decision(False, RESOURCE)
    if not direct and not _allow(policies.identity, request):
        return Decision(False, IDENTITY)
    for kind, limit in ((BOUNDARY, policies.boundary), (SESSION, policies.session)):
        if limit is not None and not _says(limit, request, "Allow"):
            return Decision(False, kind)
    if crossing and not delegated:
        return Decision(False, RESOURCE)
    return Decision(True, RESOURCE if direct else IDENTITY)


def _limited(request: Request, policies: Policies) -> bool:
    """Whether a boundary or session policy limits what a resource's policy grants directly.

    It does for a grant to a role's ARN, not for one to a user or to a role's session.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-id-rdp.html
    """
    narrow = replace(request, account_names=(), aliases=(request.principal,))
    return not _allow(_some(policies.resource), narrow)


def _allow(policies: Sequence[Named], request: Request) -> bool:
    return any(_says(named, request, "Allow") for named in policies)


def _some(named: Named | None) -> tuple[Named, ...]:
    return () if named is None else (named,)


def _in_order(policies: Policies) -> list[tuple[str, Named]]:
    found = [(SCP, n) for n in policies.scps]
    found += [(ENDPOINT, n) for n in _some(policies.endpoint)]
    found += [(RESOURCE, n) for n in _some(policies.resource)]
    found += [(IDENTITY, n) for n in policies.identity]
    found += [(BOUNDARY, n) for n in _some(policies.boundary)]
    found += [(SESSION, n) for n in _some(policies.session)]
    return found


def _says(named: Named, request: Request, effect: str) -> bool:
    return any(
        statement.get("Effect") == effect and applies(statement, request)
        for statement in statements(named.document)
    )


def statements(document: Document) -> list[Mapping[str, Any]]:
    """The statements of a document, which may hold one or a list."""
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def applies(statement: Mapping[str, Any], request: Request) -> bool:
    """True when the statement is about this request, whatever its effect."""
    return concerns(statement, request) and holds(statement.get("Condition", {}), request.context)


def concerns(statement: Mapping[str, Any], request: Request) -> bool:
    """True when the statement is about this request but for its conditions."""
    return (
        _about_principal(statement, request)
        and _about_action(statement, request.action)
        and _about_resource(statement, request)
    )


def _about_action(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(glob(p, action, True) for p in listed(statement["NotAction"]))
    return any(glob(p, action, True) for p in listed(statement.get("Action", [])))


def _about_resource(statement: Mapping[str, Any], request: Request) -> bool:
    def hit(pattern: str) -> bool:
        return glob(fill(pattern, request.context), request.resource)

    if "NotResource" in statement:
        return not any(hit(p) for p in listed(statement["NotResource"]))
    # A policy of a repository or a role's trust has no Resource: it is about that one resource.
    if "Resource" not in statement:
        return True
    return any(hit(p) for p in listed(statement["Resource"]))


def _about_principal(statement: Mapping[str, Any], request: Request) -> bool:
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], request)
    if "Principal" not in statement:
        return True
    return _names(statement["Principal"], request)


def _names(principal: Any, request: Request) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    values = [v for kind in principal.values() for v in listed(kind)]
    names = {request.principal, *request.aliases, *request.account_names, "*"}
    return any(v in names for v in values)
