"""What policies say together: denies, limits, and what is not known."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from tests.policy.requests import (
    ACCOUNT,
    ALLOW,
    DENY,
    FOREIGN,
    NOTHING,
    READ,
    ROLE,
    SECRET,
    USER,
    decide,
    doc,
    statement,
)
from wizard.policy import Decision, Policies, Request, Unread, evaluate


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
