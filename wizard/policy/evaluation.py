"""The evaluation logic of IAM, with a third value for what is not known.

An explicit deny anywhere wins. Then every level of the service control policies, the endpoint's
policy, and the policies of the two accounts must allow: within one account either the identity's
or the resource's policy is enough, across accounts both are needed. A boundary and a session
policy limit what the identity's policies give, and what a resource's policy gives to a role.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wizard.policy.context import Context, arn_account, principal_kind
from wizard.policy.logic import Truth, all_of, any_of
from wizard.policy.statements import Grant, Statement, applies, level_documents, load, statements
from wizard.policy.types import By, Decision, Document, Policies, Request, Unread

_NEEDS_RESOURCE_POLICY = ("kms:", "sts:assumerole")
"""Where the resource's own policy must take part even within one account: a key's policy and a
role's trust policy (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html)."""


@dataclass(slots=True)
class _Verdict:
    """What the policies of one kind say together."""

    by: By
    allow: Truth = False
    deny: Truth = False
    allowed_by: Statement | None = None
    denied_by: Statement | None = None
    grants: dict[Grant, Truth] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


def _judge(
    by: By, documents: Iterable[Document] | Unread, context: Context, *, principal: bool = False
) -> _Verdict:
    verdict = _Verdict(by)
    if isinstance(documents, Unread):
        documents = (documents,)
    for raw in documents:
        document = load(raw)
        if isinstance(document, Unread):
            verdict.unread.append(document)
            verdict.allow = any_of((verdict.allow, None))
            verdict.deny = any_of((verdict.deny, None))
            for grant in ("exact", "everyone", "account"):
                verdict.grants[grant] = any_of((verdict.grants.get(grant, False), None))
            continue
        for statement in statements(document):
            _add(verdict, statement, str(document.get("Version", "2008-10-17")), context, principal)
    return verdict


def _add(
    verdict: _Verdict, statement: Statement, version: str, context: Context, principal: bool
) -> None:
    hit, grants = applies(statement, context, version, with_principal=principal)
    if hit is False:
        return
    if statement.get("Effect") == "Deny":
        verdict.deny = any_of((verdict.deny, hit))
        if hit and verdict.denied_by is None:
            verdict.denied_by = statement
    elif statement.get("Effect") == "Allow":
        verdict.allow = any_of((verdict.allow, hit))
        if hit and verdict.allowed_by is None:
            verdict.allowed_by = statement
        for grant in grants or ({"exact"} if hit is None else set()):
            verdict.grants[grant] = any_of((verdict.grants.get(grant, False), hit))


def _level_verdict(
    by: By, levels: Sequence[Document | Sequence[Document]] | Unread, context: Context
) -> _Verdict:
    """Service control policies: each level must allow, a deny at any level is enough."""
    if isinstance(levels, Unread):
        return _judge(by, levels, context)
    each = [_judge(by, level_documents(level), context) for level in levels]
    total = _Verdict(by, allow=all_of(v.allow for v in each), deny=any_of(v.deny for v in each))
    total.denied_by = next((v.denied_by for v in each if v.denied_by), None)
    total.allowed_by = next((v.allowed_by for v in each if v.allowed_by), None)
    total.unread = [u for v in each for u in v.unread]
    return total


def _limit(by: By, document: Document | None, context: Context) -> _Verdict:
    """A boundary, session or endpoint policy: where there is none it limits nothing."""
    if document is None:
        return _Verdict(by, allow=True)
    return _judge(by, (document,), context, principal=by == "endpoint")


@dataclass(slots=True)
class _All:
    context: Context
    identity: _Verdict
    resource: _Verdict
    boundary: _Verdict
    session: _Verdict
    scp: _Verdict
    rcp: _Verdict
    endpoint: _Verdict

    def each(self) -> tuple[_Verdict, ...]:
        """In the order in which AWS looks at them."""
        return (
            self.rcp,
            self.scp,
            self.endpoint,
            self.resource,
            self.identity,
            self.boundary,
            self.session,
        )


def _judge_all(request: Request, policies: Policies) -> _All:
    context = Context(request)
    rcps = policies.rcps
    rcp = _level_verdict("rcp", rcps, context)
    # RCPFullAWSAccess is always attached, so only a deny of a resource control policy counts.
    rcp.allow = None if isinstance(rcps, Unread) else True
    scp = _level_verdict("scp", policies.scps, context)
    identity = _judge("identity", policies.identity, context)
    if principal_kind(request.principal) == "root":
        # The root user may do everything that no organization policy takes away.
        identity.allow = True
    return _All(
        context=context,
        identity=identity,
        resource=_judge("resource", policies.resource, context, principal=True),
        boundary=_limit("boundary", policies.boundary, context),
        session=_limit("session", policies.session, context),
        scp=scp,
        rcp=rcp,
        endpoint=_limit("endpoint", policies.endpoint, context),
    )


