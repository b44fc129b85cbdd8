"""SimulatePrincipalPolicy and SimulateCustomPolicy over the lab's evaluator.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
Service control policies are reported as OrganizationsDecisionDetail, as AWS does.
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import Role, User

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.evaluate import (
    BOUNDARY,
    SCP,
    Decision,
    Named,
    Policies,
    Request,
    evaluate,
)
from wizard.lab.cloud.identity.principals import (
    Principal,
    boundary,
    iam,
    identity_policies,
    parsed,
)


@handles("iam", "SimulatePrincipalPolicy")
def simulate_principal(context: Context) -> Result:
    """What the policies of a user or role say to some actions on some resources."""
    p = context.params
    principal = _principal(context, str(p["PolicySourceArn"]))
    extra = _listed(p.get("PolicyInputList"))
    guard = boundary(principal)
    inputs = _listed(p.get("PermissionsBoundaryPolicyInputList"))
    return _simulate(
        context,
        Policies(
            identity=[*identity_policies(principal), *extra],
            boundary=inputs[0] if inputs else guard,
            scps=[Named(s["name"], s["document"]) for s in context.cloud.settings.scps],
        ),
        principal.arn,
    )


@handles("iam", "SimulateCustomPolicy")
def simulate_custom(context: Context) -> Result:
    """What some policy documents say to some actions on some resources."""
    p = context.params
    inputs = _listed(p.get("PermissionsBoundaryPolicyInputList"))
    policies = Policies(
        identity=_listed(p.get("PolicyInputList")), boundary=inputs[0] if inputs else None
    )
    return _simulate(context, policies, str(p.get("CallerArn") or context.caller.arn))


def _listed(texts: Any) -> list[Named]:
    return [Named(f"PolicyInputList.{i}", parsed(t)) for i, t in enumerate(texts or [], 1)]


def _principal(context: Context, arn: str) -> Principal:
    parts = arn.split(":", 5)
    kind, _, path = parts[5].partition("/") if len(parts) == 6 else ("", "", "")
    backend = iam(context.account, context.call.partition)
    name = path.rsplit("/", 1)[-1]
    entity: User | Role | None = None
    if kind == "role":
        entity = next((r for r in backend.roles.values() if r.name == name), None)
    elif kind == "user":
        entity = next((u for u in backend.users.values() if u.name == name), None)
    else:
        raise AwsError("InvalidInput", f"Invalid Entity Arn: {arn}", 400)
    if entity is None:
        text = f"The {kind} with name {name} cannot be found."
        raise AwsError("NoSuchEntity", text, 404)
    return Principal(context.account, context.call.partition, arn, entity.id, kind, entity)


def _simulate(context: Context, policies: Policies, caller: str) -> Result:
    p = context.params
    keys: dict[str, str | list[str]] = {
        e["ContextKeyName"]: [str(v) for v in e.get("ContextKeyValues") or []]
        for e in p.get("ContextEntries") or []
    }
    resource_text = p.get("ResourcePolicy")
    if resource_text:
        policies.resource = Named("ResourcePolicy", parsed(resource_text))
    results = [
        _one(Request(action, resource, caller, keys, (caller,)), policies)
        for action in p.get("ActionNames") or []
        for resource in p.get("ResourceArns") or ["*"]
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


def _one(request: Request, policies: Policies) -> dict[str, Any]:
    decision = evaluate(request, policies)
    result: dict[str, Any] = {
        "EvalActionName": request.action,
        "EvalResourceName": request.resource,
        "EvalDecision": _verdict(decision),
        "MatchedStatements": [
            {"SourcePolicyId": n.name, "SourcePolicyType": n.source_type or "IAM Policy"}
            for n in decision.matched
        ],
        "MissingContextValues": [],
    }
    if policies.scps:
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": decision.kind != SCP}
    if policies.boundary is not None:
        detail = {"AllowedByPermissionsBoundary": decision.kind != BOUNDARY}
        result["PermissionsBoundaryDecisionDetail"] = detail
    return result


def _verdict(decision: Decision) -> str:
    if decision.allowed:
        return "allowed"
    return "explicitDeny" if decision.explicit else "implicitDeny"
