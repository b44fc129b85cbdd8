"""Broken worlds: the planted cause is named, no other as proven; healthy ones are well."""

import json
from collections.abc import Callable

import pytest

from tests.aws.asking import fields, proven, says, status
from wizard.aws.engine import Engine
from wizard.core.facts import Target
from wizard.lab.world import ALL_ENDPOINTS, EXEC_ACTIONS, World, allow, trust

pytestmark = pytest.mark.slow
WEB = Target(cluster="prod", service="web")
Break = Callable[[World], object]


def base(world: World) -> World:
    return world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()


def without_endpoint_rule(world: World) -> World:
    made = base(world)
    rules = made.client("ec2").describe_security_groups(GroupIds=[made.endpoint_group])
    made.client("ec2").revoke_security_group_ingress(
        GroupId=made.endpoint_group, IpPermissions=rules["SecurityGroups"][0]["IpPermissions"]
    )
    return made.service()


def without_egress(world: World) -> World:
    made = base(world)
    rules = made.client("ec2").describe_security_groups(GroupIds=[made.task_group])
    made.client("ec2").revoke_security_group_egress(
        GroupId=made.task_group, IpPermissions=rules["SecurityGroups"][0]["IpPermissionsEgress"]
    )
    return made.service()


def without_gateway_route(world: World) -> World:
    made = base(world)
    made.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=made.endpoints["s3"], RemoveRouteTableIds=[made.route_table]
    )
    return made.service()


