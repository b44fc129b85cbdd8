"""Fix of a repository's own policy: the execution role may pull."""

import json

from wizard.core.facts import Repository
from wizard.core.plan import Change, Plan
from wizard.fixes.planners.common import deployment, now, plan_of, role_fact
from wizard.fixes.planners.holders import EXECUTION
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say
from wizard.policy.documents import VERSION
from wizard.policy.least import ECR_TOKEN, pull_actions

_SET = "ecr:SetRepositoryPolicy"


@fix("ecr.allow-pull", permissions=(_SET, "ecs:UpdateService"))
def allow_pull(request: FixRequest) -> Plan:
    """Let the execution role pull, in the policy of each repository that shuts it out.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    """
    role = role_fact(request, EXECUTION)
    if role is None or not role.arn:
        raise Refused(say("role-unknown"))
    names = [one.repository for one in request.items if isinstance(one, Repository)]
    changes = [_change(request, name, role.arn) for name in dict.fromkeys(names)]
    made = [one for one in changes if one]
    more, notes = deployment(request) if made else ([], [])
    return plan_of(request, made + more, notes)


def _change(request: FixRequest, repository: str, role: str) -> Change | None:
    parameters = {"repositoryName": repository}
    before = now(request, _SET, parameters)
    parts = (before or {}).get("Statement", [])
    have = parts if isinstance(parts, list) else [parts]
    if any(part.get("Effect") == "Deny" for part in have):
        raise Refused(say("repository-policy-deny", repository=repository))
    added = {
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": [one for one in pull_actions() if one != ECR_TOKEN],
    }
    if added in have:
        return None
    after = {"Version": VERSION} | (before or {}) | {"Statement": [*have, added]}
    back = parameters | {"policyText": json.dumps(before, indent=2)} if before else parameters
    return Change(
        operation=_SET,
        parameters=parameters | {"policyText": json.dumps(after, indent=2)},
        before=before,
        after=after,
        undo=_SET if before else "ecr:DeleteRepositoryPolicy",
        undo_parameters=back,
        effect=request.effect(repository=repository, role=role),
        cost=request.cost(repository=repository),
    )
