"""Conditions: every operator, keys that are sent, not sent and not known, and variables."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.policy import Decision, Policies, Request, evaluate

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/exec"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
TASK = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/prod/1"


def decide(
    operator: str, key: str, wanted: Any, sent: Any = "unset", effect: str = "Allow"
) -> Decision:
    """One statement with one condition; `sent` is the key's value in the request."""
    statement = {
        "Effect": effect,
        "Action": "*",
        "Resource": "*",
        "Condition": {operator: {key: wanted}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    context = {} if sent == "unset" else {key: sent}
    request = Request(ROLE, "ecs:ExecuteCommand", TASK, context)
    return evaluate(request, Policies(identity=(document,)))


HOLDS = [
    ("StringEquals", "a", "a"),
    ("StringEquals", ["b", "a"], "a"),
    ("StringNotEquals", "b", "a"),
    ("StringEqualsIgnoreCase", "A", "a"),
    ("StringNotEqualsIgnoreCase", "B", "a"),
    ("StringLike", "pr*d?", "prod1"),
    ("StringNotLike", "pr*d", "test"),
    ("ArnLike", f"arn:aws:ecs:*:{ACCOUNT}:*", TASK),
    ("ArnEquals", "arn:aws:ecs:*:*:task/*", TASK),
    ("ArnNotLike", "arn:aws:ecs:us-*:*:*", TASK),
    ("ArnNotEquals", "arn:aws:ec2:*:*:*", TASK),
    ("NumericEquals", "10", "10.0"),
    ("NumericNotEquals", "10", "11"),
    ("NumericLessThan", "10", "9"),
    ("NumericLessThanEquals", "10", "10"),
    ("NumericGreaterThan", "10", "11"),
    ("NumericGreaterThanEquals", "10", "10"),
    ("DateEquals", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
    ("DateNotEquals", "2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z"),
    ("DateLessThan", "2026-11-22T10:00:00Z", "2026-11-22T09:59:59Z"),
    ("DateLessThanEquals", "2026-11-22", "2026-11-22T00:00:00Z"),
    ("DateGreaterThan", "1763800000", "2026-11-22T10:00:00Z"),
    ("DateGreaterThanEquals", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
    ("Bool", "true", "true"),
    ("Bool", True, "TRUE"),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5"),
    ("IpAddress", "10.0.0.0/8", "10.1.2.3"),
    ("IpAddress", ["192.0.2.1", "2001:db8::/32"], "2001:db8::1"),
    ("NotIpAddress", "10.0.0.0/8", "192.0.2.1"),
]
FAILS = [
    ("StringEquals", "a", "A"),
    ("StringNotEquals", ["a", "b"], "a"),
    ("StringLike", "prod", "prod1"),
    ("ArnLike", "arn:aws:ecs:*", "arn:aws:ec2:eu-west-1:1:x"),
    ("ArnLike", f"arn:aws:ecs:*:task/prod/1:*:{ACCOUNT}", TASK),
    ("NumericLessThan", "10", "10"),
    ("DateGreaterThan", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
    ("Bool", "true", "false"),
    ("IpAddress", "10.0.0.0/8", "192.0.2.1"),
    ("NotIpAddress", "10.0.0.0/8", "10.1.2.3"),
]


@pytest.mark.parametrize(("operator", "wanted", "sent"), HOLDS)
def test_a_condition_that_holds_allows(operator: str, wanted: Any, sent: str) -> None:
    assert decide(operator, "test:Key", wanted, sent).effect == "allowed"
    assert decide(f"{operator}IfExists", "test:key", wanted, sent).effect == "allowed"


@pytest.mark.parametrize(("operator", "wanted", "sent"), FAILS)
def test_a_condition_that_fails_does_not(operator: str, wanted: Any, sent: str) -> None:
    assert decide(operator, "test:Key", wanted, sent).effect == "implicit-deny"
    assert decide(f"{operator}IfExists", "test:Key", wanted, sent).effect == "implicit-deny"


@pytest.mark.parametrize("operator", sorted({operator for operator, _, _ in HOLDS}))
def test_a_key_that_is_not_sent_fails_what_is_positive_and_holds_what_is_negated(
    operator: str,
) -> None:
    expected = "allowed" if "Not" in operator else "implicit-deny"
    assert decide(operator, "test:Key", "1", None).effect == expected
    assert decide(f"{operator}IfExists", "test:Key", "1", None).effect == "allowed"


@pytest.mark.parametrize("operator", sorted({operator for operator, _, _ in HOLDS}))
def test_a_key_that_nobody_knows_is_unknown_and_reported(operator: str) -> None:
    for name in (operator, f"{operator}IfExists"):
        for effect in ("Allow", "Deny"):
            answer = decide(name, "test:Key", "1", effect=effect)
            # Nothing else allows, so a deny that may not apply changes nothing.
            expected = "unknown" if effect == "Allow" else "implicit-deny"
            assert answer.effect == expected
    assert decide(operator, "test:Key", "1").missing_context == ("test:Key",)


def test_a_deny_that_may_apply_makes_an_allow_unknown() -> None:
    deny = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
    }
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allow, deny]}
    policies = Policies(identity=(document,))
    answer = evaluate(Request(ROLE, "a:B", "*"), policies)
    assert (answer.effect, answer.missing_context) == ("unknown", ("aws:SourceVpce",))
    known = Request(ROLE, "a:B", "*", {"aws:sourceVpce": "vpce-1"})
    assert evaluate(known, policies).effect == "allowed"
    outside = Request(ROLE, "a:B", "*", {"aws:SourceVpce": None})
    assert evaluate(outside, policies).effect == "explicit-deny"


@pytest.mark.parametrize(
    ("wanted", "sent", "expected"),
    [
        ("true", None, "allowed"),
        ("true", "x", "implicit-deny"),
        ("false", "x", "allowed"),
        ("false", None, "implicit-deny"),
        ("true", "unset", "unknown"),
    ],
)
def test_null_asks_whether_a_key_is_sent(wanted: str, sent: Any, expected: str) -> None:
    assert decide("Null", "aws:TokenIssueTime", wanted, sent).effect == expected


@pytest.mark.parametrize(
    ("operator", "sent", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], "allowed"),
        ("ForAllValues:StringEquals", ["a", "c"], "implicit-deny"),
        ("ForAllValues:StringEquals", [], "allowed"),
        ("ForAllValues:StringEquals", None, "allowed"),
        ("ForAnyValue:StringEquals", ["a", "c"], "allowed"),
        ("ForAnyValue:StringEquals", ["c"], "implicit-deny"),
        ("ForAnyValue:StringEquals", None, "implicit-deny"),
        ("ForAnyValue:StringNotEquals", None, "implicit-deny"),
        ("ForAllValues:StringNotEquals", ["c", "d"], "allowed"),
        ("ForAllValues:StringNotEquals", ["a", "d"], "implicit-deny"),
        ("ForAnyValue:StringLikeIfExists", None, "allowed"),
    ],
)
def test_keys_with_several_values(operator: str, sent: Any, expected: str) -> None:
    assert decide(operator, "aws:TagKeys", ["a", "b"], sent).effect == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "sent"),
    [
        ("StringAlmostEquals", "a", "a"),
        ("ForMostValues:StringEquals", "a", "a"),
        ("NumericEquals", "ten", "10"),
        ("IpAddress", "10.0.0.0/99", "10.0.0.1"),
        ("DateLessThan", "tomorrow", "2026-11-22T10:00:00Z"),
    ],
)
def test_what_cannot_be_evaluated_is_unknown_and_never_denied(
    operator: str, wanted: str, sent: str
) -> None:
    for effect in ("Allow", "Deny"):
        answer = decide(operator, "test:Key", wanted, sent, effect)
        assert answer.effect == ("unknown" if effect == "Allow" else "implicit-deny")


