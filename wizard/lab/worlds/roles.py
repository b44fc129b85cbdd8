"""Worlds in which the task's own roles are missing, not trusted, or not allowed enough."""

from __future__ import annotations

import json

from wizard.lab.building.base import EXECUTION_POLICY, trust
from wizard.lab.world import EXEC_ACTIONS, World, allow
from wizard.lab.worlds.bases import deny, grant, private
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

_ROLE = "ecsTaskExecutionRole"
_TASK_ROLE = "app-task-role"
_NOT_ASSUMED = r"ECS was unable to assume the role '.*' that was provided for this task"
_AUTH = "ecr:GetAuthorizationToken"
_LAYER = "ecr:GetDownloadUrlForLayer"
_EVERYTHING = ("ecr:*", "logs:*")


def _role(key: str, *actions: str) -> Fields:
    def fields(world: World) -> dict[str, str]:
        found = {"role": world.execution_role if key == "execution" else world.task_role}
        return found | ({"actions": " ".join(actions)} if actions else {})

    return fields


def _only(*actions: str) -> Act:
    """The execution role with an inline policy in place of AWS's own."""

    def build(world: World) -> None:
        private(world)
        _detach(world)
        grant(_ROLE, *actions, name="inline")(world)

    return build


def _detach(world: World) -> None:
    arn = f"arn:{world.partition}:iam::aws:policy/{EXECUTION_POLICY}"
    world.client("iam").detach_role_policy(RoleName=_ROLE, PolicyArn=arn)


def _attach(world: World) -> None:
    arn = f"arn:{world.partition}:iam::aws:policy/{EXECUTION_POLICY}"
    world.client("iam").attach_role_policy(RoleName=_ROLE, PolicyArn=arn)


def _detached(world: World) -> None:
    private(world)
    _detach(world)


def _trusted_by(role: str, service: str) -> Act:
    def act(world: World) -> None:
        world.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=trust(service))

    return act


def _mistrusted(role: str) -> Act:
    def build(world: World) -> None:
        private(world)
        _trusted_by(role, "ec2.amazonaws.com")(world)

    return build


def _trust_of_another_account(world: World) -> None:
    """A trust with a condition that names another account."""
    private(world)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.client("iam").update_assume_role_policy(RoleName=_ROLE, PolicyDocument=document)


def _gone(role: str) -> Act:
    """The task definition names a role that has been deleted since."""

    def build(world: World) -> None:
        private(world)
        world.task_definition()
        _delete(world, role)

    return build


def _delete(world: World, role: str) -> None:
    iam = world.client("iam")
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)


def _make_execution_role(world: World) -> None:
    world.role(_ROLE, managed=(EXECUTION_POLICY,))


def _make_task_role(world: World) -> None:
    world.role(_TASK_ROLE, inline=allow(*EXEC_ACTIONS))


def _bounded(world: World) -> None:
    private(world)
    made = world.client("iam").create_policy(PolicyName="edge", PolicyDocument=allow("logs:*"))
    world.client("iam").put_role_permissions_boundary(
        RoleName=_ROLE, PermissionsBoundary=made["Policy"]["Arn"]
    )


def _unbounded(world: World) -> None:
    world.client("iam").delete_role_permissions_boundary(RoleName=_ROLE)


def _denied(world: World) -> None:
    private(world)
    world.client("iam").put_role_policy(
        RoleName=_ROLE, PolicyName="no-ecr", PolicyDocument=deny(_AUTH)
    )


def _undenied(world: World) -> None:
    world.client("iam").delete_role_policy(RoleName=_ROLE, PolicyName="no-ecr")


def _execution_permission(*actions: str) -> tuple[Planted, ...]:
    mend = grant(_ROLE, *actions)
    cause = "execution-role.permission-missing"
    return (Planted(cause, mend, _role("execution", *actions)),)


