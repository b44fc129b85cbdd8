"""Fixes that give permissions: the least inline policy, or AWS's managed one as second choice."""

import hashlib
from typing import Any

from wizard.core.plan import Change, Plan, shell_command
from wizard.core.unread import Unread
from wizard.fixes.access import unread_mark
from wizard.fixes.planners.common import deployment, now, plan_of
from wizard.fixes.planners.holders import (
    CALLER,
    EXECUTION,
    POLICY,
    ROLE,
    TASK,
    USER,
    Holder,
    Kind,
    denial,
    other_documents,
    own_policy,
    put,
    role_of,
    user_of,
)
from wizard.fixes.planners.needs import goals_of, statements_for
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused, Words
from wizard.fixes.words import say
from wizard.policy.documents import LIMITS, document, fits_inline, merge, text

_PUT_ROLE, _PUT_USER = "iam:PutRolePolicy", "iam:PutUserPolicy"
_ATTACH = "iam:AttachRolePolicy"


@fix("role.attach-least-policy", permissions=(_PUT_ROLE, "ecs:UpdateService"))
def attach_least_policy(request: FixRequest) -> Plan:
    """Write all that the goal needs into the wizard's own inline policy of the role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html
    """
    return _least(request, ROLE, role_of(request))


@fix("user.attach-least-policy", permissions=(_PUT_USER,))
def attach_least_user_policy(request: FixRequest) -> Plan:
    """Write all that the goal needs into the wizard's own inline policy of the IAM user."""
    return _least(request, USER, user_of(request))


def _least(request: FixRequest, kind: Kind, holder: Holder) -> Plan:
    notes = _notes(holder)
    wanted = statements_for(request, holder)
    if not wanted:
        raise Refused(say("nothing-to-grant", name=holder.name, why=request.goal))
    existing = own_policy(request, kind, holder.name)
    if isinstance(existing, Unread):
        change, more = _unseen(request, kind, holder, wanted, existing)
        notes += more
    else:
        after = merge(existing, wanted)
        if after == existing:
            return plan_of(request, [], notes)
        _refuse_too_long(request, kind, holder, after)
        change = put(request, kind, holder.name, POLICY, existing, after)
    rolled, said = _rollout(request, holder)
    return plan_of(request, [change, *rolled], [*notes, *said])


def _notes(holder: Holder) -> list[Words]:
    """Refuse where only denials are in the way; else say which of them stay."""
    words = denial(holder)
    if words is None:
        return []
    if not set(holder.missing) - set(holder.denied):
        raise Refused(words)
    return [words]


def _unseen(
    request: FixRequest, kind: Kind, holder: Holder, wanted: Any, why: Unread
) -> tuple[Change, list[Words]]:
    """Who may not read the policies can still plan, for somebody with more rights.

    The name is made from the content: whatever has that name already is this very policy.
    """
    after = document(wanted)
    name = f"{POLICY}-{hashlib.sha256(text(after).encode()).hexdigest()[:8]}"
    change = put(request, kind, holder.name, name, unread_mark(why), after)
    return change, [say("unread-policy", name=holder.name, why=why.why)]


def _refuse_too_long(request: FixRequest, kind: Kind, holder: Holder, after: Any) -> None:
    limit = "user" if kind is USER else "role"
    if fits_inline([after, *other_documents(request, kind, holder.name)], limit):  # type: ignore[arg-type]
        return
    managed = {"PolicyName": POLICY, "PolicyDocument": text(after)}
    command = shell_command("iam:CreatePolicy", managed)
    raise Refused(
        say("policy-too-long", name=holder.name, limit=LIMITS[limit], command=command)  # type: ignore[index]
    )


def _rollout(request: FixRequest, holder: Holder) -> tuple[list[Change], list[Words]]:
    return deployment(request) if holder.who in (EXECUTION, TASK) else ([], [])


_MANAGED = {
    "push": "AmazonEC2ContainerRegistryPowerUser",
    "exec": "AmazonECS_FullAccess",
    "start": "AmazonECS_FullAccess",
    EXECUTION: "service-role/AmazonECSTaskExecutionRolePolicy",
}
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-iam-awsmanpol.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html"""


@fix("role.attach-managed-policy", permissions=(_ATTACH, "ecs:UpdateService"))
def attach_managed_policy(request: FixRequest) -> Plan:
    """Attach AWS's managed policy for the goal: quicker to recognise, and far wider."""
    holder = role_of(request)
    notes = _notes(holder)
    if holder.who == TASK:
        raise Refused(say("no-managed-policy"))
    wanted = goals_of(request, holder) if holder.who == CALLER else [EXECUTION]
    partition = request.target.partition or "aws"
    changes = []
    for name in dict.fromkeys(_MANAGED[one] for one in wanted):
        parameters = {
            "RoleName": holder.name,
            "PolicyArn": f"arn:{partition}:iam::aws:policy/{name}",
        }
        if now(request, _ATTACH, parameters) is None:
            changes.append(_attach(request, parameters, name.rpartition("/")[2]))
    rolled, said = _rollout(request, holder) if changes else ([], [])
    return plan_of(request, [*changes, *rolled], [*notes, *said])


def _attach(request: FixRequest, parameters: dict[str, Any], policy: str) -> Change:
    words = {"role": parameters["RoleName"], "policy": policy}
    return Change(
        operation=_ATTACH,
        parameters=parameters,
        before=None,
        after=parameters["PolicyArn"],
        undo="iam:DetachRolePolicy",
        undo_parameters=parameters,
        effect=request.effect(**words),
        cost=request.cost(**words),
    )
