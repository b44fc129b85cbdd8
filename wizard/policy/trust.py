"""Does a role's trust policy let this principal assume it?

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
(the trust that ECS needs, with the confused-deputy conditions) and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard.policy.evaluation import policy_allows
from wizard.policy.statements import as_list, load, statements
from wizard.policy.types import ContextValue, Decision, Document, Request, Unread

ECS_TASKS = "ecs-tasks.amazonaws.com"
"""The principal that takes on task roles and execution roles, in every partition."""

ECS = "ecs.amazonaws.com"
"""The principal that takes on infrastructure roles
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html)."""

_SOURCE_KINDS = ("task/cluster/0", "cluster/cluster", "service/cluster/service")


def trusts(
    document: Document,
    principal: str,
    action: str = "sts:AssumeRole",
    context: Mapping[str, ContextValue] | None = None,
) -> Decision:
    """What the trust policy alone says to this principal.

    `principal`: a service principal or the ARN of a user, role or session. For a principal of
    another account, or one that the policy names by its account, `allowed` says only that the
    role's side agrees: its own policies must allow the call too. `by` is always `trust`.
    """
    if isinstance(document, Unread):
        return Decision("unknown", "trust", None, (), "policy-unread", (document,))
    request = Request(principal, action, "*", dict(context or {}))
    return policy_allows(document, request, by="trust")


def trusts_ecs(
    document: Document, principal: str, partition: str, region: str, account: str
) -> Decision:
    """Whether `principal` (`ECS_TASKS` or `ECS`), in this account and region, can take the role on.

    aws:SourceAccount is the account. What aws:SourceArn holds after the account is not documented
    beyond "use a wildcard", so several forms are tried, and where they disagree the answer is
    `unknown`.
    """
    if partition == "aws-cn" and _names(f"{principal}.cn", document):
        sure = trusts(document, principal, context={"aws:SourceAccount": account})
        if not sure.allowed:
            return Decision("unknown", "trust", None, (), "not-evaluable")
    answers = []
    for kind in _SOURCE_KINDS:
        context: dict[str, ContextValue] = {
            "aws:SourceAccount": account,
            "aws:SourceArn": f"arn:{partition}:ecs:{region}:{account}:{kind}",
            "sts:ExternalId": None,
            "aws:PrincipalOrgID": None,
        }
        answers.append(trusts(document, principal, context=context))
    if len({answer.effect for answer in answers}) == 1:
        return answers[0]
    return replace(
        answers[0],
        effect="unknown",
        statement=None,
        missing_context=("aws:SourceArn",),
        why="context-missing",
    )


def _names(principal: str, document: Document) -> bool:
    loaded = load(document)
    if isinstance(loaded, Unread):
        return False
    elements = [s.get("Principal") for s in statements(loaded)]
    return any(principal in as_list(e.get("Service")) for e in elements if isinstance(e, Mapping))


def trusted_services(document: Document) -> tuple[str, ...]:
    """The service principals that the trust policy names in its Allow statements, sorted."""
    loaded = load(document)
    if isinstance(loaded, Unread):
        return ()
    found: set[str] = set()
    for statement in statements(loaded):
        element = statement.get("Principal")
        if statement.get("Effect") == "Allow" and isinstance(element, Mapping):
            found.update(as_list(element.get("Service")))
    return tuple(sorted(found))
