"""Networks of the embedded AWS in which something stands in, or stands in the way, unseen."""

import json

import pytest

from tests.aws.asking import fields, proven, says, status
from tests.aws.parts import ACCOUNT, read
from tests.aws.scripted import Reply
from wizard.aws.engine import Engine
from wizard.core.facts import Target
from wizard.core.unread import Unread
from wizard.faces.report.diagnosis import as_text
from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.world import World as Wizard

pytestmark = pytest.mark.slow
WEB = Target(goal="start", cluster="prod", service="web")
OFF = "network.endpoint-private-dns-off"
ZONES = "route53:ListHostedZonesByVPC"


@pytest.fixture
def private(world: World) -> World:
    """A service that works behind endpoints."""
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    return world.service().settle()


@pytest.fixture
def nameless(private: World) -> World:
    """The same, and the private DNS of ecr.api is switched off."""
    private.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=private.endpoints["ecr.api"], PrivateDnsEnabled=False
    )
    return private


def associated(world: World, name: str) -> None:
    """A private hosted zone of this name for the VPC."""
    where = {"VPCId": world.vpc, "VPCRegion": world.lab.region}
    settings = {"PrivateZone": True, "Comment": "central endpoints"}
    world.client("route53").create_hosted_zone(
        Name=name, VPC=where, CallerReference="one", HostedZoneConfig=settings
    )


def test_private_dns_that_is_off_is_proven_where_no_zone_stands_in(
    nameless: World, engine: Engine
) -> None:
    associated(nameless, "corp.example.com")
    assert proven(engine.diagnose(WEB)) == [OFF]


def test_a_private_zone_of_the_services_name_leaves_it_open(
    nameless: World, engine: Engine
) -> None:
    associated(nameless, f"api.ecr.{nameless.lab.region}.amazonaws.com")
    found = engine.diagnose(WEB)
    assert proven(found) == []
    assert status(found, OFF) is None
    assert OFF in found.unchecked
    assert found.facts["obstacles"] == Unread(ZONES, "no-way")


def test_zones_that_may_not_be_read_leave_it_suspected(nameless: World, engine: Engine) -> None:
    denied = {"code": "AccessDenied", "message": "not authorized", "status": 403}
    nameless.lab.faults({"match": ZONES, "kind": "error", **denied})
    found = engine.diagnose(WEB)
    nameless.lab.faults()
    assert (proven(found), status(found, OFF)) == ([], "suspected")
    assert OFF in {one.call: one.needed_for for one in found.unread}[ZONES]


def test_a_task_that_failed_on_its_way_proves_that_no_unread_zone_stands_in(
    nameless: World, engine: Engine
) -> None:
    ecs = nameless.client("ecs")
    ecs.update_service(cluster="prod", service="web", forceNewDeployment=True)
    nameless.settle()
    denied = {"code": "AccessDenied", "message": "not authorized", "status": 403}
    nameless.lab.faults({"match": ZONES, "kind": "error", **denied})
    found = engine.diagnose(WEB)
    nameless.lab.faults()
    assert found.symptoms[0].symptom == "pull.registry-auth-unreachable"
    assert proven(found) == [OFF]
    assert status(found, "network.endpoint-missing") == "ruled-out"


def test_a_policy_that_hangs_on_an_organization_is_said_to_be_undecided(
    private: World, engine: Engine
) -> None:
    same = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    rule = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": same}
    private.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=private.endpoints["ecr.api"],
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [rule]}),
    )
    found = engine.diagnose(WEB)
    policy = "network.endpoint-policy-denies"
    assert (proven(found), found.problem) == ([], False)
    assert "lets ecr:GetAuthorizationToken * through is not known" in says(found, policy)
    assert "shuts out" not in says(found, policy)