def test_all_operators_and_all_keys_must_hold() -> None:
    block = {
        "StringEquals": {"test:A": "1", "test:B": "2"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": block}
    policies = Policies(identity=({"Version": "2012-10-17", "Statement": [statement]},))
    for sent, expected in (("2", "allowed"), ("3", "implicit-deny")):
        request = Request(ROLE, "a:B", "*", {"test:A": "1", "test:B": sent})
        assert evaluate(request, policies).effect == expected
    # One condition that fails settles it, whatever the unknown one says.
    assert evaluate(Request(ROLE, "a:B", "*", {"test:A": "9"}), policies).effect == "implicit-deny"


@pytest.mark.parametrize(
    ("principal", "key", "value"),
    [
        (ROLE, "aws:PrincipalArn", ROLE),
        (
            ROLE.replace(":iam:", ":sts:").replace("role", "assumed-role") + "/s",
            "aws:PrincipalArn",
            ROLE,
        ),
        (ROLE, "aws:PrincipalAccount", ACCOUNT),
        (ROLE, "aws:ResourceAccount", ACCOUNT),
        (ROLE, "aws:RequestedRegion", "eu-west-1"),
        (ROLE, "aws:SecureTransport", "true"),
        (ROLE, "aws:PrincipalIsAWSService", "false"),
        (USER, "aws:username", "ann"),
    ],
)
def test_keys_that_follow_from_the_request_are_known(principal: str, key: str, value: str) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {key: value}},
    }
    request = Request(principal, "ecs:ExecuteCommand", TASK)
    policies = Policies(identity=({"Version": "2012-10-17", "Statement": [statement]},))
    assert evaluate(request, policies).effect == "allowed"


