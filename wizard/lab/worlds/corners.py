"""Worlds whose network is broken in a corner: one subnet of two, the main table, IPv6 alone."""

from __future__ import annotations

from wizard.lab.world import World
from wizard.lab.worlds.bases import (
    EVERYWHERE,
    grant,
    natted,
    private,
    public,
)
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

AUTH = r"unable to pull secrets or registry auth: The task cannot pull registry auth"
_LAYERS = r"failed to copy: httpReadSeeker.*i/o timeout"
_ROLE = "ecsTaskExecutionRole"


def association(world: World, subnet: str) -> str:
    """The id of a subnet's explicit association with a route table."""
    shown = world.client("ec2").describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )["RouteTables"]
    found = [a for t in shown for a in t["Associations"] if a.get("SubnetId") == subnet]
    return str(found[0]["RouteTableAssociationId"])


def own_table(world: World, subnet: str) -> str:
    """Gives a subnet a route table of its own, with the local route alone."""
    ec2 = world.client("ec2")
    made = str(ec2.create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"])
    ec2.replace_route_table_association(AssociationId=association(world, subnet), RouteTableId=made)
    return made


def main_table(world: World) -> str:
    """The VPC's main route table, which serves subnets without an association."""
    shown = world.client("ec2").describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [world.vpc]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )
    return str(shown["RouteTables"][0]["RouteTableId"])


def unassociated(world: World) -> None:
    """Takes the tasks' subnets out of their route table: the main one serves them now."""
    for subnet in world.subnets:
        world.client("ec2").disassociate_route_table(AssociationId=association(world, subnet))


def _one_without_the_gateway(world: World) -> None:
    private(world)
    world.notes["other"] = own_table(world, world.subnets[1])
    world.notes["service"] = {"desired": 2}


def _one_without_nat(world: World) -> None:
    natted(world)
    world.notes["other"] = own_table(world, world.subnets[1])
    world.notes["service"] = {"desired": 2}


def _to_nat(table: str) -> Act:
    def mend(world: World) -> None:
        world.client("ec2").create_route(
            RouteTableId=world.notes[table],
            DestinationCidrBlock=EVERYWHERE,
            NatGatewayId=world.nat,
        )

    return mend


def _main_without_the_gateway(world: World) -> None:
    """The gateway endpoint is in the table that once was the subnets' own."""
    private(world)
    unassociated(world)
    world.notes["other"] = main_table(world)


def _associate(world: World) -> None:
    world.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=world.endpoints["s3"], AddRouteTableIds=[world.notes["other"]]
    )


def _detached(world: World) -> None:
    public(world)
    ec2 = world.client("ec2")
    shown = ec2.describe_internet_gateways(
        Filters=[{"Name": "attachment.vpc-id", "Values": [world.vpc]}]
    )["InternetGateways"]
    world.notes["gateway"] = shown[0]["InternetGatewayId"]
    ec2.detach_internet_gateway(InternetGatewayId=world.notes["gateway"], VpcId=world.vpc)


def _attach(world: World) -> None:
    world.client("ec2").attach_internet_gateway(
        InternetGatewayId=world.notes["gateway"], VpcId=world.vpc
    )


def _nat_without_a_way_on(world: World) -> None:
    """The NAT gateway stands in a subnet whose route table has no way out itself."""
    natted(world)
    world.notes["other"] = own_table(world, world.public_subnets[0])


def _way_on(world: World) -> None:
    ec2 = world.client("ec2")
    shown = ec2.describe_internet_gateways(
        Filters=[{"Name": "attachment.vpc-id", "Values": [world.vpc]}]
    )["InternetGateways"]
    ec2.create_route(
        RouteTableId=world.notes["other"],
        DestinationCidrBlock=EVERYWHERE,
        GatewayId=shown[0]["InternetGatewayId"],
    )


def _sixth_alone(world: World) -> None:
    """The tasks' subnets go out by IPv6 alone, where AWS's endpoints are asked by IPv4."""
    natted(world)
    world.add_private_subnets()
    world.notes["other"] = world.route_table
    world.sixth_way_out()


def give_a_way_out(world: World) -> None:
    """A public subnet with a NAT gateway, and the tasks' default route to it."""
    ec2 = world.client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=world.vpc)
    table = ec2.create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"]
    subnet = ec2.create_subnet(VpcId=world.vpc, CidrBlock="10.0.101.0/24")["Subnet"]["SubnetId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    out = {"DestinationCidrBlock": EVERYWHERE}
    ec2.create_route(RouteTableId=table, GatewayId=gateway, **out)
    ec2.create_route(RouteTableId=world.route_table, NatGatewayId=nat["NatGatewayId"], **out)


def _another_region(world: World) -> None:
    """An interface endpoint serves its own region's ECR alone.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    """
    private(world)
    ecr = world.elsewhere("ecr", None, "us-west-2")
    made = ecr.create_repository(repositoryName="base/app")["repository"]
    world.push("base/app", "v1", region="us-west-2")
    world.image = made["repositoryUri"] + ":v1"


def _docker_hub(world: World) -> None:
    private(world)
    sidecar = world.container("proxy", image="nginx:1.27", portMappings=[])
    world.task_definition(containers=[world.container(), sidecar])


def _subnet(number: int) -> Fields:
    return lambda world: {"subnet": world.subnets[number]}


def _gateway(world: World) -> dict[str, str]:
    return {"endpoint": world.endpoints["s3"], "route_table": str(world.notes["other"])}


def broken(
    name: str, symptom: str, text: str, build: Act, planted: Planted, decoy: Act | None = None
) -> BrokenWorld:
    """A world of one cause that the user meets by deploying."""
    more = decoy or grant(_ROLE, "ecr:*")
    return BrokenWorld(name, symptom, text, build, (planted,), more, deploy)


UNREACHABLE = "pull.registry-auth-unreachable"
_ONWARDS = Planted("network.no-internet-route", _way_on, lambda w: {"subnet": w.public_subnets[0]})
_NO_NAT = Planted("network.no-internet-route", give_a_way_out, _subnet(0))

WORLDS = (
    broken(
        "one-subnet-of-two-without-the-gateway", "pull.layer-unreachable", _LAYERS,
        _one_without_the_gateway,
        Planted("network.gateway-not-associated", _associate, _gateway),
    ),
    broken(
        "one-subnet-of-two-without-a-nat-route", UNREACHABLE, AUTH, _one_without_nat,
        Planted("network.no-internet-route", _to_nat("other"), _subnet(1)),
    ),
    broken(
        "main-route-table-without-the-gateway", "pull.layer-unreachable", _LAYERS,
        _main_without_the_gateway,
        Planted("network.gateway-not-associated", _associate, _gateway),
    ),
    broken(
        "internet-gateway-detached", UNREACHABLE, AUTH, _detached,
        Planted("network.route-blackhole", _attach, lambda w: {"route_table": w.route_table}),
    ),
    broken("nat-gateway-without-a-way-on", UNREACHABLE, AUTH, _nat_without_a_way_on, _ONWARDS),
    broken(
        "a-default-route-for-ipv6-alone", UNREACHABLE, AUTH, _sixth_alone,
        Planted("network.no-internet-route", _to_nat("other"), _subnet(0)),
    ),
    broken(
        "image-of-another-region-behind-endpoints", UNREACHABLE, AUTH, _another_region, _NO_NAT
    ),
    broken(
        "sidecar-of-docker-hub-behind-endpoints", "pull.image-unreachable", r"i/o timeout",
        _docker_hub, _NO_NAT,
    ),
)  # fmt: skip
