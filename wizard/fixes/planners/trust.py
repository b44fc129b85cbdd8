"""Fix of a role's trust: ECS tasks may assume it."""

import json

from wizard.core.plan import Change, Plan
from wizard.fixes.planners.common import arn, deployment, now, plan_of
from wizard.fixes.planners.holders import role_of
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest
from wizard.policy.trust import ECS_TASKS, trusts_ecs

_TRUST = "iam:UpdateAssumeRolePolicy"


@fix("role.fix-trust", permissions=(_TRUST, "ecs:UpdateService"))
def fix_trust(request: FixRequest) -> Plan:
    """Add the statement that lets ECS tasks assume the role to its trust policy.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#create_task_iam_policy_and_role
    """
    role = role_of(request)
    before = now(request, _TRUST, {"RoleName": role.name})
    place = request.target
    where = (place.partition or "aws", place.region or "", place.account or "")
    trusted = trusts_ecs(before or {}, ECS_TASKS, *where)
    if before is not None and trusted.allowed:
        return plan_of(request, [])
    after = dict(before or {"Version": "2012-10-17"})
    statements = after.get("Statement", [])
    old = statements if isinstance(statements, list) else [statements]
    after["Statement"] = [*old, ecs_tasks_may_assume(request)]
    change = Change(
        operation=_TRUST,
        parameters={"RoleName": role.name, "PolicyDocument": json.dumps(after, indent=2)},
        before=before,
        after=after,
        undo=_TRUST,
        undo_parameters={"RoleName": role.name, "PolicyDocument": json.dumps(before, indent=2)},
        effect=request.effect(role=role.name),
        cost=request.cost(role=role.name),
    )
    more, notes = deployment(request)
    return plan_of(request, [change, *more], notes)


def ecs_tasks_may_assume(request: FixRequest) -> dict[str, object]:
    """Return the statement of a trust policy that lets this account's ECS tasks in.

    The conditions keep other accounts from using ECS as a deputy, as AWS recommends.
    """
    made: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": ECS_TASKS},
        "Action": "sts:AssumeRole",
    }
    if request.target.account:
        made["Condition"] = {
            "StringEquals": {"aws:SourceAccount": request.target.account},
            "ArnLike": {"aws:SourceArn": arn(request, "ecs", "*")},
        }
    return made
