"""Worlds in which the person at the keyboard is not allowed what they try."""

from __future__ import annotations

import json
from typing import Any

from wizard.lab.world import World, allow
from wizard.lab.worlds.bases import deny, grant, public
from wizard.lab.worlds.goals import calls, deploy, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

_ROLE = "ec2-role"
_OPERATOR = f"role/{_ROLE}/i-055e1e744dd8ab549"
_UPDATE = "ecs:UpdateService"


def _operator(*actions: str, exec_: bool = False) -> Act:
    """A service that runs, and a bastion's role with *actions*."""

    def build(world: World) -> None:
        public(world).bastion(inline=allow(*actions) if actions else None)
        world.service(exec_=exec_).settle()
        world.notes |= {"deployer": _OPERATOR, "operator": _OPERATOR}

    return build


def _who(*actions: str) -> Fields:
    found = {"principal": _ROLE} | ({"actions": " ".join(actions)} if actions else {})
    return lambda world: found


def _denied_by(kind: str, action: str) -> Fields:
    return lambda world: {"principal": _ROLE, "action": action, "denied_by": kind}


def _scp(world: World) -> None:
    _operator("ecs:*")(world)
    document = json.loads(deny(_UPDATE))
    document["Statement"] = [
        document["Statement"][0],
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ]
    world.lab.settings(scps=[{"name": "p-guard", "document": document}])


def _no_scp(world: World) -> None:
    world.lab.settings(scps=[])


def _explicitly(world: World) -> None:
    _operator("ecs:*")(world)
    world.client("iam").put_role_policy(
        RoleName=_ROLE, PolicyName="freeze", PolicyDocument=deny(_UPDATE)
    )


def _thaw(world: World) -> None:
    world.client("iam").delete_role_policy(RoleName=_ROLE, PolicyName="freeze")


def _bounded(world: World) -> None:
    _operator("ecs:*")(world)
    made = world.client("iam").create_policy(
        PolicyName="edge", PolicyDocument=allow("ecs:Describe*", "ecs:List*")
    )
    world.client("iam").put_role_permissions_boundary(
        RoleName=_ROLE, PermissionsBoundary=made["Policy"]["Arn"]
    )


def _unbounded(world: World) -> None:
    world.client("iam").delete_role_permissions_boundary(RoleName=_ROLE)


def _as_operator(world: World, service: str) -> Any:
    return world.lab.client(service, _OPERATOR)


def _make_endpoint(world: World) -> None:
    made = _as_operator(world, "ec2").create_vpc_endpoint(
        VpcId=world.vpc,
        ServiceName=world.service_name("s3"),
        VpcEndpointType="Gateway",
        RouteTableIds=[world.route_table],
    )
    # Only a try: the next one shall find the same world.
    world.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]])


def _register(world: World) -> None:
    _as_operator(world, "ecs").register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=world.execution_role,
        taskRoleArn=world.task_role,
        containerDefinitions=[world.container()],
    )


def _may_pass(world: World) -> None:
    roles = [world.execution_role, world.task_role]
    grant(_ROLE, "iam:PassRole", resource=roles, name="pass")(world)


def _may_pass_one(world: World) -> None:
    grant(_ROLE, "iam:PassRole", resource=world.task_role, name="pass")(world)


def _session(world: World) -> None:
    """The role allows it; the session was made with a policy that does not."""
    world.role("deployer", inline=allow("ecs:*"), trust_policy=_trusting(world))
    world.client("iam").create_user(UserName="ci")
    world.client("ecs").create_cluster(clusterName=world.cluster)
    world.notes["policy"] = allow("ecs:Describe*")


