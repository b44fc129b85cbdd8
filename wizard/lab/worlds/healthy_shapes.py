"""Worlds of odd shapes in which nothing is wrong: what looks broken to a hasty eye, and is not."""

from __future__ import annotations

from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import EVERYWHERE, natted, private, public, rest
from wizard.lab.worlds.corners import main_table, unassociated
from wizard.lab.worlds.gates import far_endpoints
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import HealthyWorld
from wizard.lab.worlds.policies import detach, put

_ROLE = "ecsTaskExecutionRole"


def _nat_instance(world: World) -> None:
    """The default route leads to the interface of an instance that forwards."""
    rest(world.network())
    ec2 = world.client("ec2")
    made = ec2.create_network_interface(SubnetId=world.subnets[0])["NetworkInterface"]
    eni = made["NetworkInterfaceId"]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, SourceDestCheck={"Value": False})
    ec2.create_route(
        RouteTableId=world.route_table, DestinationCidrBlock=EVERYWHERE, NetworkInterfaceId=eni
    )


def _transit_gateway(world: World) -> None:
    """The way out leads through another VPC of the organization."""
    rest(world.network())
    ec2 = world.client("ec2")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=world.vpc, SubnetIds=world.subnets
    )
    ec2.create_route(
        RouteTableId=world.route_table, DestinationCidrBlock=EVERYWHERE, TransitGatewayId=gateway
    )


def _main_table(world: World) -> None:
    """No subnet has a route table of its own: the main one leads to the NAT gateway."""
    natted(world)
    unassociated(world)
    world.client("ec2").create_route(
        RouteTableId=main_table(world), DestinationCidrBlock=EVERYWHERE, NatGatewayId=world.nat
    )


def _dual_stack(world: World) -> None:
    """IPv4 by NAT, IPv6 by an egress-only gateway."""
    natted(world)
    ec2 = world.client("ec2")
    ec2.associate_vpc_cidr_block(VpcId=world.vpc, AmazonProvidedIpv6CidrBlock=True)
    world.sixth_way_out()


def _scaled_to_zero(world: World) -> None:
    private(world)
    world.notes["service"] = {"desired": 0}


def _public_sidecar(world: World) -> None:
    """A sidecar of ECR Public and one of Docker Hub, which need no role to be pulled."""
    natted(world)
    images = {"agent": "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:latest",
              "proxy": "nginx:1.27"}  # fmt: skip
    more = [world.container(n, image=i, portMappings=[]) for n, i in images.items()]
    world.task_definition(containers=[world.container(), *more])


def _without_roles(world: World) -> None:
    """A public image, no logs, no secrets: such a task needs no role at all."""
    world.network(public=True)
    world.image = "public.ecr.aws/nginx/nginx:stable"


def _by_digest(world: World) -> None:
    private(world)
    digest = world.push("team/app", "v9")
    world.image = world.image.replace(":v1", f"@{digest}")


def _conditions_that_hold(world: World) -> None:
    """Everything but IAM is allowed, in this region alone and by these endpoints alone."""
    private(world)
    detach(world)
    here = {"StringEquals": {"aws:RequestedRegion": world.lab.region}}
    put(_ROLE, {"NotAction": "iam:*", "Condition": here})(world)


def _two_groups(world: World) -> None:
    natted(world).balancer()
    world.notes["group"] = world.make_target_group("admin")
    world.listen(9090, world.notes["group"])
    second = {"targetGroupArn": world.notes["group"], "containerName": "app", "containerPort": 80}
    world.notes["service"] = {"loadBalancers": [*world.behind(), second]}


def _exec_in_public(world: World) -> None:
    public(world)
    world.notes["service"] = {"exec_": True, "desired": 2}


def _duplicate_ways(world: World) -> None:
    """Both a NAT gateway and all endpoints, those of S3 as a gateway."""
    rest(world.network(nat=True, endpoints=ALL_ENDPOINTS))


HEALTHY = (
    HealthyWorld("behind-a-nat-instance", _nat_instance, deploy),
    HealthyWorld("behind-a-transit-gateway", _transit_gateway, deploy),
    HealthyWorld("main-route-table-alone", _main_table, deploy),
    HealthyWorld("endpoints-in-other-subnets", far_endpoints, deploy),
    HealthyWorld("dual-stack", _dual_stack, deploy),
    HealthyWorld("scaled-to-zero", _scaled_to_zero, deploy),
    HealthyWorld("sidecars-of-public-registries", _public_sidecar, deploy),
    HealthyWorld("without-any-role", _without_roles, deploy),
    HealthyWorld("image-by-digest", _by_digest, deploy),
    HealthyWorld("conditions-that-hold", _conditions_that_hold, deploy),
    HealthyWorld("two-target-groups", _two_groups, deploy),
    HealthyWorld("exec-in-public-subnets", _exec_in_public, shell),
    HealthyWorld("nat-and-all-endpoints", _duplicate_ways, deploy),
)
