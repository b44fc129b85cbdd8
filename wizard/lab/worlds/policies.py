"""Worlds in which a policy says less than it seems: NotAction, conditions, boundaries, SCPs."""

from __future__ import annotations

import json
from typing import Any

from wizard.lab.building.base import EXECUTION_POLICY
from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, natted, private
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

_ROLE = "ecsTaskExecutionRole"
_TASK_ROLE = "app-task-role"
_TOKEN = "ecr:GetAuthorizationToken"
_DENIED = r"AccessDeniedException: User: .* perform: ecr:GetAuthorizationToken on resource: \*"
_TRUST = r"ECS was unable to assume the role '.*' that was provided for this task"
_READ = "secretsmanager:GetSecretValue"


def document(*statements: dict[str, Any]) -> str:
    """A policy document; each statement allows all that it does not narrow."""
    whole = [{"Effect": "Allow", "Resource": "*"} | s for s in statements]
    for statement in whole:
        if "NotResource" in statement:
            del statement["Resource"]
    return json.dumps({"Version": "2012-10-17", "Statement": whole})


def put(role: str, *statements: dict[str, Any], name: str = "inline") -> Act:
    """Puts an inline policy of any statements on a role."""
    text = document(*statements)
    return lambda world: world.client("iam").put_role_policy(
        RoleName=role, PolicyName=name, PolicyDocument=text
    )


def _take(role: str, name: str = "inline") -> Act:
    return lambda world: world.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


def detach(world: World) -> None:
    """Takes AWS's own policy from the execution role."""
    arn = f"arn:{world.partition}:iam::aws:policy/{EXECUTION_POLICY}"
    world.client("iam").detach_role_policy(RoleName=_ROLE, PolicyArn=arn)


def instead(*statements: dict[str, Any]) -> Act:
    """The execution role has these statements in place of AWS's own policy."""

    def build(world: World) -> None:
        private(world)
        detach(world)
        put(_ROLE, *statements)(world)

    return build


def _besides(*statements: dict[str, Any]) -> Act:
    def build(world: World) -> None:
        private(world)
        put(_ROLE, *statements)(world)

    return build


def _one_repository(world: World) -> None:
    """All repositories but one are forbidden, and the image is in another."""
    private(world)
    kept = f"arn:{world.partition}:ecr:{world.lab.region}:{world.lab.account}:repository/team/api"
    pull = {"Effect": "Deny", "Action": ["ecr:BatchGetImage"], "NotResource": kept}
    put(_ROLE, pull)(world)


def _tagged(value: str) -> Act:
    return lambda world: world.client("iam").tag_role(
        RoleName=_ROLE, Tags=[{"Key": "team", "Value": value}]
    )


def _tag_of_another_team(world: World) -> None:
    match = {"StringEquals": {"aws:PrincipalTag/team": "payments"}}
    instead({"Action": ["ecr:*", "logs:*"], "Condition": match})(world)
    _tagged("search")(world)


def _region_lock(world: World) -> None:
    """The organization allows one region alone to all but its administrators, and not this one."""
    private(world)
    lock = {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*", "organizations:*", "support:*"],
        "Resource": "*",
        "Condition": {
            "StringNotEquals": {"aws:RequestedRegion": ["eu-central-1"]},
            "ArnNotLike": {"aws:PrincipalArn": f"arn:{world.partition}:iam::*:root"},
        },
    }
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [lock, everything]}
    world.lab.settings(scps=[{"name": "p-region", "document": policy}])


def no_scp(world: World) -> None:
    """Takes the organization's policies away."""
    world.lab.settings(scps=[])