def _from_resource(found: _All, kind: str) -> Truth:
    """What the resource's policy alone gives to a principal of the same account.

    Named by its own ARN, a user or session needs nothing else and no boundary holds it back; a
    role named by the role's ARN, and `*`, are held back by boundary and session. A grant to the
    account gives nothing by itself: it lets the identity's policies decide.
    """
    grants = found.resource.grants
    free = grants.get("exact", False) if kind in ("user", "session", "federated") else False
    named = any_of(
        (
            grants.get("role", False),
            grants.get("everyone", False),
            grants.get("exact", False),
            grants.get("service", False),
        )
    )
    limited = all_of((named, found.boundary.allow, found.session.allow))
    return any_of((free, limited))


def _by_identity(found: _All) -> Truth:
    return all_of((found.identity.allow, found.boundary.allow, found.session.allow))


def _key_or_role(found: _All, direct: Truth, has_policy: bool) -> Truth:
    """A key or a role: its own policy must name the principal, or hand over to the account."""
    by_identity = _by_identity(found)
    if not has_policy:
        # It always has a policy; here nobody gave it to us.
        return None if by_identity is not False else False
    return any_of((direct, all_of((by_identity, found.resource.grants.get("account", False)))))


def _core(found: _All, request: Request, policies: Policies) -> tuple[Truth, tuple[_Verdict, ...]]:
    """Whether the two accounts' policies allow, and the verdicts to blame if they do not."""
    kind = principal_kind(request.principal)
    limits = (found.identity, found.boundary, found.session)
    own, theirs = arn_account(request.principal), request.resource_account
    theirs = theirs or arn_account(request.resource) or (own if request.resource == "*" else "")
    has_policy = isinstance(policies.resource, Unread) or bool(policies.resource)
    by_identity, direct = _by_identity(found), _from_resource(found, kind)
    both = all_of((by_identity, found.resource.allow))
    either = any_of((by_identity, direct))
    if kind == "service":
        return found.resource.allow, (found.resource,)
    if own and theirs and own != theirs:
        return both, (found.resource, *limits)
    if request.action.lower().startswith(_NEEDS_RESOURCE_POLICY):
        blamed = (found.resource, *limits) if has_policy else (*limits, found.resource)
        return _key_or_role(found, direct, has_policy), blamed
    if (own and theirs) or not has_policy:
        return either, limits
    # Whose resource it is, is not known: certain only where both ways of counting agree.
    return (either if either is both else None), (found.resource, *limits)


def _denied(found: _All) -> Decision | None:
    for verdict in found.each():
        if verdict.deny is True:
            return Decision("explicit-deny", verdict.by, verdict.denied_by, (), "deny-statement")
    return None


def _unknown(found: _All, verdicts: Iterable[_Verdict]) -> Decision:
    doubtful = next((v for v in verdicts if v.allow is None or v.deny is None), None)
    unread = tuple(u for v in found.each() for u in v.unread)
    missing = tuple(sorted(found.context.missing))
    why = "policy-unread" if unread else "context-missing" if missing else "not-evaluable"
    by = doubtful.by if doubtful else ""
    return Decision("unknown", by, None, missing, why, unread)


def evaluate(request: Request, policies: Policies) -> Decision:
    """Whether the policies let the request through.

    Never raises for a policy's content: what cannot be evaluated (an operator, a variable, a key
    whose value is not known, a document that was not read) makes the answer `unknown` where the
    answer hangs on it, and nowhere else.
    """
    found = _judge_all(request, policies)
    explicit = _denied(found)
    if explicit:
        return explicit
    core, blamed = _core(found, request, policies)
    scps = policies.scps
    has_scps = isinstance(scps, Unread) or bool(scps)
    scp_allow: Truth = found.scp.allow if has_scps else True
    outer = (found.rcp, *((found.scp,) if has_scps else ()), found.endpoint)
    total = all_of((found.rcp.allow, scp_allow, found.endpoint.allow, core))
    if total is False:
        failing = next((v for v in (*outer, *blamed) if v.allow is False), blamed[0])
        return Decision("implicit-deny", failing.by, None, (), "no-allow")
    maybe_denied = any(v.deny is None for v in found.each())
    if total is None or maybe_denied:
        return _unknown(found, (*outer, *blamed, *found.each()))
    winner = found.identity if found.identity.allow else found.resource
    return Decision("allowed", winner.by, winner.allowed_by, (), "allowed")


def policy_allows(document: Document, request: Request, *, by: By = "endpoint") -> Decision:
    """What one policy with Principal elements (an endpoint's, a resource's, a trust policy) says
    by itself, as if it were the only one."""
    found = _judge(by, (document,), context := Context(request), principal=True)
    if found.deny is True:
        return Decision("explicit-deny", by, found.denied_by, (), "deny-statement")
    if found.allow is False:
        return Decision("implicit-deny", by, None, (), "no-allow")
    if found.allow is None or found.deny is None:
        missing = tuple(sorted(context.missing))
        why = "policy-unread" if found.unread else "context-missing" if missing else "not-evaluable"
        return Decision("unknown", by, None, missing, why, tuple(found.unread))
    return Decision("allowed", by, found.allowed_by, (), "allowed")
