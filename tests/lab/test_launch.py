"""A task starts when everything is right, and for each wrong thing says what Fargate says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from wizard.core.facts import STAGES
from wizard.lab import Lab
from wizard.lab.cloud.launch import ebs, pull, run
from wizard.lab.cloud.launch.env_files import fetch_env_files
from wizard.lab.cloud.launch.logger import check_logger
from wizard.lab.cloud.launch.provision import provision
from wizard.lab.cloud.launch.secrets_ import fetch_secrets
from wizard.lab.cloud.launch.steps import STEPS
from wizard.lab.cloud.launch.volumes import mount_volumes
from wizard.lab.world import ALL_ENDPOINTS, EXEC_ACTIONS, World, allow, healthy

from .refusals import REFUSALS, pattern


@pytest.mark.parametrize(
    ("wording", "name", "build", "text"), REFUSALS, ids=[f"{r[1]} {r[0]}" for r in REFUSALS]
)
def test_fargate_refuses_in_the_words_of_its_generation(
    lab: Lab, wording: str, name: str, build: Callable[[World], Any], text: str
) -> None:
    lab.settings(wording=wording)
    world = World(lab)
    build(world)
    world.service().settle(200)
    reasons = world.reasons()
    assert reasons, f"{name}: the task started"
    assert re.fullmatch(pattern(text), reasons[0]), reasons[0]
    assert world.tasks(status="STOPPED")[0]["stopCode"] == "TaskFailedToStart"


def _starts(world: World) -> bool:
    return bool(world.redeploy().describe()["runningCount"] == 1)


def test_a_nat_gateway_serves_instead_of_endpoints_until_it_is_gone(lab: Lab) -> None:
    world = World(lab).network(nat=True).roles().repository().log_group().service().settle()
    assert world.describe()["runningCount"] == 1
    ec2 = lab.client("ec2")
    ec2.delete_nat_gateway(NatGatewayId=world.nat)
    world.redeploy()
    assert "i/o timeout" in world.reasons()[0]
    table = ec2.describe_route_tables(RouteTableIds=[world.route_table])["RouteTables"][0]
    assert [r["State"] for r in table["Routes"] if "NatGatewayId" in r] == ["blackhole"]


def test_a_public_subnet_needs_a_public_address(lab: Lab) -> None:
    world = World(lab).network(public=True).roles().repository().log_group()
    world.public = False
    world.service().settle(200)
    assert "i/o timeout" in world.reasons()[0]
    world.public = True
    lab.client("ecs").update_service(
        cluster="prod", service="web", networkConfiguration=world.network_configuration
    )
    world.settle()
    assert world.describe()["runningCount"] == 1


def test_a_gateway_endpoint_in_another_route_table_does_not_help(lab: Lab) -> None:
    world = World(lab).network(endpoints=[n for n in ALL_ENDPOINTS if n != "s3"])
    other = lab.client("ec2").create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"]
    world.endpoint("s3", RouteTableIds=[other])
    world.roles().repository().log_group().service().settle(200)
    assert "failed to copy: httpReadSeeker" in world.reasons()[0]
    lab.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=world.endpoints["s3"], AddRouteTableIds=[world.route_table]
    )
    assert _starts(world)


def test_an_endpoint_group_that_is_closed_stops_the_task_even_with_a_nat(lab: Lab) -> None:
    world = World(lab).network(nat=True)
    closed = world.closed_group("closed")
    world.endpoint("ecr.api", SecurityGroupIds=[closed])
    world.roles().repository().log_group().service().settle(200)
    assert re.search(r"dial tcp 10\.0\.\d+\.\d+:443: i/o timeout", world.reasons()[0])
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=closed,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": world.task_group}],
            }
        ],
    )
    assert _starts(world)


def test_an_endpoint_without_private_dns_is_of_no_use(lab: Lab) -> None:
    world = World(lab).network(endpoints=[n for n in ALL_ENDPOINTS if n != "ecr.api"])
    world.endpoint("ecr.api", PrivateDnsEnabled=False)
    world.roles().repository().log_group().service().settle(200)
    assert "The task cannot pull registry auth" in world.reasons()[0]
    lab.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=world.endpoints["ecr.api"], PrivateDnsEnabled=True
    )
    assert _starts(world)


def test_an_endpoint_policy_that_shuts_the_layers_out_is_a_403(lab: Lab) -> None:
    world = World(lab).network(endpoints=[n for n in ALL_ENDPOINTS if n != "s3"])
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::my-bucket/*",
            }
        ],
    }
    world.endpoint("s3", PolicyDocument=json.dumps(policy))
    world.roles().repository().log_group().service().settle(200)
    assert re.search(
        r"unexpected status code https://prod-ap-northeast-1-starport-layer-bucket\.s3\..*: 403"
        " Forbidden",
        world.reasons()[0],
    )
    lab.client("ec2").modify_vpc_endpoint(VpcEndpointId=world.endpoints["s3"], ResetPolicy=True)
    assert _starts(world)


def test_a_network_acl_that_drops_the_answers_is_a_timeout(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    ec2 = lab.client("ec2")
    acl = ec2.create_network_acl(VpcId=world.vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=True, **entry)
    shown = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": world.subnets}]
    )["NetworkAcls"]
    for association in shown[0]["Associations"]:
        if association["SubnetId"] in world.subnets:
            ec2.replace_network_acl_association(
                AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
            )
    world.service().settle(200)
    assert "i/o timeout" in world.reasons()[0]
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False, **entry)
    assert _starts(world)


def test_a_task_group_without_egress_is_a_timeout(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    ec2 = lab.client("ec2")
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=world.task_group, IpPermissions=everything)
    world.service().settle(200)
    assert "i/o timeout" in world.reasons()[0]
    ec2.authorize_security_group_egress(GroupId=world.task_group, IpPermissions=everything)
    assert _starts(world)


def test_a_full_subnet_is_refused_by_ec2(lab: Lab) -> None:
    world = World(lab).network(public=True, zones=1, prefix=28)
    world.roles().repository().log_group()
    ec2 = lab.client("ec2")
    enis = [
        ec2.create_network_interface(SubnetId=world.subnets[0])["NetworkInterface"]
        for _ in range(11)
    ]
    world.service().settle(200)
    assert world.reasons()[0].endswith(": InsufficientFreeAddressesInSubnet")
    for eni in enis:
        ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
    assert _starts(world)


def test_a_role_without_trust_starts_no_task_at_all(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).repository().log_group()
    world.execution_role = world.role("ecsTaskExecutionRole", service="ec2.amazonaws.com")
    world.service(exec_=False).settle(60)
    assert world.tasks() == []
    assert world.describe()["events"][-1]["message"] == (
        "(service web) failed to launch a task with (error ECS was unable to assume the role"
        f" '{world.execution_role}' that was provided for this task. Please verify that the role"
        " being passed has the proper trust relationship and permissions and that your IAM user"
        " has permissions to pass this role.)."
    )


@pytest.mark.parametrize("missing", EXEC_ACTIONS)
def test_the_agent_needs_each_of_its_four_permissions(lab: Lab, missing: str) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles(exec_=False)
    world.repository().log_group()
    iam = lab.client("iam")

    def grant(*actions: str) -> None:
        document = allow(*actions)
        iam.put_role_policy(RoleName="app-task-role", PolicyName="x", PolicyDocument=document)

    grant(*(a for a in EXEC_ACTIONS if a != missing))
    world.service().settle()
    agents = world.tasks()[0]["containers"][0]["managedAgents"]
    assert [a["lastStatus"] for a in agents] == ["STOPPED"]
    grant(*EXEC_ACTIONS)
    world.redeploy()
    agents = world.tasks()[0]["containers"][0]["managedAgents"]
    assert [a["lastStatus"] for a in agents] == ["RUNNING"]


@pytest.mark.parametrize(
    "changes",
    [
        {"readonlyRootFilesystem": True},
        {"environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIA"}]},
    ],
)
def test_the_container_itself_can_keep_the_agent_down(lab: Lab, changes: dict[str, Any]) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    world.task_definition(containers=[world.container(**changes)]).service().settle()
    agents = world.tasks()[0]["containers"][0]["managedAgents"]
    assert [a["lastStatus"] for a in agents] == ["STOPPED"]


def test_platform_1_3_asks_for_no_token_over_its_own_interface(lab: Lab) -> None:
    world = World(lab).network(endpoints=["ecr.dkr", "s3", "logs"]).roles().repository()
    world.log_group().service(platformVersion="1.3.0", exec_=False).settle()
    assert world.describe()["runningCount"] == 1


def test_a_healthy_world_has_nothing_to_say(lab: Lab) -> None:
    assert healthy(lab).reasons() == []


def test_the_steps_of_a_start_are_in_the_order_by_which_a_diagnosis_predicts() -> None:
    stages: dict[Any, str] = {
        provision: "eni",
        pull.registry_auth: "registry-auth",
        fetch_secrets: "secrets",
        pull.manifests: "image",
        pull.layers: "layers",
        fetch_env_files: "env-file",
        ebs.attach: "volumes",
        mount_volumes: "volumes",
        check_logger: "logger",
        run.activate: "start",
        run.start: "start",
    }
    order = [STAGES.index(stages[step.run]) for step in STEPS]
    assert order == sorted(order)
