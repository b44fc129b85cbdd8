"""Trust policies: whom they let in, and under which conditions."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.policy import ECS_TASKS, Unread, trusted_services, trusts, trusts_ecs

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/caller"


def trust(principal: Any, effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    """A trust policy of one statement."""
    made = {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"} | parts
    return {"Version": "2012-10-17", "Statement": [made]}


def ecs(document: Any, partition: str = "aws", region: str = "eu-west-1") -> str:
    """What it says to ECS tasks."""
    return trusts_ecs(document, ECS_TASKS, partition, region, ACCOUNT).effect


TASKS = {"Service": "ecs-tasks.amazonaws.com"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (trust(TASKS), "allowed"),
        (trust({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}), "allowed"),
        (trust(TASKS, Action=["sts:AssumeRole", "sts:TagSession"]), "allowed"),
        (trust(TASKS, Action="sts:*"), "allowed"),
        (trust({"Service": "ec2.amazonaws.com"}), "implicit-deny"),
        (trust({"Service": "ecs.amazonaws.com"}), "implicit-deny"),
        (trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), "implicit-deny"),
        (trust(TASKS, Action="sts:AssumeRoleWithWebIdentity"), "implicit-deny"),
        (trust(TASKS, "Deny"), "explicit-deny"),
        ({"Version": "2012-10-17", "Statement": []}, "implicit-deny"),
        (Unread("iam:GetRole", "AccessDenied"), "unknown"),
    ],
)
def test_ecs_tasks_must_be_let_in(document: Any, expected: str) -> None:
    assert ecs(document) == expected


def test_a_deny_beside_the_allow_wins() -> None:
    document = trust(TASKS)
    document["Statement"] += trust("*", "Deny")["Statement"]
    assert ecs(document) == "explicit-deny"


def conditioned(operator: str, key: str, value: Any) -> dict[str, Any]:
    """A trust policy for ECS tasks with one condition."""
    return trust(TASKS, Condition={operator: {key: value}})


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "aws:SourceAccount", ACCOUNT, "allowed"),
        ("StringEquals", "aws:SourceAccount", "999988887777", "implicit-deny"),
        ("ArnLike", "aws:SourceArn", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:*", "allowed"),
        ("StringLike", "aws:SourceArn", f"arn:aws:ecs:*:{ACCOUNT}:*", "allowed"),
        ("ArnLike", "aws:SourceArn", f"arn:aws:ecs:us-east-1:{ACCOUNT}:*", "implicit-deny"),
        ("ArnLike", "aws:SourceArn", "arn:aws:ecs:eu-west-1:999988887777:*", "implicit-deny"),
        # AWS does not support a single cluster here.
        (
            "ArnLike",
            "aws:SourceArn",
            f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/prod",
            "implicit-deny",
        ),
        ("ArnLike", "aws:SourceArn", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/*", "unknown"),
        ("StringEquals", "sts:ExternalId", "secret", "implicit-deny"),
        ("StringEquals", "aws:SourceOrgID", "o-1", "unknown"),
    ],
)
def test_conditions_are_evaluated_with_what_ecs_sends(
    operator: str, key: str, value: str, expected: str
) -> None:
    assert ecs(conditioned(operator, key, value)) == expected


@pytest.mark.parametrize(
    ("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_other_partitions_use_the_same_service_name(partition: str, region: str) -> None:
    assert ecs(trust(TASKS), partition, region) == "allowed"
    source = conditioned("ArnLike", "aws:SourceArn", f"arn:{partition}:ecs:{region}:{ACCOUNT}:*")
    assert ecs(source, partition, region) == "allowed"


def test_the_chinese_spelling_is_not_judged() -> None:
    assert (
        ecs(trust({"Service": "ecs-tasks.amazonaws.com.cn"}), "aws-cn", "cn-north-1") == "unknown"
    )


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"AWS": ROLE}, "allowed"),
        ({"AWS": ACCOUNT}, "allowed"),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "allowed"),
        ("*", "allowed"),
        ({"AWS": "arn:aws:iam::999988887777:root"}, "implicit-deny"),
        (TASKS, "implicit-deny"),
    ],
)
def test_a_role_is_let_in_by_name_or_account(principal: Any, expected: str) -> None:
    assert trusts(trust(principal), ROLE).effect == expected


def test_a_session_of_a_role_with_a_path_is_that_role() -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/s"
    named = f"arn:aws:iam::{ACCOUNT}:role/team/caller"
    assert trusts(trust({"AWS": named}), session).effect == "allowed"


def test_the_services_let_in_can_be_told() -> None:
    document = trust({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})
    assert trusted_services(document) == ("ec2.amazonaws.com", "lambda.amazonaws.com")
    assert trusted_services(trust("*")) == ()