def with_resource(resource: str, context: dict[str, Any], version: str = "2012-10-17") -> str:
    """The effect of an allow on this resource, for the key of the user ann."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": resource}
    request = Request(USER, "s3:GetObject", "arn:aws:s3:::home/ann/k", context)
    document = {"Version": version, "Statement": [statement]}
    return evaluate(request, Policies(identity=(document,))).effect


@pytest.mark.parametrize(
    ("resource", "context", "expected"),
    [
        ("arn:aws:s3:::home/${aws:username}/*", {}, "allowed"),
        ("arn:aws:s3:::home/${AWS:UserName}/*", {"aws:username": "bob"}, "implicit-deny"),
        ("arn:aws:s3:::home/${aws:PrincipalTag/team}/*", {}, "unknown"),
        (
            "arn:aws:s3:::home/${aws:PrincipalTag/team}/*",
            {"aws:PrincipalTag/team": "ann"},
            "allowed",
        ),
        (
            "arn:aws:s3:::home/${aws:PrincipalTag/team}/*",
            {"aws:PrincipalTag/team": None},
            "implicit-deny",
        ),
        (
            "arn:aws:s3:::home/${aws:PrincipalTag/team, 'ann'}/*",
            {"aws:PrincipalTag/team": None},
            "allowed",
        ),
        ("arn:aws:s3:::home/ann/${*}", {}, "implicit-deny"),
        ("arn:aws:s3:::home/ann/?", {}, "allowed"),
    ],
)
def test_policy_variables_are_put_in(resource: str, context: dict[str, Any], expected: str) -> None:
    assert with_resource(resource, context) == expected


def test_a_value_put_in_is_no_wildcard() -> None:
    resource = "arn:aws:s3:::home/${aws:PrincipalTag/team}/k"
    assert with_resource(resource, {"aws:PrincipalTag/team": "*"}) == "implicit-deny"


def test_older_documents_have_no_variables() -> None:
    resource = "arn:aws:s3:::home/${aws:username}/*"
    assert with_resource(resource, {}, version="2008-10-17") == "implicit-deny"


def test_variables_work_in_conditions() -> None:
    answer = decide("StringEquals", "test:owner", "${aws:PrincipalAccount}", ACCOUNT)
    assert answer.effect == "allowed"
    answer = decide("StringEquals", "test:owner", "${aws:PrincipalTag/owner}", "x")
    assert (answer.effect, answer.missing_context) == ("unknown", ("aws:PrincipalTag/owner",))
