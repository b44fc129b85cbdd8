"""SimulatePrincipalPolicy, SimulateCustomPolicy and the condition keys that policies ask for.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from moto.iam.models import Role, User

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.identity import inputs
from wizard.lab.cloud.identity.evaluate import (
    BOUNDARY,
    SCP,
    Decision,
    Named,
    Policies,
    Request,
    applies,
    concerns,
    evaluate,
    statements,
)
from wizard.lab.cloud.identity.guard import service_control_policies
from wizard.lab.cloud.identity.owners import Arn
from wizard.lab.cloud.identity.positions import statement_positions
from wizard.lab.cloud.identity.principals import boundary_of, policies_of

_SHAPES = {
    "s3": "arn:{p}:s3:::${{BucketName}}/${{KeyName}}",
    "iam": "arn:{p}:iam::${{Account}}:role/${{RoleName}}",
    "ecr": "arn:{p}:ecr:${{Region}}:${{Account}}:repository/${{RepositoryName}}",
}


@dataclass(frozen=True)
class _Asked:
    """One simulation: the policies, for whom, and what the call supplies."""

    policies: Policies
    caller: str
    given: dict[str, str | list[str]]


@handles("iam", "SimulatePrincipalPolicy")
def simulate_principal(context: Context) -> Result:
    """What the policies of a user (with its groups'), group or role say to some actions."""
    p = context.params
    source = inputs.entity(context, str(p["PolicySourceArn"]))
    identity = [*policies_of(source), *inputs.documents(context, "PolicyInputList")]
    limits = inputs.documents(context, "PermissionsBoundaryPolicyInputList")
    own = boundary_of(source) if isinstance(source, (User, Role)) else None
    policies = Policies(identity=identity, boundary=limits[0] if limits else own)
    return _simulate(context, policies, str(p.get("CallerArn") or source.arn))


@handles("iam", "SimulateCustomPolicy")
def simulate_custom(context: Context) -> Result:
    """What some policy documents say to some actions on some resources."""
    limits = inputs.documents(context, "PermissionsBoundaryPolicyInputList")
    policies = Policies(
        identity=inputs.documents(context, "PolicyInputList"),
        boundary=limits[0] if limits else None,
    )
    return _simulate(context, policies, str(context.params.get("CallerArn") or ""))


@handles("iam", "GetContextKeysForPrincipalPolicy")
def keys_for_principal(context: Context) -> Result:
    """The condition keys and policy variables that a principal's policies ask for.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html
    """
    source = inputs.entity(context, str(context.params["PolicySourceArn"]))
    found = [*policies_of(source), *inputs.documents(context, "PolicyInputList")]
    return {"ContextKeyNames": _every_key(found)}


@handles("iam", "GetContextKeysForCustomPolicy")
def keys_for_custom(context: Context) -> Result:
    """The condition keys that some policy documents ask for."""
    return {"ContextKeyNames": _every_key(inputs.documents(context, "PolicyInputList"))}


def _every_key(policies: Iterable[Named]) -> list[str]:
    return sorted({k for n in policies for s in statements(n.document) for k in _keys_of(s)})


def _keys_of(statement: Any) -> set[str]:
    return {key for wanted in statement.get("Condition", {}).values() for key in wanted}


def _simulate(context: Context, policies: Policies, caller: str) -> Result:
    text = context.params.get("ResourcePolicy")
    if text:
        arn = Arn.of(caller)
        if arn is None or not arn.rest.startswith("user/"):
            # Resource policies are not simulated for roles, and need somebody to apply to.
            raise inputs.invalid("Invalid caller - Caller cannot be null or empty.")
        policies.resource = Named("ResourcePolicy", inputs.document(str(text)), text=str(text))
    # The simulator leaves out service control policies that have conditions.
    policies.scps = [
        n
        for n in service_control_policies(context.cloud, context.call.partition)
        if not _every_key([n])
    ]
    asked = _Asked(policies, caller, _derived(caller) | inputs.keys(context))
    wanted, names = inputs.actions(context), inputs.resources(context)
    return inputs.page(context, [_action(asked, action, names) for action in wanted])


def _derived(caller: str) -> dict[str, str | list[str]]:
    """The keys that follow from the caller, and so need not be supplied."""
    arn = Arn.of(caller)
    if arn is None:
        return {}
    found: dict[str, str | list[str]] = {
        "aws:PrincipalArn": caller,
        "aws:PrincipalAccount": arn.account,
    }
    if arn.rest.startswith("user/"):
        found["aws:username"] = caller.rsplit("/", 1)[-1]
    return found


def _action(asked: _Asked, action: str, names: Sequence[str]) -> dict[str, Any]:
    """The result for one action: on ``*``, or on each named resource and summed up."""
    each = [_one(asked, action, name) for name in names]
    if names[0] == "*":
        result = dict(each[0])
        result["EvalDecision"] = result.pop("EvalResourceDecision")
    else:
        alone = len(each) == 1
        result = {
            "EvalResourceName": names[0] if alone else _shape(action, names[0]),
            "EvalDecision": _strictest([e["EvalResourceDecision"] for e in each]),
            "MatchedStatements": each[0]["MatchedStatements"] if alone else [],
            # With resources, missing keys are told for each of them alone.
            "MissingContextValues": [],
            "ResourceSpecificResults": each,
        }
        if "PermissionsBoundaryDecisionDetail" in each[0]:
            key = "AllowedByPermissionsBoundary"
            fine = all(e["PermissionsBoundaryDecisionDetail"][key] for e in each)
            result["PermissionsBoundaryDecisionDetail"] = {key: fine}
    if asked.policies.scps:
        fine = all(_passes(asked.policies.scps, _request(asked, action, n)) for n in names)
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": fine}
    return {"EvalActionName": action} | result


def _shape(action: str, first: str) -> str:
    """The pattern by which the simulator names several resources at once (those that are known)."""
    return _SHAPES.get(action.partition(":")[0], "*").format(p=first.split(":")[1])


def _strictest(decisions: Sequence[str]) -> str:
    """The sum of several resources' decisions; AWS does not say how it sums up, so: the worst."""
    return next((d for d in ("explicitDeny", "implicitDeny") if d in decisions), "allowed")


def _request(asked: _Asked, action: str, resource: str) -> Request:
    arn = Arn.of(asked.caller)
    account = arn.account if arn else ""
    whole = (f"arn:{arn.partition}:iam::{account}:root", account) if arn else ()
    return Request(
        action, resource, asked.caller, asked.given, (asked.caller,), whole, account=account
    )


def _one(asked: _Asked, action: str, resource: str) -> dict[str, Any]:
    """One action on one resource."""
    request, policies = _request(asked, action, resource), asked.policies
    decision = evaluate(request, policies)
    result: dict[str, Any] = {
        "EvalResourceName": resource,
        "EvalResourceDecision": _verdict(decision),
        "MatchedStatements": _matched(policies, request, decision),
        "MissingContextValues": _missing(policies, request),
    }
    if policies.boundary is not None:
        fine = _passes([policies.boundary], request)
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": fine}
    return result


def _passes(guards: Sequence[Named], request: Request) -> bool:
    """Whether guards (a boundary, service control policies) let a request through."""
    effects = {
        s.get("Effect") for n in guards for s in statements(n.document) if applies(s, request)
    }
    return "Allow" in effects and "Deny" not in effects


def _verdict(decision: Decision) -> str:
    if decision.allowed:
        return "allowed"
    return "explicitDeny" if decision.explicit else "implicitDeny"


def _matched(policies: Policies, request: Request, decision: Decision) -> list[dict[str, Any]]:
    """The statements that decided: all that allow, or those alone that deny.

    Those of the organization are not shown to an account.
    """
    if decision.kind == SCP or not (decision.allowed or decision.explicit):
        return []
    effect = "Deny" if decision.explicit else "Allow"
    looked = list(policies.identity)
    looked += [n for n in (policies.resource,) if n is not None]
    if decision.kind == BOUNDARY and policies.boundary is not None:
        looked = [policies.boundary]
    return [
        _told(named, index)
        for named in looked
        for index, statement in enumerate(statements(named.document))
        if statement.get("Effect") == effect and applies(statement, request)
    ]


def _told(named: Named, index: int) -> dict[str, Any]:
    kind = "resource" if named.name == "ResourcePolicy" else "IAM Policy"
    told: dict[str, Any] = {"SourcePolicyId": named.name, "SourcePolicyType": kind}
    places = statement_positions(named.text)
    if index < len(places):
        told["StartPosition"], told["EndPosition"] = places[index]
    return told


def _missing(policies: Policies, request: Request) -> list[str]:
    """The condition keys of statements about this request that nobody supplied."""
    supplied = {key.lower() for key in request.context}
    looked = [*policies.identity, *(n for n in (policies.resource, policies.boundary) if n)]
    return sorted(
        {
            key
            for named in looked
            for statement in statements(named.document)
            if concerns(statement, request)
            for key in _keys_of(statement)
            if key.lower() not in supplied
        }
    )