def _trusting(service: str, **condition: Any) -> Act:
    def act(world: World) -> None:
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        if condition:
            statement["Condition"] = condition
        world.client("iam").update_assume_role_policy(
            RoleName=_ROLE,
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    return act


def _trusted_by_ecs(world: World) -> None:
    """The name of the service, not that of its tasks."""
    private(world)
    _trusting("ecs.amazonaws.com")(world)


def _trusted_elsewhere(world: World) -> None:
    private(world)
    source = f"arn:{world.partition}:ecs:us-west-2:{world.lab.account}:*"
    _trusting("ecs-tasks.amazonaws.com", ArnLike={"aws:SourceArn": source})(world)


def _secret_of_another_name(world: World) -> None:
    """The role may read secrets whose names begin otherwise."""
    natted(world)
    made = world.client("secretsmanager").create_secret(Name="db", SecretString="x")
    where = f"arn:{world.partition}:secretsmanager:{world.lab.region}:{world.lab.account}"
    grant(_ROLE, _READ, resource=f"{where}:secret:prod/*", name="secret")(world)
    secret = {"name": "DB", "valueFrom": made["ARN"]}
    world.task_definition(containers=[world.container(secrets=[secret])])


def _execution(*actions: str) -> Fields:
    return lambda world: {"role": world.execution_role, "actions": " ".join(actions)}


def _lacks(name: str, build: Act, mend: Act, text: str = _DENIED, **more: Any) -> BrokenWorld:
    """A world whose execution role may not ask for a token."""
    planted = Planted("execution-role.permission-missing", mend, _execution(_TOKEN))
    decoy = more.pop("decoy", grant(_TASK_ROLE, "ecr:*"))
    return BrokenWorld(
        name, "pull.registry-auth-denied", text, build, (planted,), decoy, deploy, more
    )


def _mistrusted(name: str, build: Act) -> BrokenWorld:
    planted = Planted(
        "execution-role.trust-invalid",
        _trusting("ecs-tasks.amazonaws.com"),
        lambda w: {"role": w.execution_role},
    )
    decoy = grant(_ROLE, "sts:*")
    return BrokenWorld(name, "iam.role-not-assumable", _TRUST, build, (planted,), decoy, deploy)


_HERE = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
_OLD = {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}

WORLDS = (
    _lacks(
        "execution-role-allowed-all-but-ecr",
        instead({"NotAction": ["ecr:*", "iam:*"]}),
        grant(_ROLE, "ecr:*"),
    ),
    BrokenWorld(
        name="execution-role-denied-outside-one-repository",
        symptom="pull.image-denied",
        text=r"failed with status code \[manifests v1\]: 403 Forbidden",
        build=_one_repository,
        causes=(
            Planted(
                "execution-role.permission-missing", _take(_ROLE), _execution("ecr:BatchGetImage")
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    _lacks(
        "execution-role-allowed-in-another-region",
        instead({"Action": ["ecr:*", "logs:*"], "Condition": _HERE}),
        grant(_ROLE, "ecr:*", "logs:*"),
    ),
    _lacks(
        "execution-role-with-the-tag-of-another-team", _tag_of_another_team, _tagged("payments")
    ),
    _lacks(
        "execution-role-denied-outside-an-old-endpoint",
        _besides({"Effect": "Deny", "Action": "ecr:*", "Condition": _OLD}),
        _take(_ROLE),
        _DENIED + r" with an explicit deny in an identity-based policy",
        decoy=grant(_ROLE, "ecr:*", name="more"),
    ),
    _lacks(
        "organization-locks-the-region",
        _region_lock,
        no_scp,
        _DENIED + r" with an explicit deny in a service control policy",
        decoy=grant(_ROLE, "*"),
    ),
    _mistrusted("execution-role-trusts-ecs-itself", _trusted_by_ecs),
    _mistrusted("execution-role-trusts-another-region", _trusted_elsewhere),
    BrokenWorld(
        name="secret-allowed-under-another-name",
        symptom="pull.secret-denied",
        text=r".*not authorized to perform: secretsmanager:GetSecretValue on resource: arn:",
        build=_secret_of_another_name,
        causes=(
            Planted("execution-role.permission-missing", grant(_ROLE, _READ), _execution(_READ)),
        ),
        decoy=grant(_TASK_ROLE, _READ),
        goal=deploy,
    ),
)
