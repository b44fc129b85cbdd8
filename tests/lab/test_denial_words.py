"""Since 2026 AWS's refusals name the policy that denies explicitly, where it has an ARN."""

from __future__ import annotations

import json
import re
from typing import Any

from wizard.lab import Lab
from wizard.lab.world import World, allow

from .helpers import refused

DENY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "ecs:ListClusters", "Resource": "*"}],
    }
)


def _role(lab: Lab, **given: Any) -> str:
    World(lab).role("worker", service="ec2.amazonaws.com", **given)
    return "role/worker/me"


def test_since_2026_a_refusal_names_the_policy_that_denies(lab: Lab) -> None:
    iam = lab.client("iam")
    lab.settings(wording="2026")
    principal = _role(lab, managed=("AdministratorAccess",))
    ecs = lab.client("ecs", principal)
    made = iam.create_policy(PolicyName="no-lists", PolicyDocument=DENY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=made)
    _, text = refused(ecs.list_clusters)
    assert text.endswith(f"with an explicit deny in an identity-based policy: {made}")

    iam.detach_role_policy(RoleName="worker", PolicyArn=made)
    iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=made)
    _, text = refused(ecs.list_clusters)
    assert text.endswith(f"with an explicit deny in a permissions boundary: {made}")
    iam.delete_role_permissions_boundary(RoleName="worker")

    lab.settings(scps=[
        {"name": "full", "document": json.loads(allow("*"))},
        {"name": "guard", "document": json.loads(DENY.replace("ecs:ListClusters", "e*:*"))},
    ])  # fmt: skip
    policy = (
        r"arn:aws:organizations::\d{12}:policy/o-[a-z0-9]{10,32}/service_control_policy/p-\w{8}"
    )
    _, text = refused(ecs.list_clusters)
    assert re.search(f"with an explicit deny in a service control policy: {policy}$", text)
    _, text = refused(lab.client("ec2", principal).describe_vpcs)
    assert re.search(rf" policy: {policy}\. Encoded authorization failure message: \S+$", text)


def test_a_refusal_names_no_policy_that_has_no_arn_or_before_2026(lab: Lab) -> None:
    principal = _role(lab, managed=("AdministratorAccess",), inline=DENY)
    ecs = lab.client("ecs", principal)
    lab.settings(wording="2026")
    _, text = refused(ecs.list_clusters)
    assert text.endswith("with an explicit deny in an identity-based policy")
    lab.client("iam").delete_role_policy(RoleName="worker", PolicyName="inline")
    lab.client("iam").detach_role_policy(
        RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    _, text = refused(ecs.list_clusters)
    assert text.endswith("because no identity-based policy allows the ecs:ListClusters action")
