"""Whose policies must allow: one account, two accounts, keys and services."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policy.requests import (
    ACCOUNT,
    ALLOW,
    FOREIGN,
    NOTHING,
    READ,
    ROLE,
    SECRET,
    SESSION,
    USER,
    decide,
    doc,
    statement,
)
from wizard.policy import Policies, Request, evaluate, policy_allows


def effect(*identity: dict[str, Any], **rest: Any) -> str:
    """The decision's effect alone."""
    return decide(*identity, **rest).effect


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
