"""What policies say together: denies, accounts, limits, and what is not known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from wizard.policy import Decision, Policies, Request, Unread, evaluate, policy_allows

ACCOUNT = "111122223333"
OTHER = "999988887777"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/exec"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/exec/task"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
FOREIGN = f"arn:aws:secretsmanager:eu-west-1:{OTHER}:secret:db-AbCdEf"
READ = "secretsmanager:GetSecretValue"


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    """A statement; without parts it is about everything."""
    made: dict[str, Any] = {"Effect": effect}
    if "NotAction" not in parts:
        made["Action"] = "*"
    if "NotResource" not in parts:
        made["Resource"] = "*"
    return made | parts


def doc(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    """A document."""
    return {"Version": version, "Statement": list(statements)}


ALLOW = doc(statement())
DENY = doc(statement("Deny"))
NOTHING = doc(statement(Action="ec2:*"))


def decide(
    *identity: dict[str, Any],
    principal: str = ROLE,
    action: str = READ,
    resource: str = SECRET,
    context: Mapping[str, Any] | None = None,
    **others: Any,
) -> Decision:
    """The decision about one request."""
    request = Request(principal, action, resource, context or {})
    return evaluate(request, Policies(identity=identity, **others))


def effect(*identity: dict[str, Any], **rest: Any) -> str:
    """The decision's effect alone."""
    return decide(*identity, **rest).effect


def test_nothing_allows_by_itself() -> None:
    assert (decide().effect, decide().by, decide().why) == ("implicit-deny", "identity", "no-allow")


def test_one_allow_is_enough_and_one_deny_too_much() -> None:
    assert effect(NOTHING, ALLOW) == "allowed"
    denied = decide(ALLOW, DENY)
    assert (denied.effect, denied.by, denied.statement) == (
        "explicit-deny",
        "identity",
        DENY["Statement"][0],
    )


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"Action": "SecretsManager:getSecretValue"}, "allowed"),
        ({"Action": "secretsmanager:Get*"}, "allowed"),
        ({"Action": "secretsmanager:GetSecretValu?"}, "allowed"),
        ({"Action": ["ec2:*", "secretsmanager:*"]}, "allowed"),
        ({"Action": "secretsmanager:Get"}, "implicit-deny"),
        ({"NotAction": "ec2:*"}, "allowed"),
        ({"NotAction": ["ec2:*", "secretsmanager:Get*"]}, "implicit-deny"),
        ({"Resource": SECRET}, "allowed"),
        ({"Resource": SECRET[:-6] + "??????"}, "allowed"),
        ({"Resource": SECRET.upper()}, "implicit-deny"),
        ({"Resource": "arn:aws:secretsmanager:*:*:secret:db-*"}, "allowed"),
        ({"Resource": "arn:*:secretsmanager:eu-west-1:*:secret:*"}, "allowed"),
        ({"Resource": "arn:aws:secretsmanager:*:secret:db-*"}, "implicit-deny"),
        ({"Resource": "arn:aws-cn:secretsmanager:*:*:*"}, "implicit-deny"),
        ({"NotResource": SECRET}, "implicit-deny"),
        ({"NotResource": [FOREIGN]}, "allowed"),
        ({"Resource": []}, "implicit-deny"),
    ],
)
def test_actions_and_resources_match_as_iam_matches_them(
    parts: dict[str, Any], expected: str
) -> None:
    assert effect(doc(statement(**parts))) == expected


def test_an_action_without_a_resource_needs_the_star() -> None:
    token: dict[str, Any] = {"action": "ecr:GetAuthorizationToken", "resource": "*"}
    assert decide(ALLOW, **token).effect == "allowed"
    narrow = doc(statement(Resource="arn:aws:ecr:eu-west-1:111122223333:repository/app"))
    assert decide(narrow, **token).effect == "implicit-deny"


def test_a_resource_that_is_not_known_is_covered_by_the_star_only() -> None:
    assert effect(ALLOW, resource="") == "allowed"
    assert effect(doc(statement(Resource=SECRET)), resource="") == "unknown"
    assert effect(doc(statement(Action="ec2:*", Resource=SECRET)), resource="") == "implicit-deny"


def test_a_document_may_be_text_plain_or_encoded_and_a_single_statement() -> None:
    single = {"Version": "2012-10-17", "Statement": statement()}
    for text in (json.dumps(single), quote(json.dumps(single))):
        answer = evaluate(Request(ROLE, READ, SECRET), Policies(identity=(text,)))
        assert answer.effect == "allowed"