def _trusting(world: World) -> str:
    user = f"arn:{world.partition}:iam::{world.lab.account}:root"
    statement = {"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _list_in_session(world: World) -> None:
    """Assumes the role with the session policy, as ``ci``, and lists clusters."""
    import boto3

    grant_user = allow("sts:AssumeRole")
    iam = world.client("iam")
    iam.put_user_policy(UserName="ci", PolicyName="assume", PolicyDocument=grant_user)
    given = {"Policy": world.notes["policy"]} if world.notes["policy"] else {}
    role = f"arn:{world.partition}:iam::{world.lab.account}:role/deployer"
    keys = world.lab.client("sts", "user/ci").assume_role(
        RoleArn=role, RoleSessionName="release", **given
    )["Credentials"]
    client = boto3.client(
        "ecs",
        region_name=world.lab.region,
        endpoint_url=world.lab.endpoint_url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    try:
        client.list_clusters()
    finally:
        client.close()


def _without_policy(world: World) -> None:
    world.notes["policy"] = ""


WORLDS = (
    BrokenWorld(
        name="operator-may-not-update-the-service",
        symptom="iam.access-denied",
        text=r"is not authorized to perform: ecs:UpdateService on resource: arn:.*/prod/web",
        build=_operator("ecs:DescribeServices"),
        causes=(Planted("caller.permission-missing", grant(_ROLE, _UPDATE), _who(_UPDATE)),),
        decoy=grant("app-task-role", _UPDATE),
        goal=deploy,
    ),
    BrokenWorld(
        name="operator-may-not-open-a-shell",
        symptom="iam.access-denied",
        text=r"is not authorized to perform: ecs:ExecuteCommand on resource: arn:",
        build=_operator("ecs:Describe*", exec_=True),
        causes=(
            Planted(
                "caller.permission-missing",
                grant(_ROLE, "ecs:ExecuteCommand"),
                _who("ecs:ExecuteCommand"),
            ),
        ),
        decoy=grant(_ROLE, "ssm:StartSession"),
        goal=shell,
    ),
    BrokenWorld(
        name="operator-stopped-by-an-scp",
        symptom="iam.access-denied",
        text=r"ecs:UpdateService .*with an explicit deny in a service control policy",
        build=_scp,
        causes=(
            Planted("caller.explicit-deny", _no_scp, _denied_by("service control policy", _UPDATE)),
        ),
        decoy=grant(_ROLE, "ecs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="operator-explicitly-denied",
        symptom="iam.access-denied",
        text=r"ecs:UpdateService .*with an explicit deny in an identity-based policy",
        build=_explicitly,
        causes=(
            Planted("caller.explicit-deny", _thaw, _denied_by("identity-based policy", _UPDATE)),
        ),
        decoy=grant(_ROLE, "ecs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="operator-behind-a-boundary",
        symptom="iam.access-denied",
        text=r"because no permissions boundary allows the ecs:UpdateService action",
        build=_bounded,
        causes=(
            Planted(
                "caller.explicit-deny", _unbounded, _denied_by("permissions boundary", _UPDATE)
            ),
        ),
        decoy=grant(_ROLE, "ecs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="session-policy-too-narrow",
        symptom="iam.access-denied",
        text=r"because no session policy allows the ecs:ListClusters action",
        build=_session,
        causes=(
            Planted(
                "caller.explicit-deny",
                _without_policy,
                lambda w: {
                    "principal": "deployer",
                    "action": "ecs:ListClusters",
                    "denied_by": "session policy",
                },
            ),
        ),
        decoy=grant("deployer", "ecs:ListClusters"),
        goal=calls(_list_in_session),
    ),
    BrokenWorld(
        name="operator-may-not-make-an-endpoint",
        symptom="iam.access-denied-encoded",
        text=r"UnauthorizedOperation.*Encoded authorization failure message: [\w-]+",
        build=lambda w: w.network().bastion(inline=allow("ec2:Describe*")),
        causes=(
            Planted(
                "caller.permission-missing",
                grant(_ROLE, "ec2:CreateVpcEndpoint"),
                _who("ec2:CreateVpcEndpoint"),
            ),
        ),
        decoy=grant(_ROLE, "ec2:ModifyVpcEndpoint"),
        goal=calls(_make_endpoint),
    ),
    BrokenWorld(
        name="operator-may-not-pass-the-roles",
        symptom="iam.pass-role-denied",
        text=r"is not authorized to perform: iam:PassRole on resource: arn:",
        build=_operator("ecs:*"),
        causes=(Planted("task.role-pass-denied", _may_pass, lambda w: {"role": w.execution_role}),),
        decoy=_may_pass_one,
        goal=calls(_register),
    ),
)