def test_endpoints_that_may_not_be_read_are_not_said_to_be_missing(
    world: World, engine: Engine
) -> None:
    world.network().roles().repository().log_group().service().settle()
    calls = "ec2:DescribeVpcEndpoints"
    denied = {"code": "UnauthorizedOperation", "message": "not authorized", "status": 403}
    world.lab.faults({"match": calls, "kind": "error", **denied})
    found = engine.diagnose(WEB)
    world.lab.faults()
    told = says(found, "network.endpoint-missing")
    assert f"whether {world.vpc} has an endpoint for ecr.api could not be read" in told
    assert "has no endpoint" not in told
    # What lies on this side of an endpoint was read; what lies at it was not.
    assert status(found, "network.acl-blocks") == "ruled-out"
    assert status(found, "network.task-group-egress-closed") == "ruled-out"
    assert status(found, "network.endpoint-group-closed") == "suspected"
    # Of what nothing is known but that it may be, a line tells; it has no block of its own.
    text = as_text(found, Wizard())
    assert "? The endpoint's security group" not in text
    possible = next(line for line in text.splitlines() if "Possible as well" in line)
    assert "[network.endpoint-group-closed]" in possible


def test_a_task_that_is_let_out_nowhere_needs_no_endpoint_to_be_read(
    world: World, engine: Engine
) -> None:
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    rules = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    world.client("ec2").revoke_security_group_egress(GroupId=world.task_group, IpPermissions=rules)
    world.service().settle()
    denied = {"code": "UnauthorizedOperation", "message": "not authorized", "status": 403}
    world.lab.faults({"match": "ec2:DescribeVpcEndpoints", "kind": "error", **denied})
    found = engine.diagnose(WEB)
    world.lab.faults()
    assert proven(found) == ["network.task-group-egress-closed"]
    assert status(found, "network.endpoint-group-closed") == "suspected"


def with_servers(world: World, address: str) -> None:
    """DNS servers of the VPC's own."""
    ec2 = world.client("ec2")
    names = [{"Key": "domain-name-servers", "Values": [address]}]
    made = ec2.create_dhcp_options(DhcpConfigurations=names)["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=made, VpcId=world.vpc)


def test_name_servers_that_the_task_may_not_ask_are_in_the_way(
    private: World, engine: Engine
) -> None:
    with_servers(private, "10.99.0.53")
    assert proven(engine.diagnose(WEB)) == []
    ec2 = private.client("ec2")
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=private.task_group, IpPermissions=everything)
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    only = [https | {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_egress(GroupId=private.task_group, IpPermissions=only)
    found = engine.diagnose(WEB)
    assert proven(found) == ["network.task-group-egress-closed"]
    assert "port 53" in says(found, "network.task-group-egress-closed")


def test_a_missing_endpoint_beside_a_route_to_another_network_is_proven_by_what_is_not_there(
    world: World, engine: Engine
) -> None:
    world.network(endpoints=("ecr.api", "ecr.dkr", "s3")).roles().repository().log_group()
    world.service().settle()
    ec2 = world.client("ec2")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_route(
        RouteTableId=world.route_table,
        DestinationCidrBlock="10.200.0.0/16",
        TransitGatewayId=gateway,
    )
    missing = {"code": "UnknownOperationException", "message": "no such thing", "status": 404}
    world.lab.faults({"match": "route53profiles:*", "kind": "error", **missing})
    missing_ones = fields(engine.diagnose(WEB), "network.endpoint-missing", "service")
    assert set(missing_ones) == {"logs", "ssmmessages"}
    associated(world, f"logs.{world.lab.region}.amazonaws.com")
    found = engine.diagnose(WEB)
    world.lab.faults()
    assert fields(found, "network.endpoint-missing", "service") == ["ssmmessages"]


@pytest.mark.parametrize(("owner", "known"), [(ACCOUNT, True), ("210987654321", False)])
def test_options_that_are_not_there_are_the_default_ones_but_in_a_shared_vpc(
    owner: str, known: bool
) -> None:
    vpc = {"VpcId": "vpc-1", "DhcpOptionsId": "dopt-1", "OwnerId": owner}
    replies: dict[str, Reply] = {
        "ec2:DescribeVpcs": {"Vpcs": [vpc]},
        "ec2:DescribeDhcpOptions": {"DhcpOptions": []},
    }
    parts = {"vpc_id": "vpc-1", "prefix_lists": [], "mount_targets": []}
    options = read("network-view", replies, **parts).value.dhcp_options
    assert (options is None) is known
