"""Worlds in which what a policy allows is limited elsewhere: boundary, PassedToService, SCP."""

from __future__ import annotations

from wizard.lab.world import EXEC_ACTIONS, World, allow
from wizard.lab.worlds.bases import grant, private, public
from wizard.lab.worlds.goals import calls, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Planted
from wizard.lab.worlds.policies import no_scp, put

_TASK_ROLE = "app-task-role"
_OPERATOR = "role/ec2-role/i-055e1e744dd8ab549"


def _bounded_task_role(world: World) -> None:
    """The role's own policy has the four actions; its boundary knows S3 alone."""
    private(world)
    made = world.client("iam").create_policy(PolicyName="edge", PolicyDocument=allow("s3:*"))
    world.client("iam").put_role_permissions_boundary(
        RoleName=_TASK_ROLE, PermissionsBoundary=made["Policy"]["Arn"]
    )
    world.notes["service"] = {"exec_": True}


def _unbounded(world: World) -> None:
    world.client("iam").delete_role_permissions_boundary(RoleName=_TASK_ROLE)


def _pass(service: str) -> Act:
    def act(world: World) -> None:
        passed = {"StringEquals": {"iam:PassedToService": service}}
        put("ec2-role", {"Action": "iam:PassRole", "Condition": passed}, name="pass")(world)

    return act


def _passes_to_ec2(world: World) -> None:
    public(world).bastion(inline=allow("ecs:*"))
    world.service(exec_=False).settle()
    world.notes |= {"deployer": _OPERATOR, "operator": _OPERATOR}
    _pass("ec2.amazonaws.com")(world)


def _register(world: World) -> None:
    world.lab.client("ecs", _OPERATOR).register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=world.execution_role,
        containerDefinitions=[world.container()],
    )


def _shells_forbidden(world: World) -> None:
    """The organization forbids shells; the operator's own policy allows everything of ECS."""
    public(world).bastion(inline=allow("ecs:*"))
    world.service().settle()
    world.notes |= {"operator": _OPERATOR}
    deny = {"Effect": "Deny", "Action": "ecs:ExecuteCommand", "Resource": "*"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [deny, everything]}
    world.lab.settings(scps=[{"name": "p-shells", "document": policy}])


WORLDS = (
    BrokenWorld(
        name="task-role-behind-a-boundary",
        symptom="exec.not-enabled",
        text=r"execute command was not enabled when the task was run or the execute command agent",
        build=_bounded_task_role,
        causes=(
            Planted(
                "task-role.permission-missing",
                _unbounded,
                lambda w: {"role": w.task_role, "actions": " ".join(EXEC_ACTIONS)},
            ),
        ),
        decoy=grant(_TASK_ROLE, "*"),
        goal=shell,
    ),
    BrokenWorld(
        name="operator-passes-roles-to-ec2-alone",
        symptom="iam.pass-role-denied",
        text=r"is not authorized to perform: iam:PassRole on resource: arn:",
        build=_passes_to_ec2,
        causes=(
            Planted(
                "task.role-pass-denied",
                _pass("ecs-tasks.amazonaws.com"),
                lambda w: {"role": w.execution_role},
            ),
        ),
        decoy=grant("ec2-role", "ecs:RegisterTaskDefinition"),
        goal=calls(_register),
    ),
    BrokenWorld(
        name="organization-forbids-shells",
        symptom="iam.access-denied",
        text=r"ecs:ExecuteCommand .*with an explicit deny in a service control policy",
        build=_shells_forbidden,
        causes=(
            Planted(
                "caller.explicit-deny",
                no_scp,
                lambda w: {
                    "principal": "ec2-role",
                    "action": "ecs:ExecuteCommand",
                    "denied_by": "service control policy",
                },
            ),
        ),
        decoy=grant("ec2-role", "*"),
        goal=shell,
    ),
)
