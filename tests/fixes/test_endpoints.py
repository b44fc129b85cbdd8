"""Fixes of VPC endpoints and of the VPC, on the embedded AWS."""

import json
from typing import Any

import pytest

from tests.fixes.conftest import Diagnose, world_of
from wizard.core.plan import Later, Plan
from wizard.fixes.desk import FixDesk
from wizard.fixes.request import Refused
from wizard.lab import Lab
from wizard.lab.world import World

pytestmark = pytest.mark.slow


MISSING = "network.endpoint-missing"


def created(plan: Plan) -> list[str]:
    """Return the services that endpoints are created for."""
    names = [
        one.parameters["ServiceName"]
        for one in plan.changes
        if one.operation == "ec2:CreateVpcEndpoint"
    ]
    return sorted(name.partition("ap-northeast-1.")[2] for name in names)


def mend(desk: FixDesk, diagnose: Diagnose, cause: str) -> tuple[Plan, str]:
    """Plan, apply and verify the first fix of `cause`; return the plan and what was verified."""
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, cause)
    assert plan.changes
    outcome = desk.apply(plan)
    assert outcome.applied, outcome.says
    return plan, desk.verify(plan, diagnosis, entry=outcome.entry)


def test_one_plan_creates_every_endpoint_that_the_task_lacks(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    plan, verified = mend(desk, diagnose, MISSING)
    assert created(plan) == ["ecr.api", "ecr.dkr", "logs", "s3", "ssmmessages"]
    assert verified == "passed"
    assert private_world.describe()["runningCount"] == 1


def test_interface_endpoints_get_private_dns_a_subnet_per_zone_and_the_new_group(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    plan = desk.plan(diagnose(), MISSING)
    interface = next(
        one.parameters for one in plan.changes if one.parameters.get("SecurityGroupIds")
    )
    assert interface["PrivateDnsEnabled"] is True
    assert interface["SubnetIds"] == sorted(private_world.subnets)
    assert interface["SecurityGroupIds"] == [Later(0, "GroupId")]
    rule = plan.changes[1].parameters["IpPermissions"][0]
    assert (rule["FromPort"], rule["ToPort"]) == (443, 443)
    assert [one["GroupId"] for one in rule["UserIdGroupPairs"]] == [private_world.task_group]


def test_the_s3_gateway_goes_into_the_route_table_of_the_task(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    plan = desk.plan(diagnose(), MISSING)
    gateway = next(
        one for one in plan.changes if one.parameters.get("VpcEndpointType") == "Gateway"
    )
    assert gateway.parameters["RouteTableIds"] == [private_world.route_table]
    assert "free" in gateway.cost["en"]


def test_two_subnets_in_one_zone_give_an_endpoint_one_interface_there(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = world_of(lab)
    ec2 = lab.client("ec2")
    twin = ec2.create_subnet(
        VpcId=world.vpc, CidrBlock="10.0.50.0/24", AvailabilityZone=f"{lab.region}a"
    )["Subnet"]["SubnetId"]
    ec2.associate_route_table(RouteTableId=world.route_table, SubnetId=twin)
    world.subnets.append(twin)
    world.service("web").settle()
    plan = desk.plan(diagnose(), MISSING)
    interface = next(one.parameters for one in plan.changes if one.parameters.get("SubnetIds"))
    assert len(interface["SubnetIds"]) == 2


def test_only_the_endpoints_that_are_not_there_are_created(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world_of(lab, "ecr.api", "ecr.dkr", "s3").service("web").settle()
    plan, verified = mend(desk, diagnose, MISSING)
    assert created(plan) == ["logs", "ssmmessages"]
    assert verified == "passed"


def test_set_narrows_the_plan_to_one_service(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    plan = desk.plan(diagnose(), MISSING, options={"service": "logs"})
    assert created(plan) == ["logs"]


def test_nothing_left_to_mend_is_a_plan_without_changes(
    healthy_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    plan = desk.plan(diagnose(), MISSING)
    assert plan.changes == ()
    assert desk.apply(plan).entry is None


def test_the_vpcs_dns_is_switched_on_in_the_plan_that_needs_it(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = World(lab).network(endpoints=(), dns=False).roles().repository().log_group()
    world.service("web").settle()
    plan, verified = mend(desk, diagnose, MISSING)
    assert [one.operation for one in plan.changes[:2]] == ["ec2:ModifyVpcAttribute"] * 2
    assert verified == "passed"


def test_undo_deletes_the_endpoints_and_their_group_again(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    mend(desk, diagnose, MISSING)
    back = desk.undo_plan()
    assert desk.apply(back).applied
    ec2 = private_world.client("ec2")
    found = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert [one for one in found if one["State"] not in ("deleted", "deleting")] == []
    groups = ec2.describe_security_groups()["SecurityGroups"]
    assert "fargate-wizard-endpoints" not in [one["GroupName"] for one in groups]


def test_the_wizards_group_is_used_again_for_a_later_endpoint(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    desk.apply(desk.plan(diagnose(), MISSING, options={"service": "ecr.api"}))
    plan = desk.plan(diagnose(), MISSING, options={"service": "logs"})
    operations = [one.operation for one in plan.changes]
    assert "ec2:CreateSecurityGroup" not in operations
    assert "ec2:AuthorizeSecurityGroupIngress" not in operations
    assert desk.apply(plan).applied


def test_a_closed_endpoint_group_is_opened_for_the_tasks_group(
    healthy_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    ec2 = healthy_world.client("ec2")
    group = healthy_world.endpoint_group
    given = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=given)
    healthy_world.redeploy().settle()
    plan, verified = mend(desk, diagnose, "network.endpoint-group-closed")
    rules = [one for one in plan.changes if one.operation.endswith("Ingress")]
    assert len(rules) == 1, "all endpoints share the group, so one rule mends all"
    assert verified == "passed"


def test_private_dns_is_switched_on(lab: Lab, desk: FixDesk, diagnose: Diagnose) -> None:
    world = world_of(lab, "ecr.dkr", "s3", "logs", "ssmmessages")
    world.endpoint("ecr.api", PrivateDnsEnabled=False).service("web").settle()
    plan, verified = mend(desk, diagnose, "network.endpoint-private-dns-off")
    assert plan.changes[0].before == {"PrivateDnsEnabled": False}
    assert verified == "passed"


def test_the_gateway_is_put_into_the_tasks_route_table_and_taken_out_by_undo(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = world_of(lab, "ecr.api", "ecr.dkr", "logs", "ssmmessages")
    ec2 = lab.client("ec2")
    other = ec2.create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"]
    world.endpoint("s3", RouteTableIds=[other]).service("web").settle()
    plan, verified = mend(desk, diagnose, "network.gateway-not-associated")
    assert plan.changes[0].after == {"RouteTableIds": sorted([other, world.route_table])}
    assert verified == "passed"
    assert desk.apply(desk.undo_plan()).applied
    found = ec2.describe_vpc_endpoints(VpcEndpointIds=[world.endpoints["s3"]])["VpcEndpoints"][0]
    assert found["RouteTableIds"] == [other]


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_the_s3_endpoints_policy_lets_the_layer_bucket_in(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    own = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::mine/*"}
    world = world_of(lab, "ecr.api", "ecr.dkr", "logs", "ssmmessages")
    world.endpoint("s3", PolicyDocument=policy(own)).service("web").settle()
    plan, verified = mend(desk, diagnose, "network.endpoint-policy-denies")
    after = plan.changes[0].after["PolicyDocument"]["Statement"]
    assert after[0] == own
    bucket = "arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/*"
    assert after[1]["Resource"] == bucket
    assert verified == "passed"


def test_an_endpoint_policy_with_a_deny_is_left_to_its_owner(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    deny = allow | {"Effect": "Deny", "Action": "s3:GetObject"}
    world = world_of(lab, "ecr.api", "ecr.dkr", "logs", "ssmmessages")
    world.endpoint("s3", PolicyDocument=policy(allow, deny)).service("web").settle()
    with pytest.raises(Refused, match="holds a Deny statement"):
        desk.plan(diagnose(), "network.endpoint-policy-denies")


def test_egress_is_opened_to_the_endpoints_and_the_s3_prefix_list(
    healthy_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    ec2 = healthy_world.client("ec2")
    group = healthy_world.task_group
    found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    healthy_world.redeploy().settle()
    plan, verified = mend(desk, diagnose, "network.task-group-egress-closed")
    rule = plan.changes[0].parameters["IpPermissions"][0]
    assert [one["GroupId"] for one in rule["UserIdGroupPairs"]] == [healthy_world.endpoint_group]
    assert rule["PrefixListIds"]
    assert verified == "passed"


def test_others_in_the_vpc_are_not_shut_out_by_private_dns(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    ec2 = private_world.client("ec2")
    other = ec2.create_security_group(
        GroupName="batch", Description="batch", VpcId=private_world.vpc
    )["GroupId"]
    ec2.create_network_interface(SubnetId=private_world.subnets[0], Groups=[other])
    plan = desk.plan(diagnose(), MISSING)
    rule = plan.changes[1].parameters["IpPermissions"][0]
    assert [one["CidrIp"] for one in rule["IpRanges"]] == ["10.0.0.0/16"]
    assert "10.0.0.0/16" in plan.notes[0]["en"]
    assert desk.apply(plan).applied
    assert desk.apply(desk.undo_plan()).applied


def test_a_service_that_is_allowed_to_be_reached_otherwise_gets_no_endpoint(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = World(lab).network(nat=True).roles().repository("team/app").log_group()
    world.service("web").settle()
    assert desk.plan(diagnose(), MISSING).changes == ()