def narrow_gateway(world: World) -> World:
    made = base(world)
    own = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::own/*",
                }
            ],
        }
    )
    made.client("ec2").modify_vpc_endpoint(VpcEndpointId=made.endpoints["s3"], PolicyDocument=own)
    return made.service()


def without_private_dns(world: World) -> World:
    names = tuple(name for name in ALL_ENDPOINTS if name != "ecr.api")
    made = world.network(endpoints=names).endpoint("ecr.api", PrivateDnsEnabled=False)
    return made.roles().repository().log_group().service()


def weak_execution_role(world: World) -> World:
    made = world.network(endpoints=ALL_ENDPOINTS).roles(execution=False)
    made.execution_role = made.role("weak-exec", inline=allow("logs:*"))
    return made.repository().log_group().service()


def ec2_trust(world: World) -> World:
    made = world.network(endpoints=ALL_ENDPOINTS).roles(execution=False)
    made.execution_role = made.role(
        "weak-exec",
        trust_policy=trust("ec2.amazonaws.com"),
        managed=("service-role/AmazonECSTaskExecutionRolePolicy",),
    )
    return made.repository().log_group().service()


def without_image(world: World) -> World:
    made = base(world)
    made.image = made.image.replace(":v1", ":v2")
    return made.service()


def without_log_group(world: World) -> World:
    made = base(world)
    made.client("logs").delete_log_group(logGroupName=made.logs)
    return made.service()


def read_only(world: World) -> World:
    made = base(world)
    container = made.container(readonlyRootFilesystem=True)
    return made.task_definition("web", [container]).service()


def keys(world: World) -> World:
    made = base(world)
    pair = [{"name": "AWS_ACCESS_KEY_ID", "value": "x"}]
    return made.task_definition("web", [made.container(environment=pair)]).service()


def without_public_ip(world: World) -> World:
    made = world.network(public=True).roles().repository().log_group()
    made.public = False
    return made.service()


BROKEN: dict[str, tuple[Break, str]] = {
    "endpoint group": (without_endpoint_rule, "network.endpoint-group-closed"),
    "egress": (without_egress, "network.task-group-egress-closed"),
    "gateway route": (without_gateway_route, "network.gateway-not-associated"),
    "gateway policy": (narrow_gateway, "network.endpoint-policy-denies"),
    "private dns": (without_private_dns, "network.endpoint-private-dns-off"),
    "execution role": (weak_execution_role, "execution-role.permission-missing"),
    "trust": (ec2_trust, "execution-role.trust-invalid"),
    "image": (without_image, "ecr.image-missing"),
    "log group": (without_log_group, "logs.group-missing"),
    "read-only root": (read_only, "exec.read-only-root"),
    "keys": (keys, "exec.keys-in-environment"),
    "public address": (without_public_ip, "network.public-ip-missing"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_planted_cause_is_proven_and_no_other(name: str, world: World, engine: Engine) -> None:
    plant, cause = BROKEN[name]
    plant(world)
    world.settle()
    found = engine.diagnose(WEB)
    assert proven(found) == [cause]
    assert says(found, cause)
    assert found.problem


HEALTHY: dict[str, Break] = {
    "endpoints": lambda world: base(world).service(),
    "nat": lambda world: world.network(nat=True).roles().repository().log_group().service(),
    "public": lambda world: world.network(public=True).roles().repository().log_group().service(),
    "no shell": lambda world: base(world).service(exec_=False),
    "no logs": lambda world: (
        world.network(endpoints=("ecr.api", "ecr.dkr", "s3", "ssmmessages"))
        .roles()
        .repository()
        .service()
    ),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_world_is_well(name: str, world: World, engine: Engine) -> None:
    HEALTHY[name](world)
    world.settle()
    found = engine.diagnose(WEB)
    assert proven(found) == []
    assert not found.problem
    assert found.symptoms == ()
    assert "network.endpoint-missing" in found.checked


def test_switched_off_exec_is_a_fault_only_for_who_wants_a_shell(
    world: World, engine: Engine
) -> None:
    base(world).service(exec_=False)
    world.settle()
    assert proven(engine.diagnose(WEB)) == []
    assert proven(engine.diagnose(Target(goal="exec", cluster="prod", service="web"))) == [
        "exec.disabled-on-service"
    ]


def test_a_sidecar_without_an_agent_is_skipped(world: World, engine: Engine) -> None:
    made = base(world)
    sidecar = made.container("log-router", essential=False, portMappings=[])
    made.task_definition("web", [made.container(), sidecar]).service()
    world.settle()
    assert not engine.diagnose(WEB).problem


def test_a_namespaced_repository_is_asked_for_by_its_whole_name(
    world: World, engine: Engine
) -> None:
    base(world).service()
    world.settle()
    found = engine.diagnose(WEB)
    assert [one.repository for one in found.facts["repositories"]] == ["team/app"]
    assert found.facts["repositories"][0].exists is True


def test_a_boundary_is_told_from_a_missing_policy(world: World, engine: Engine) -> None:
    base(world).service()
    limit = world.client("iam").create_policy(PolicyName="limit", PolicyDocument=allow("s3:*"))[
        "Policy"
    ]["Arn"]
    world.client("iam").put_role_permissions_boundary(
        RoleName="app-task-role", PermissionsBoundary=limit
    )
    world.settle()
    found = engine.diagnose(Target(goal="exec", cluster="prod", service="web"))
    assert "task-role.permission-missing" in proven(found)
    assert fields(found, "task-role.permission-missing", "denied_by") == ["boundary"]
    offers = next(
        one.fixes for one in found.findings if one.cause == "task-role.permission-missing"
    )
    assert not any(offer.applicable for offer in offers)


def test_a_standalone_task_is_read_by_its_own_interface(world: World, engine: Engine) -> None:
    base(world).task_definition()
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName="prod")
    made = ecs.run_task(
        cluster="prod",
        taskDefinition=world.definition,
        launchType="FARGATE",
        networkConfiguration=world.network_configuration,
    )
    world.settle()
    task = made["tasks"][0]["taskArn"]
    found = engine.diagnose(Target(goal="exec", cluster="prod", task=task))
    assert proven(found) == ["exec.task-predates-enable"]
    assert status(found, "network.endpoint-missing") is None
    assert found.facts["obstacles"] == ()


def test_a_conditioned_permission_is_not_called_missing(world: World, engine: Engine) -> None:
    made = world.network(endpoints=ALL_ENDPOINTS).roles(task=False)
    policy = json.loads(allow(*EXEC_ACTIONS))
    policy["Statement"][0]["Condition"] = {
        "StringEquals": {"aws:RequestedRegion": world.lab.region}
    }
    made.task_role = made.role("app-task-role", inline=json.dumps(policy))
    made.repository().log_group().service().settle()
    found = engine.diagnose(WEB)
    assert "task-role.permission-missing" not in proven(found)
