"""Reads a SimulatePrincipalPolicy (or SimulateCustomPolicy) answer into decisions.

A refusal while the value of a condition key was missing is no refusal: the real call would have
sent that key. AllowedByOrganizations false means that a service control policy stands in the way,
for which no policy attached to the principal helps.
Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wizard.policy.types import By, Decision

_MULTI = ("aws:calledvia", "aws:tagkeys", "aws:principalorgpaths")


def _stands_in_the_way(result: Mapping[str, Any], matched: Sequence[Mapping[str, Any]]) -> By:
    """The kind of policy to blame for a denial."""
    organizations = result.get("OrganizationsDecisionDetail") or {}
    if organizations.get("AllowedByOrganizations") is False:
        return "scp"
    boundary = result.get("PermissionsBoundaryDecisionDetail") or {}
    if boundary.get("AllowedByPermissionsBoundary") is False:
        return "boundary"
    kinds = {str(m.get("SourcePolicyType", "")).lower() for m in matched}
    return "resource" if kinds and all("resource" in k for k in kinds) else "identity"


def _decide(result: Mapping[str, Any], decision: str) -> Decision:
    matched = result.get("MatchedStatements") or ()
    missing = tuple(sorted(result.get("MissingContextValues") or ()))
    statement = matched[0] if matched else None
    if decision == "allowed":
        # Missing keys belong to other statements; they are reported, and do not take it back.
        return Decision("allowed", "identity", statement, missing, "allowed")
    by = _stands_in_the_way(result, matched)
    if missing:
        return Decision("unknown", by, statement, missing, "context-missing")
    if decision == "explicitDeny":
        return Decision("explicit-deny", by, statement, (), "deny-statement")
    if decision == "implicitDeny":
        return Decision("implicit-deny", by, None, (), "no-allow")
    return Decision("unknown", "", None, missing, "not-evaluable")


def _each(result: Mapping[str, Any]) -> list[tuple[str, Decision]]:
    specific = result.get("ResourceSpecificResults") or ()
    if not specific:
        resource = str(result.get("EvalResourceName", "*"))
        return [(resource, _decide(result, str(result.get("EvalDecision", ""))))]
    found = []
    for one in specific:
        # The organization's verdict stands only beside the action's.
        whole = {"OrganizationsDecisionDetail": result.get("OrganizationsDecisionDetail"), **one}
        decision = _decide(whole, str(one.get("EvalResourceDecision", "")))
        found.append((str(one.get("EvalResourceName", "*")), decision))
    return found


def read_simulation(answer: Mapping[str, Any]) -> dict[tuple[str, str], Decision]:
    """(action, resource) of every result, and its decision.

    `answer` is boto3's answer, or the joined pages of it, with `EvaluationResults`.
    """
    return {
        (str(result.get("EvalActionName", "")), resource): decision
        for result in answer.get("EvaluationResults") or ()
        for resource, decision in _each(result)
    }


def resolve(simulated: Decision, evaluated: Decision) -> Decision:
    """The more certain of AWS's simulation and our own reading of the policies.

    The simulation counts where it is certain. Where it lacks context, our own reading may know
    more; keys that neither knew are kept.
    """
    if simulated.effect != "unknown":
        return simulated
    if evaluated.effect != "unknown":
        return evaluated
    missing = tuple(sorted({*simulated.missing_context, *evaluated.missing_context}))
    unread = tuple(dict.fromkeys((*simulated.unread, *evaluated.unread)))
    return replace(simulated, missing_context=missing, unread=unread)


def answer_for(
    answers: Mapping[tuple[str, str], Decision], action: str, resource: str, *, alone: bool
) -> Decision | None:
    """What `answers` (of `read_simulation`) say to `action` on `resource`; None if they do not.

    `alone`: no other resource was asked about, so that an answer on `*` means this one.
    """
    for name, about in ((action, resource), *(((action, "*"),) if alone else ())):
        for (answered, on), decision in answers.items():
            if answered.lower() == name.lower() and on == about:
                return decision
    return None


def settle(simulated: Decision | None, read: Decision) -> Decision:
    """What a simulation and our own reading of the same principal's policies say together.

    AWS names an organization or a boundary that refuses; where it names none, the principal's own
    policies decide, and they can be read: if all of them were and they allow, a denial is as
    doubtful as they are. A permission for which a condition key's value was missing may be taken
    back by a deny statement that asks for this key.
    """
    if simulated is None:
        return read
    if simulated.effect == "unknown":
        return resolve(simulated, read)
    if simulated.allowed and simulated.missing_context:
        doubt = read.effect == "unknown" and bool(read.missing_context)
        return read if doubt or read.effect == "explicit-deny" else simulated
    if simulated.effect == "implicit-deny" and simulated.by == "identity":
        if read.allowed:
            return Decision("unknown", "identity", None, (), "simulation-differs")
        return read if read.effect == "explicit-deny" else simulated
    return simulated


def context_entries(context: Mapping[str, str | Sequence[str]]) -> list[dict[str, Any]]:
    """Condition keys as the `ContextEntries` parameter of the call, sorted by key."""
    entries = []
    for key in sorted(context):
        value = context[key]
        values = [value] if isinstance(value, str) else list(value)
        listed = len(values) > 1 or key.lower() in _MULTI
        kind = "stringList" if listed else "string"
        if key.lower() in ("aws:securetransport", "aws:viaawsservice"):
            kind = "boolean"
        elif key.lower() in ("aws:sourceip", "aws:vpcsourceip"):
            kind = "ip"
        entry = {"ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": kind}
        entries.append(entry)
    return entries