@pytest.mark.parametrize("broken", ["{", "not json", "[]"])
def test_a_document_that_cannot_be_read_is_unknown(broken: str) -> None:
    answer = evaluate(Request(ROLE, READ, SECRET), Policies(identity=(broken,)))
    assert (answer.effect, answer.why) == ("unknown", "policy-unread")


# what was not read


def test_a_policy_that_was_not_read_matters_even_beside_an_allow() -> None:
    unread = Unread("iam:GetRolePolicy", "AccessDenied")
    request = Request(ROLE, READ, SECRET)
    for policies in (Policies(identity=unread), Policies(identity=(ALLOW, unread))):
        # It may hold a deny.
        answer = evaluate(request, policies)
        assert (answer.effect, answer.unread) == ("unknown", (unread,))
    answer = evaluate(request, Policies(identity=(DENY, unread)))
    assert answer.effect == "explicit-deny"


@pytest.mark.parametrize("part", ["resource", "boundary", "session", "scps", "rcps", "endpoint"])
def test_any_kind_of_policy_may_be_unread(part: str) -> None:
    unread = Unread("iam:GetPolicy", "AccessDenied")
    request = Request(ROLE, READ, SECRET)
    limits: dict[str, Any] = {part: unread}
    answer = evaluate(request, replace(Policies(identity=(ALLOW,)), **limits))
    assert (answer.effect, answer.unread) == ("unknown", (unread,))
    answer = evaluate(request, replace(Policies(identity=(DENY,)), **limits))
    assert answer.effect == "explicit-deny"


# limits


@pytest.mark.parametrize("part", ["boundary", "session"])
def test_a_boundary_and_a_session_policy_limit_and_never_grant(part: str) -> None:
    def limited(policy: Any, *identity: dict[str, Any]) -> Decision:
        limits: dict[str, Any] = {part: policy}
        return decide(*identity, **limits)

    assert limited(ALLOW, ALLOW).effect == "allowed"
    assert limited(ALLOW).effect == "implicit-deny"
    lacking, denied = limited(NOTHING, ALLOW), limited(DENY, ALLOW)
    assert (lacking.effect, lacking.by) == ("implicit-deny", part)
    assert (denied.effect, denied.by) == ("explicit-deny", part)


def test_each_level_of_service_control_policies_must_allow() -> None:
    assert effect(ALLOW, scps=(ALLOW, ALLOW)) == "allowed"
    assert effect(ALLOW, scps=(ALLOW, [NOTHING, ALLOW])) == "allowed"
    lacking = decide(ALLOW, scps=(ALLOW, NOTHING))
    assert (lacking.effect, lacking.by) == ("implicit-deny", "scp")
    denied = decide(ALLOW, scps=(ALLOW, [ALLOW, DENY]))
    assert (denied.effect, denied.by) == ("explicit-deny", "scp")


def test_a_resource_control_policy_only_denies() -> None:
    assert effect(ALLOW, rcps=(NOTHING,)) == "allowed"
    assert decide(ALLOW, rcps=(DENY,)).by == "rcp"


def test_the_endpoints_policy_must_allow_the_principal() -> None:
    everyone = doc(statement(Principal="*"))
    others = doc(statement(Principal={"AWS": USER}))
    assert effect(ALLOW, endpoint=everyone) == "allowed"
    lacking = decide(ALLOW, endpoint=others)
    assert (lacking.effect, lacking.by) == ("implicit-deny", "endpoint")


def test_the_root_user_needs_no_policy_but_obeys_the_organization() -> None:
    root = f"arn:aws:iam::{ACCOUNT}:root"
    assert effect(principal=root) == "allowed"
    assert decide(principal=root, scps=(DENY,)).by == "scp"


# accounts


def grant(principal: Any, kind: str = "Allow", **parts: Any) -> dict[str, Any]:
    """A policy of a resource."""
    return doc(statement(kind, Principal=principal, **parts))


