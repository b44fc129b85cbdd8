"""SimulatePrincipalPolicy's answers as decisions."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.policy import (
    Decision,
    answer_for,
    context_entries,
    read_simulation,
    resolve,
    settle,
)

MATCHED = [{"SourcePolicyId": "p", "SourcePolicyType": "IAM Policy"}]
ACTION = "ssmmessages:CreateDataChannel"


def result(decision: str, **more: Any) -> dict[str, Any]:
    """One entry of EvaluationResults."""
    made = {"EvalActionName": ACTION, "EvalResourceName": "*", "EvalDecision": decision}
    return made | more


def only(decision: str, **more: Any) -> Decision:
    """The decision of an answer with one result."""
    (found,) = read_simulation({"EvaluationResults": [result(decision, **more)]}).values()
    return found


def test_the_three_decisions_are_read() -> None:
    assert only("allowed", MatchedStatements=MATCHED).allowed
    assert only("implicitDeny").effect == "implicit-deny"
    denied = only("explicitDeny", MatchedStatements=MATCHED)
    assert (denied.effect, denied.by, denied.statement) == ("explicit-deny", "identity", MATCHED[0])
    assert only("somethingNew").effect == "unknown"


@pytest.mark.parametrize("decision", ["implicitDeny", "explicitDeny"])
def test_a_refusal_with_a_missing_context_value_is_no_refusal(decision: str) -> None:
    found = only(decision, MissingContextValues=["aws:SourceVpc", "aws:RequestedRegion"])
    assert (found.effect, found.why) == ("unknown", "context-missing")
    assert found.missing_context == ("aws:RequestedRegion", "aws:SourceVpc")


def test_a_permission_with_a_missing_context_value_stays_and_reports_it() -> None:
    found = only("allowed", MissingContextValues=["aws:SourceVpc"])
    assert (found.allowed, found.missing_context) == (True, ("aws:SourceVpc",))


def test_what_the_organization_or_the_boundary_refuses_is_said_apart() -> None:
    organization = {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}
    boundary = {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}
    assert only("implicitDeny", **organization).by == "scp"
    assert only("implicitDeny", **boundary).by == "boundary"
    assert only("explicitDeny", **boundary, MatchedStatements=MATCHED).by == "boundary"


def test_each_resource_has_its_own_decision() -> None:
    specific = [
        {"EvalResourceName": "a", "EvalResourceDecision": "allowed"},
        {
            "EvalResourceName": "b",
            "EvalResourceDecision": "implicitDeny",
            "MissingContextValues": ["ecs:cluster"],
        },
        {"EvalResourceName": "c", "EvalResourceDecision": "implicitDeny"},
    ]
    organization = {"AllowedByOrganizations": False}
    answer = result(
        "implicitDeny", ResourceSpecificResults=specific, OrganizationsDecisionDetail=organization
    )
    found = read_simulation({"EvaluationResults": [answer]})
    assert [(r, d.effect) for (_, r), d in found.items()] == [
        ("a", "allowed"),
        ("b", "unknown"),
        ("c", "implicit-deny"),
    ]
    assert found[(ACTION, "c")].by == "scp"


def test_an_empty_answer_decides_nothing() -> None:
    assert read_simulation({}) == {}


def test_the_more_certain_answer_counts() -> None:
    yes, no = Decision("allowed"), Decision("implicit-deny", "identity")
    doubt = Decision("unknown", missing_context=("aws:SourceVpc",))
    other = Decision("unknown", missing_context=("aws:SourceIp",))
    assert resolve(yes, no) is yes
    assert resolve(doubt, no) is no
    assert resolve(doubt, other).missing_context == ("aws:SourceIp", "aws:SourceVpc")


def test_context_becomes_the_parameter_of_the_call() -> None:
    entries = context_entries(
        {"ecs:cluster": "arn:x", "aws:SourceIp": "10.0.0.1", "a:b": ["1", "2"]}
    )
    assert entries == [
        {"ContextKeyName": "a:b", "ContextKeyValues": ["1", "2"], "ContextKeyType": "stringList"},
        {
            "ContextKeyName": "aws:SourceIp",
            "ContextKeyValues": ["10.0.0.1"],
            "ContextKeyType": "ip",
        },
        {
            "ContextKeyName": "ecs:cluster",
            "ContextKeyValues": ["arn:x"],
            "ContextKeyType": "string",
        },
    ]


YES, NO = Decision("allowed", "identity"), Decision("implicit-deny", "identity")


def test_a_denial_that_no_policy_explains_is_not_believed() -> None:
    found = settle(NO, YES)
    assert (found.effect, found.why) == ("unknown", "simulation-differs")
    unread = Decision("unknown", why="policy-unread")
    assert settle(NO, unread) is NO
    assert settle(NO, NO) is NO
    by_scp = Decision("implicit-deny", "scp")
    assert settle(by_scp, YES) is by_scp


def test_a_permission_is_doubtful_where_a_deny_asks_for_what_is_not_known() -> None:
    yes = Decision("allowed", "identity", missing_context=("aws:SourceIp",))
    doubt = Decision("unknown", missing_context=("aws:SourceIp",))
    assert settle(yes, doubt) is doubt
    assert settle(yes, YES) is yes
    assert settle(yes, Decision("unknown", why="policy-unread")) is yes
    assert settle(None, doubt) is doubt


def test_an_answer_for_anything_is_one_for_the_only_thing_that_was_asked() -> None:
    answers = {("ecs:updateservice", "*"): YES, ("ecs:RunTask", "arn:x"): NO}
    assert answer_for(answers, "ecs:UpdateService", "arn:x", alone=True) is YES
    assert answer_for(answers, "ecs:UpdateService", "arn:x", alone=False) is None
    assert answer_for(answers, "ecs:RunTask", "arn:x", alone=False) is NO
    assert answer_for(answers, "ecs:StopTask", "arn:x", alone=True) is None
