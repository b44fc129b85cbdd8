"""The policy simulator answers, and refuses, as IAM's does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import World, allow

from .helpers import refused
from .shapes import Watch

ACCOUNT = "123456789012"
WORKER = f"arn:aws:iam::{ACCOUNT}:role/worker"
BUCKET = "arn:aws:s3:::files"


def _statement(effect: str, action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource} | more


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _worker(lab: Lab, *statements: dict[str, Any]) -> None:
    World(lab).role("worker", service="ec2.amazonaws.com", inline=_policy(*statements))


def _simulate(lab: Lab, *actions: str, **more: Any) -> list[dict[str, Any]]:
    iam = lab.client("iam")
    watch = Watch(iam)
    got = iam.simulate_principal_policy(
        **({"PolicySourceArn": WORKER, "ActionNames": list(actions)} | more)
    )
    # The simulator says "IAM Policy", which its model does not list.
    assert [p for p in watch.problems if "IAM Policy" not in p] == []
    found: list[dict[str, Any]] = got["EvaluationResults"]
    return found


def _custom(lab: Lab, policy: str, *actions: str, **more: Any) -> dict[str, Any]:
    got = lab.client("iam").simulate_custom_policy(
        PolicyInputList=[policy], ActionNames=list(actions), **more
    )
    first: dict[str, Any] = got["EvaluationResults"][0]
    return first


def test_a_condition_key_that_nobody_supplied_is_told_as_missing(lab: Lab) -> None:
    only_here = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    _worker(lab, _statement("Allow", "*"), _statement("Deny", "ecr:*", Condition=only_here))
    first, second = _simulate(lab, "ecr:BatchGetImage", "logs:PutLogEvents")
    assert (first["EvalDecision"], first["MissingContextValues"]) == (
        "explicitDeny", ["aws:SourceVpce"],
    )  # fmt: skip
    assert (second["EvalDecision"], second["MissingContextValues"]) == ("allowed", [])

    key = {"ContextKeyName": "aws:sourcevpce", "ContextKeyType": "string"}
    given = [key | {"ContextKeyValues": ["vpce-1"]}]
    first = _simulate(lab, "ecr:BatchGetImage", ContextEntries=given)[0]
    assert (first["EvalDecision"], first["MissingContextValues"]) == ("allowed", [])


def test_with_resources_missing_keys_are_told_for_each_resource_alone(lab: Lab) -> None:
    secure = {"Bool": {"aws:SecureTransport": "true"}}
    _worker(lab, _statement("Allow", "s3:GetObject", f"{BUCKET}/a", Condition=secure))
    wanted = [f"{BUCKET}/a", f"{BUCKET}/b"]
    result = _simulate(lab, "s3:GetObject", ResourceArns=wanted)[0]
    assert result["MissingContextValues"] == []
    assert result["EvalResourceName"] == "arn:aws:s3:::${BucketName}/${KeyName}"
    each = {r["EvalResourceName"]: r for r in result["ResourceSpecificResults"]}
    assert each[wanted[0]]["MissingContextValues"] == ["aws:SecureTransport"]
    assert each[wanted[1]]["MissingContextValues"] == []
    assert {r["EvalResourceDecision"] for r in each.values()} == {"implicitDeny"}


def test_each_resource_has_its_own_decision(lab: Lab) -> None:
    _worker(lab, _statement("Allow", "s3:GetObject", f"{BUCKET}/a"))
    wanted = [f"{BUCKET}/a", f"{BUCKET}/b"]
    result = _simulate(lab, "s3:GetObject", ResourceArns=wanted)[0]
    decisions = [r["EvalResourceDecision"] for r in result["ResourceSpecificResults"]]
    assert decisions == ["allowed", "implicitDeny"]
    alone = _simulate(lab, "s3:GetObject", ResourceArns=wanted[:1])[0]
    assert (alone["EvalResourceName"], alone["EvalDecision"]) == (wanted[0], "allowed")
    assert len(alone["ResourceSpecificResults"]) == 1


def test_the_statements_that_decided_are_named_with_their_place(lab: Lab) -> None:
    _worker(lab, _statement("Allow", "ecs:ListClusters"), _statement("Allow", "s3:*"))
    lab.client("iam").attach_role_policy(
        RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    matched = _simulate(lab, "s3:GetObject")[0]["MatchedStatements"]
    assert [m["SourcePolicyId"] for m in matched] == [
        "role_worker_inline",
        "AdministratorAccess",
    ]
    assert {m["SourcePolicyType"] for m in matched} == {"IAM Policy"}

    compact = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    )
    place = _custom(lab, compact, "s3:GetObject")["MatchedStatements"][0]
    assert place == {
        "SourcePolicyId": "PolicyInputList.1",
        "SourcePolicyType": "IAM Policy",
        "StartPosition": {"Line": 1, "Column": 38},
        "EndPosition": {"Line": 1, "Column": len(compact) - 1},
    }


def test_only_the_denying_statement_is_named(lab: Lab) -> None:
    _worker(lab, _statement("Allow", "*"), _statement("Deny", "s3:*"))
    result = _simulate(lab, "s3:GetObject")[0]
    assert result["EvalDecision"] == "explicitDeny"
    assert len(result["MatchedStatements"]) == 1


def test_a_user_has_the_policies_of_its_groups_and_a_group_its_own(lab: Lab) -> None:
    iam = lab.client("iam")
    iam.create_user(UserName="me")
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(UserName="me", GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="more", PolicyDocument=allow("s3:*"))
    for source in ("user/me", "group/staff"):
        arn = f"arn:aws:iam::{ACCOUNT}:{source}"
        result = _simulate(lab, "s3:GetObject", PolicySourceArn=arn)[0]
        assert result["EvalDecision"] == "allowed"
        assert result["MatchedStatements"][0]["SourcePolicyId"] == "group_staff_more"


def test_a_boundary_and_an_organization_tell_their_own_verdict(lab: Lab) -> None:
    _worker(lab, _statement("Allow", "*"))
    assert "OrganizationsDecisionDetail" not in _simulate(lab, "s3:GetObject")[0]
    edge = lab.client("iam").create_policy(PolicyName="edge", PolicyDocument=allow("s3:*"))
    lab.client("iam").put_role_permissions_boundary(
        RoleName="worker", PermissionsBoundary=edge["Policy"]["Arn"]
    )
    inside, outside = _simulate(lab, "s3:GetObject", "ecs:ListClusters")
    allowed, key = "AllowedByPermissionsBoundary", "PermissionsBoundaryDecisionDetail"
    assert (inside["EvalDecision"], inside[key][allowed]) == ("allowed", True)
    assert (outside["EvalDecision"], outside[key][allowed]) == ("implicitDeny", False)

    full = {"name": "full", "document": json.loads(allow("*"))}
    guard = {"name": "guard", "document": json.loads(_policy(_statement("Deny", "s3:*")))}
    lab.settings(scps=[full, guard])
    first = _simulate(lab, "s3:GetObject", ResourceArns=[f"{BUCKET}/a"])[0]
    assert first["EvalDecision"] == "explicitDeny"
    assert first["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}


def test_service_control_policies_with_conditions_are_left_out(lab: Lab) -> None:
    _worker(lab, _statement("Allow", "*"))
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    deny = json.loads(_policy(_statement("Deny", "s3:*", Condition=elsewhere)))
    full = {"name": "full", "document": json.loads(allow("*"))}
    lab.settings(scps=[full, {"name": "here", "document": deny}])
    result = _simulate(lab, "s3:GetObject")[0]
    assert result["EvalDecision"] == "allowed"
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}


def test_a_resource_policy_is_simulated_for_users_alone(lab: Lab) -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/me"
    lets_in = _policy(_statement("Allow", "s3:*", f"{BUCKET}/*", Principal={"AWS": user}))
    given = {"ResourcePolicy": lets_in, "ResourceArns": [f"{BUCKET}/a"]}
    nothing = _policy(_statement("Allow", "ecs:*"))
    result = _custom(lab, nothing, "s3:GetObject", CallerArn=user, **given)
    assert result["EvalDecision"] == "allowed"
    assert result["MatchedStatements"][0]["SourcePolicyType"] == "resource"
    code, _ = refused(lambda: _custom(lab, nothing, "s3:GetObject", CallerArn=WORKER, **given))
    assert code == "InvalidInput"


def test_results_come_in_pages(lab: Lab) -> None:
    _worker(lab, _statement("Allow", "s3:*"))
    names = [f"s3:Get{i}" for i in range(5)]
    pages = lab.client("iam").get_paginator("simulate_principal_policy")
    got = [
        [r["EvalActionName"] for r in page["EvaluationResults"]]
        for page in pages.paginate(
            PolicySourceArn=WORKER, ActionNames=names, PaginationConfig={"PageSize": 2}
        )
    ]
    assert got == [names[:2], names[2:4], names[4:]]
    code, _ = refused(lambda: _simulate(lab, "s3:GetObject", Marker="nonsense"))
    assert code == "ValidationError"


@pytest.mark.parametrize(
    ("source", "code", "text"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/nobody", "NoSuchEntity",
         "The role with name nobody cannot be found."),
        (f"arn:aws:iam::{ACCOUNT}:user/nobody", "NoSuchEntity",
         "The user with name nobody cannot be found."),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/me", "InvalidInput",
         f"Invalid Entity Arn: arn:aws:sts::{ACCOUNT}:assumed-role/worker/me does not clearly"
         " define entity type and name."),
        ("arn:aws:iam::111122223333:role/worker", "InvalidInput",
         f"Invalid Policy Source Arn: caller's account {ACCOUNT} does not have access to policies"
         " in account 111122223333"),
    ],
)  # fmt: skip
def test_a_principal_that_cannot_be_simulated_is_refused(
    lab: Lab, source: str, code: str, text: str
) -> None:
    assert refused(lambda: _simulate(lab, "s3:GetObject", PolicySourceArn=source)) == (code, text)


def test_actions_resources_and_policies_that_are_none_are_refused(lab: Lab) -> None:
    _worker(lab, _statement("Allow", "*"))
    assert refused(lambda: _simulate(lab, "GetObject"))[0] == "InvalidInput"
    code, text = refused(lambda: _simulate(lab, "s3:GetObject", ResourceArns=["files"]))
    assert (code, text) == ("InvalidInput", "ResourceNames are not in a valid ARN format: files.")
    assert refused(lambda: _custom(lab, "{nonsense", "s3:GetObject"))[0] == "InvalidInput"


def test_the_keys_that_policies_ask_for_are_listed(lab: Lab) -> None:
    secure = {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": "a/*"}}
    _worker(lab, _statement("Allow", "s3:ListBucket", Condition=secure))
    iam = lab.client("iam")
    got = iam.get_context_keys_for_principal_policy(PolicySourceArn=WORKER)
    assert got["ContextKeyNames"] == ["aws:SecureTransport", "s3:prefix"]
    inline = _policy(_statement("Allow", "*", Condition={"Null": {"aws:TokenIssueTime": "true"}}))
    got = iam.get_context_keys_for_custom_policy(PolicyInputList=[inline])
    assert got["ContextKeyNames"] == ["aws:TokenIssueTime"]