WORLDS = (
    BrokenWorld(
        name="execution-role-may-not-ask-for-a-token",
        symptom="pull.registry-auth-denied",
        text=r"AccessDeniedException: User: .* perform: ecr:GetAuthorizationToken on resource: \*",
        build=_only("logs:*", "ecr:BatchGetImage", _LAYER),
        causes=_execution_permission(_AUTH),
        decoy=grant(_TASK_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-without-any-policy",
        symptom="pull.registry-auth-denied",
        text=r"because no identity-based policy allows the ecr:GetAuthorizationToken action",
        build=_detached,
        causes=(Planted("execution-role.permission-missing", _attach, _role("execution", _AUTH)),),
        decoy=grant(_ROLE, _AUTH),
        goal=deploy,
        settings={"wording": "2025"},
    ),
    BrokenWorld(
        name="execution-role-may-not-read-the-manifest",
        symptom="pull.image-denied",
        text=r"failed with status code \[manifests v1\]: 403 Forbidden",
        build=_only("logs:*", _AUTH, _LAYER),
        causes=_execution_permission("ecr:BatchGetImage"),
        decoy=grant(_TASK_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-may-not-read-the-layers",
        symptom="pull.layer-unreachable",
        text=r"httpReadSeeker: failed open: unexpected status code https://.*: 403 Forbidden",
        build=_only("logs:*", _AUTH, "ecr:BatchGetImage"),
        causes=_execution_permission(_LAYER),
        decoy=grant(_ROLE, "s3:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-may-not-write-logs",
        symptom="logs.denied",
        text=r"failed to create Cloudwatch log stream: AccessDeniedException: .*logs:CreateLogStr",
        build=_only("ecr:*"),
        causes=_execution_permission("logs:CreateLogStream"),
        decoy=grant(_TASK_ROLE, "logs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-explicitly-denied",
        symptom="pull.registry-auth-denied",
        text=r"ecr:GetAuthorizationToken on resource: \* with an explicit deny in an identity-bas",
        build=_denied,
        causes=(
            Planted("execution-role.permission-missing", _undenied, _role("execution", _AUTH)),
        ),
        decoy=grant(_ROLE, *_EVERYTHING),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-behind-a-boundary",
        symptom="pull.registry-auth-denied",
        text=r"because no permissions boundary allows the ecr:GetAuthorizationToken action",
        build=_bounded,
        causes=(
            Planted("execution-role.permission-missing", _unbounded, _role("execution", _AUTH)),
        ),
        decoy=grant(_ROLE, *_EVERYTHING),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-trusts-ec2",
        symptom="iam.role-not-assumable",
        text=_NOT_ASSUMED,
        build=_mistrusted(_ROLE),
        causes=(
            Planted(
                "execution-role.trust-invalid",
                _trusted_by(_ROLE, "ecs-tasks.amazonaws.com"),
                _role("execution"),
            ),
        ),
        decoy=grant(_ROLE, "sts:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-trusts-for-another-account",
        symptom="iam.role-not-assumable",
        text=_NOT_ASSUMED,
        build=_trust_of_another_account,
        causes=(
            Planted(
                "execution-role.trust-invalid",
                _trusted_by(_ROLE, "ecs-tasks.amazonaws.com"),
                _role("execution"),
            ),
        ),
        decoy=_trusted_by(_TASK_ROLE, "ecs-tasks.amazonaws.com"),
        goal=deploy,
    ),
    BrokenWorld(
        name="execution-role-deleted",
        symptom="iam.role-not-assumable",
        text=_NOT_ASSUMED,
        build=_gone(_ROLE),
        causes=(Planted("execution-role.missing", _make_execution_role, _role("execution")),),
        decoy=lambda w: w.role("ecsTaskExecutionRole2", managed=(EXECUTION_POLICY,)),
        goal=deploy,
    ),
    BrokenWorld(
        name="task-role-trusts-ec2",
        symptom="iam.role-not-assumable",
        text=_NOT_ASSUMED,
        build=_mistrusted(_TASK_ROLE),
        causes=(
            Planted(
                "task-role.trust-invalid",
                _trusted_by(_TASK_ROLE, "ecs-tasks.amazonaws.com"),
                _role("task"),
            ),
        ),
        decoy=grant(_TASK_ROLE, "sts:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="task-role-deleted",
        symptom="iam.role-not-assumable",
        text=_NOT_ASSUMED,
        build=_gone(_TASK_ROLE),
        causes=(Planted("task-role.missing", _make_task_role, _role("task")),),
        decoy=grant(_ROLE, "sts:*"),
        goal=deploy,
    ),
)
