"""Endpoint policies, and the order in which everything in the way is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.network.worlds import (
    ACCOUNT,
    ECR_API,
    ENDPOINT_GROUP,
    ROLE,
    S3,
    TASK_GROUP,
    ask,
    kinds,
    others,
    policy,
    with_endpoints,
    with_item,
)
from wizard.network import Reach

ALLOW_ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def _but(action: str) -> dict[str, Any]:
    """Everything but an action."""
    rest = {key: value for key, value in ALLOW_ALL.items() if key != "Action"}
    return rest | {"NotAction": action}


BUCKET = f"arn:aws:s3:::{S3.bucket}"
POLICIES: list[tuple[str, Any, dict[str, Any], str]] = [
    ("everything", ECR_API, ALLOW_ALL, "open"),
    ("another action", ECR_API, {**ALLOW_ALL, "Action": "ecr:DescribeImages"}, "blocked"),
    ("the role", ECR_API, {**ALLOW_ALL, "Principal": {"AWS": ROLE}}, "open"),
    (
        "another role",
        ECR_API,
        {**ALLOW_ALL, "Principal": {"AWS": ROLE.replace("exec", "other")}},
        "blocked",
    ),
    (
        "this vpc",
        ECR_API,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}},
        "open",
    ),
    (
        "this account",
        ECR_API,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}},
        "open",
    ),
    (
        "an organization",
        ECR_API,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        "unknown",
    ),
    ("all but deleting", ECR_API, _but("ecr:Delete*"), "open"),
    ("all but the very action", ECR_API, _but("ecr:GetAuthorizationToken"), "blocked"),
    ("all but reading objects", S3, _but("s3:Get*"), "blocked"),
    (
        "layers for one role",
        S3,
        {**ALLOW_ALL, "Principal": {"AWS": ROLE}},
        "unknown",
    ),
    (
        "layers of ones own account",
        S3,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}},
        "unknown",
    ),
    (
        "layers from this endpoint",
        S3,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-s3"}}},
        "open",
    ),
    (
        "layers from an old endpoint",
        S3,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-old"}}},
        "blocked",
    ),
    (
        "another account",
        ECR_API,
        {**ALLOW_ALL, "Condition": {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}},
        "blocked",
    ),
    ("the layers", S3, {**ALLOW_ALL, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}, "open"),
    ("the bucket without its objects", S3, {**ALLOW_ALL, "Resource": BUCKET}, "blocked"),
    (
        "layers of another region",
        S3,
        {**ALLOW_ALL, "Resource": "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"},
        "blocked",
    ),
    # Layers are fetched in AWS's name, so what the policy says of principals cannot be answered.
    (
        "layers for the own account only",
        S3,
        {**ALLOW_ALL, "Principal": {"AWS": ACCOUNT}},
        "unknown",
    ),
]


@pytest.mark.parametrize(
    ("need", "statement", "state"), [p[1:] for p in POLICIES], ids=[p[0] for p in POLICIES]
)
def test_the_endpoints_policy_is_asked(need: Any, statement: dict[str, Any], state: str) -> None:
    reach = _with_policy(need, statement)
    assert reach.state == state
    assert kinds(reach) == (["endpoint-policy-denies"] if state == "blocked" else [])
    assert others(reach) == (["endpoint-policy-denies"] if state == "unknown" else [])


def _with_policy(need: Any, *statements: dict[str, Any]) -> Reach:
    view = with_item(
        with_endpoints(),
        "endpoints",
        f"vpce-{need.service}",
        PolicyDocument=policy(*statements),
    )
    return ask(view, need)


def test_a_deny_in_the_endpoints_policy_wins() -> None:
    deny = {**ALLOW_ALL, "Effect": "Deny", "Action": "ecr:Get*"}
    assert kinds(_with_policy(ECR_API, ALLOW_ALL, deny)) == ["endpoint-policy-denies"]


def test_everything_in_the_way_is_told_the_first_thing_first() -> None:
    shut = {**ALLOW_ALL, "Action": "ecr:DescribeImages"}
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", PolicyDocument=policy(shut))
    view = with_item(view, "security_groups", ENDPOINT_GROUP, IpPermissions=[])
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=[])
    reach = ask(view)
    assert kinds(reach) == [
        "task-group-egress-closed",
        "endpoint-group-closed",
        "endpoint-policy-denies",
    ]
    assert [o.first for o in reach.obstacles] == [True, False, False]