def test_across_accounts_both_sides_must_allow() -> None:
    theirs = grant({"AWS": ROLE})
    assert effect(ALLOW, resource=FOREIGN) == "implicit-deny"
    request = Request(ROLE, READ, FOREIGN)
    one = evaluate(request, Policies(resource=(theirs,)))
    assert (one.effect, one.by) == ("implicit-deny", "identity")
    other = evaluate(request, Policies(identity=(ALLOW,)))
    assert (other.effect, other.by) == ("implicit-deny", "resource")
    assert evaluate(request, Policies(identity=(ALLOW,), resource=(theirs,))).effect == "allowed"
    whole = grant({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    assert evaluate(request, Policies(identity=(ALLOW,), resource=(whole,))).effect == "allowed"


def within(principal: str, named: Any, **policies: Any) -> str:
    """Within one account, with a policy of the resource and none of the identity."""
    request = Request(principal, READ, SECRET)
    return evaluate(request, Policies(resource=(grant(named),), **policies)).effect


@pytest.mark.parametrize(
    ("principal", "named", "expected"),
    [
        (USER, {"AWS": USER}, "allowed"),
        (USER, "*", "allowed"),
        (USER, {"AWS": ["*"]}, "allowed"),
        (SESSION, {"AWS": SESSION}, "allowed"),
        (SESSION, {"AWS": ROLE}, "allowed"),
        (ROLE, {"AWS": ROLE}, "allowed"),
        (USER, {"AWS": ROLE}, "implicit-deny"),
        (SESSION, {"AWS": ROLE.replace("exec", "exec2")}, "implicit-deny"),
        # A grant to the account lets the identity's policies decide.
        (USER, {"AWS": ACCOUNT}, "implicit-deny"),
        (USER, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "implicit-deny"),
        # A principal that was deleted shows as an id.
        (USER, {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, "implicit-deny"),
        (USER, {"Service": "ecs-tasks.amazonaws.com"}, "implicit-deny"),
    ],
)
def test_within_one_account_the_resources_policy_may_be_enough(
    principal: str, named: Any, expected: str
) -> None:
    assert within(principal, named) == expected


@pytest.mark.parametrize(
    ("principal", "named", "expected"),
    [
        (USER, {"AWS": USER}, "allowed"),
        (SESSION, {"AWS": SESSION}, "allowed"),
        (SESSION, {"AWS": ROLE}, "implicit-deny"),
        (SESSION, "*", "implicit-deny"),
    ],
)
def test_a_boundary_holds_a_role_back_but_not_a_session_named_by_itself(
    principal: str, named: Any, expected: str
) -> None:
    assert within(principal, named, boundary=NOTHING) == expected


def test_not_principal_denies_everybody_else() -> None:
    policy = doc(statement("Deny", NotPrincipal={"AWS": [ROLE, f"arn:aws:iam::{ACCOUNT}:root"]}))
    request = Request(USER, READ, SECRET)
    assert evaluate(request, Policies(identity=(ALLOW,), resource=(policy,))).by == "resource"
    request = Request(ROLE, READ, SECRET)
    assert evaluate(request, Policies(identity=(ALLOW,), resource=(policy,))).allowed


KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"


def test_a_keys_policy_must_take_part() -> None:
    request = Request(ROLE, "kms:Decrypt", KEY)
    alone = evaluate(request, Policies(identity=(ALLOW,)))
    assert alone.effect == "unknown"
    handed_over = grant({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    assert evaluate(request, Policies(identity=(ALLOW,), resource=(handed_over,))).allowed
    assert evaluate(request, Policies(identity=(NOTHING,), resource=(handed_over,))).denied
    someone_else = grant({"AWS": USER})
    refused = evaluate(request, Policies(identity=(ALLOW,), resource=(someone_else,)))
    assert (refused.effect, refused.by) == ("implicit-deny", "resource")
    assert evaluate(request, Policies(resource=(grant({"AWS": ROLE}),))).allowed


def test_a_service_principal_has_the_resources_policy_only() -> None:
    request = Request("delivery.logs.amazonaws.com", "s3:PutObject", "arn:aws:s3:::b/k")
    named = grant({"Service": ["delivery.logs.amazonaws.com"]})
    assert evaluate(request, Policies(resource=(named,))).allowed
    assert evaluate(request, Policies(resource=(grant({"AWS": "*"}),))).allowed
    assert evaluate(request, Policies(identity=(ALLOW,))).denied


def test_a_bucket_whose_account_is_not_known_is_certain_only_if_both_readings_agree() -> None:
    request = Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/k")
    policy = grant({"AWS": ROLE})
    assert evaluate(request, Policies(identity=(ALLOW,))).allowed
    assert evaluate(request, Policies(identity=(ALLOW,), resource=(policy,))).allowed
    assert evaluate(request, Policies(resource=(policy,))).effect == "unknown"
    mine = Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/k", resource_account=ACCOUNT)
    assert evaluate(mine, Policies(resource=(policy,))).allowed


def test_one_policy_by_itself() -> None:
    request = Request(ROLE, READ, SECRET)
    assert policy_allows(grant("*"), request).allowed
    assert policy_allows(grant("*", "Deny"), request).effect == "explicit-deny"
    assert policy_allows(grant({"AWS": USER}), request).effect == "implicit-deny"
    nobody = Request("", READ, SECRET)
    assert policy_allows(grant({"AWS": USER}), nobody).effect == "unknown"
    assert policy_allows(grant("*"), nobody).allowed
