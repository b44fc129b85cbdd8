"""Fixes of routes, network ACLs and repository policies, on the embedded AWS."""

import json

import pytest

from tests.fixes.conftest import Diagnose, world_of
from wizard.core.answer import Diagnosis
from wizard.core.facts import Obstacle, Repository, Role, Target
from wizard.fixes.desk import FixDesk
from wizard.fixes.request import Refused
from wizard.lab import Lab
from wizard.lab.world import World

pytestmark = pytest.mark.slow


NO_ROUTE = "network.no-internet-route"


def test_the_default_route_is_led_to_the_nat_gateway_and_back(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = World(lab).network(nat=True).roles().repository("team/app").log_group()
    nat = world.nat
    world.add_private_subnets().service("web").settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, NO_ROUTE)
    assert plan.changes[0].operation == "ec2:CreateRoute"
    assert plan.changes[0].parameters == {
        "RouteTableId": world.route_table,
        "DestinationCidrBlock": "0.0.0.0/0",
        "NatGatewayId": nat,
    }
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    assert desk.apply(desk.undo_plan()).applied
    tables = lab.client("ec2").describe_route_tables(RouteTableIds=[world.route_table])
    routes = [one.get("DestinationCidrBlock") for one in tables["RouteTables"][0]["Routes"]]
    assert routes == ["10.0.0.0/16"]


def test_a_dead_route_is_replaced_and_cannot_be_made_again(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = World(lab).network(nat=True).roles().repository("team/app").log_group()
    world.service("web").settle()
    ec2 = lab.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    second = ec2.create_nat_gateway(SubnetId=world.public_subnets[0], AllocationId=address)
    ec2.delete_nat_gateway(NatGatewayId=world.nat)
    world.redeploy().settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, "network.route-blackhole")
    assert plan.changes[0].operation == "ec2:ReplaceRoute"
    assert plan.changes[0].before["State"] == "blackhole"
    assert plan.changes[0].parameters["NatGatewayId"] == second["NatGateway"]["NatGatewayId"]
    assert plan.changes[0].undo is None
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"


def test_without_a_nat_gateway_the_endpoints_are_named_instead(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    with pytest.raises(Refused, match="no NAT gateway"):
        desk.plan(diagnose(), NO_ROUTE)


def test_a_network_acl_is_shown_how_to_open_by_hand(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    blocks = Obstacle("network.acl-blocks", "confirmed", "image", acl="acl-1", service="ecr.dkr")
    target = Target(goal="start", cluster="prod", service="web", account="123456789012")
    diagnosis = Diagnosis(target, (), (), (), (), (), 0, 0, 0.0, {"obstacles": (blocks,)})
    plan = desk.plan(diagnosis, "network.acl-blocks")
    assert plan.changes == ()
    assert [note["en"].split(" --")[-1] for note in plan.notes] == [
        "port-range From=443,To=443",
        "port-range From=1024,To=65535",
    ]


def test_a_network_acl_before_a_load_balancer_is_opened_for_the_port_that_it_asks(
    private_world: World, desk: FixDesk
) -> None:
    def blocks(side: str) -> Obstacle:
        acl = f"acl-{side}"
        return Obstacle("network.acl-blocks", "confirmed", "health", acl=acl, says=side, port=8080)

    target = Target(goal="start", cluster="prod", service="web", account="123456789012")
    facts = {"obstacles": (blocks("out"), blocks("in"))}
    diagnosis = Diagnosis(target, (), (), (), (), (), 0, 0, 0.0, facts)
    plan = desk.plan(diagnosis, "network.acl-blocks")
    words = [note["en"].split() for note in plan.notes]
    assert [(w[w.index("--network-acl-id") + 1], w[-3], w[-1]) for w in words] == [
        ("acl-out", "--egress", "From=8080,To=8080"),
        ("acl-out", "--ingress", "From=1024,To=65535"),
        ("acl-in", "--ingress", "From=8080,To=8080"),
        ("acl-in", "--egress", "From=1024,To=65535"),
    ]


def test_the_repositorys_policy_lets_the_execution_role_pull(lab: Lab, desk: FixDesk) -> None:
    world_of(lab)
    ecr = lab.client("ecr")
    own = {"Sid": "own", "Effect": "Allow", "Principal": "*", "Action": "ecr:DescribeImages"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [own]})
    ecr.set_repository_policy(repositoryName="team/app", policyText=text)
    role = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
    facts = {
        "repositories": (Repository("team/app", policy_denies=True),),
        "execution_role": Role(named=True, name="ecsTaskExecutionRole", arn=role),
    }
    target = Target(goal="start", cluster="prod", account="123456789012", region=lab.region)
    diagnosis = Diagnosis(target, (), (), (), (), (), 0, 0, 0.0, facts)
    plan = desk.plan(diagnosis, "ecr.repository-policy-denies")
    assert plan.changes[0].after["Statement"][0] == own
    assert plan.changes[0].after["Statement"][1]["Principal"] == {"AWS": role}
    assert desk.apply(plan).applied
    assert desk.plan(diagnosis, "ecr.repository-policy-denies").changes == ()
    assert desk.apply(desk.undo_plan()).applied
    kept = json.loads(ecr.get_repository_policy(repositoryName="team/app")["policyText"])
    assert kept["Statement"] == [own]
