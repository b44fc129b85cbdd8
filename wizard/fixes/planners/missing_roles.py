"""Fixes that create a role which the task definition names and which is not there."""

import json
from typing import Any

from wizard.core.plan import Change, Plan
from wizard.fixes.planners.common import deployment, now, plan_of, role_fact
from wizard.fixes.planners.holders import EXECUTION, POLICY, ROLE, TASK, Holder, put, role_of
from wizard.fixes.planners.needs import statements_for
from wizard.fixes.planners.trust import ecs_tasks_may_assume
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say
from wizard.policy.documents import VERSION, document

_CREATE, _PUT = "iam:CreateRole", "iam:PutRolePolicy"


@fix("role.create-execution-role", permissions=(_CREATE, _PUT, "ecs:UpdateService"))
def create_execution_role(request: FixRequest) -> Plan:
    """Create the named execution role with the least policy.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    return _create(request, EXECUTION)


@fix("task-role.create", permissions=(_CREATE, _PUT, "ecs:UpdateService"))
def create_task_role(request: FixRequest) -> Plan:
    """Create the named task role with what ECS Exec needs of it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    return _create(request, TASK)


def _create(request: FixRequest, who: str) -> Plan:
    role = role_fact(request, who)
    if role is None or not role.named:
        raise Refused(say(f"no-{who}-named"))
    holder = role_of(request)
    parameters = _parameters(request, holder, role.arn or "")
    if now(request, _CREATE, parameters) is not None:
        return plan_of(request, [])
    made = document(statements_for(request, holder))
    create = Change(
        operation=_CREATE,
        parameters=parameters,
        before=None,
        after={"RoleName": holder.name},
        undo="iam:DeleteRole",
        undo_parameters={"RoleName": holder.name},
        effect=request.effect(role=holder.name),
        cost=request.cost(role=holder.name),
    )
    # The words of the fix that does only this, so that the step says what it does.
    words = "role.attach-least-policy"
    grant = put(request, ROLE, holder.name, POLICY, None, made, words=words)
    more, notes = deployment(request)
    return plan_of(request, [create, grant, *more], notes)


def _parameters(request: FixRequest, holder: Holder, arn: str) -> dict[str, Any]:
    """Return the role with the path that its ARN names, so that the task definition finds it."""
    trust = {"Version": VERSION, "Statement": [ecs_tasks_may_assume(request)]}
    made = {
        "RoleName": holder.name,
        "AssumeRolePolicyDocument": json.dumps(trust, indent=2),
    }
    path = arn.partition(":role/")[2].rpartition("/")[0]
    return made | ({"Path": f"/{path}/"} if path else {})
