"""Worlds in which the way out is broken: routes, addresses, groups, ACLs, DNS, subnets."""

from __future__ import annotations

from wizard.lab.building.base import Json
from wizard.lab.world import World
from wizard.lab.worlds.bases import (
    ALL_TRAFFIC,
    EVERYWHERE,
    HTTPS,
    grant,
    natted,
    noted,
    private,
    public,
    rest,
)
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_AUTH = r"unable to pull secrets or registry auth: The task cannot pull registry auth"
_OPEN: Json = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": EVERYWHERE}
_ROLE = "ecsTaskExecutionRole"


def _private_subnets_beside_nat(world: World) -> None:
    """The tasks' own subnets have a route table without a default route; others use the NAT."""
    natted(world)
    world.add_private_subnets()


def _route_to_nat(world: World) -> None:
    world.client("ec2").create_route(
        RouteTableId=world.route_table, DestinationCidrBlock=EVERYWHERE, NatGatewayId=world.nat
    )


def _nat_gone(world: World) -> None:
    natted(world)
    world.client("ec2").delete_nat_gateway(NatGatewayId=world.nat)


def _new_nat(world: World) -> None:
    ec2 = world.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=world.public_subnets[0], AllocationId=address)
    ec2.replace_route(
        RouteTableId=world.route_table,
        DestinationCidrBlock=EVERYWHERE,
        NatGatewayId=made["NatGateway"]["NatGatewayId"],
    )


def _no_public_address(world: World) -> None:
    public(world)
    world.public = False


def _public_address(world: World) -> None:
    world.public = True


def _egress_closed(world: World) -> None:
    private(world)
    world.client("ec2").revoke_security_group_egress(
        GroupId=world.task_group, IpPermissions=ALL_TRAFFIC
    )


def _open_egress(world: World) -> None:
    world.client("ec2").authorize_security_group_egress(
        GroupId=world.task_group, IpPermissions=ALL_TRAFFIC
    )


def _egress_to_a_stranger(world: World) -> None:
    """443 may leave, but only to a network in which no endpoint is."""
    _egress_closed(world)
    rule = HTTPS | {"IpRanges": [{"CidrIp": "192.168.0.0/16"}]}
    world.client("ec2").authorize_security_group_egress(
        GroupId=world.task_group, IpPermissions=[rule]
    )


def _acl(world: World, **entry: object) -> None:
    """Gives the tasks' subnets an ACL that lets all out, and in what *entry* says."""
    ec2 = world.client("ec2")
    acl = ec2.create_network_acl(VpcId=world.vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=True, **_OPEN)
    if entry:
        ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=90, Egress=False, **entry)
    shown = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": world.subnets}]
    )["NetworkAcls"]
    for association in shown[0]["Associations"]:
        if association["SubnetId"] in world.subnets:
            ec2.replace_network_acl_association(
                AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
            )
    world.notes["acl"] = acl


def _acl_without_answers(world: World) -> None:
    natted(world)
    https: Json = {"Protocol": "6", "RuleAction": "allow", "CidrBlock": EVERYWHERE}
    _acl(world, **https, PortRange={"From": 443, "To": 443})


def _acl_shut(world: World) -> None:
    natted(world)
    _acl(world)


def _open_acl(world: World) -> None:
    world.client("ec2").create_network_acl_entry(
        NetworkAclId=world.notes["acl"], RuleNumber=80, Egress=False, **_OPEN
    )


def _dns(attribute: str, value: bool) -> Act:
    def act(world: World) -> None:
        world.client("ec2").modify_vpc_attribute(VpcId=world.vpc, **{attribute: {"Value": value}})

    return act


def _dns_off(attribute: str) -> Act:
    def build(world: World) -> None:
        private(world)
        _dns(attribute, False)(world)

    return build


def _full(world: World) -> None:
    public(world, zones=1, prefix=28)
    ec2 = world.client("ec2")
    made = [
        ec2.create_network_interface(SubnetId=world.subnets[0])["NetworkInterface"]
        for _ in range(11)
    ]
    world.notes["enis"] = [m["NetworkInterfaceId"] for m in made]


def _make_room(world: World) -> None:
    for eni in world.notes["enis"]:
        world.client("ec2").delete_network_interface(NetworkInterfaceId=eni)


def _nothing_at_all(world: World) -> None:
    """A VPC with no way out of any kind."""
    rest(world.network())


def _vpc(world: World) -> Json:
    return {"vpc": world.vpc}


def _needed(name: str) -> Planted:
    return Planted(
        "network.endpoint-missing",
        lambda world: world.endpoint(name),
        lambda world: {"service": name, "vpc": world.vpc},
    )


def _group(world: World) -> dict[str, str]:
    return {"group": world.task_group}


WORLDS = (
    BrokenWorld(
        name="private-subnet-without-the-nat-route",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_private_subnets_beside_nat,
        causes=(
            Planted("network.no-internet-route", _route_to_nat, lambda w: {"subnet": w.subnets[0]}),
        ),
        decoy=_public_address,
        goal=deploy,
    ),
    BrokenWorld(
        name="nat-gateway-deleted",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_nat_gone,
        causes=(
            Planted("network.route-blackhole", _new_nat, lambda w: {"route_table": w.route_table}),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="public-subnet-without-a-public-address",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_no_public_address,
        causes=(
            Planted(
                "network.public-ip-missing", _public_address, lambda w: {"subnet": w.subnets[0]}
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="task-group-without-egress",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_egress_closed,
        causes=(Planted("network.task-group-egress-closed", _open_egress, _group),),
        decoy=_public_address,
        goal=deploy,
    ),
    BrokenWorld(
        name="task-group-egress-to-nowhere-useful",
        symptom="pull.registry-auth-unreachable",
        text=r"i/o timeout\. Please check your task network configuration\.",
        build=_egress_to_a_stranger,
        causes=(Planted("network.task-group-egress-closed", _open_egress, _group),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
        settings={"wording": "2020"},
    ),
    BrokenWorld(
        name="acl-drops-the-answers",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_acl_without_answers,
        causes=(Planted("network.acl-blocks", _open_acl, lambda w: {"acl": noted("acl")(w)}),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="acl-lets-nothing-in",
        symptom="pull.registry-auth-unreachable",
        text=r"exceeded maximum number of attempts, 3,.*i/o timeout",
        build=_acl_shut,
        causes=(Planted("network.acl-blocks", _open_acl, lambda w: {"acl": noted("acl")(w)}),),
        decoy=_public_address,
        goal=deploy,
        settings={"wording": "2025"},
    ),
    BrokenWorld(
        name="vpc-dns-support-off",
        symptom="pull.registry-auth-unreachable",
        text=r"dial tcp: lookup api\.ecr\.[\w.-]+: no such host",
        build=_dns_off("EnableDnsSupport"),
        causes=(Planted("network.vpc-dns-off", _dns("EnableDnsSupport", True), _vpc),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="vpc-dns-hostnames-off",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_dns_off("EnableDnsHostnames"),
        causes=(Planted("network.vpc-dns-off", _dns("EnableDnsHostnames", True), _vpc),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="subnet-full",
        symptom="start.subnet-full",
        text=r"InsufficientFreeAddressesInSubnet",
        build=_full,
        causes=(Planted("network.subnet-full", _make_room, lambda w: {"subnet": w.subnets[0]}),),
        decoy=grant(_ROLE, "ec2:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="no-way-out-at-all",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_nothing_at_all,
        causes=tuple(_needed(n) for n in ("ecr.api", "ecr.dkr", "s3", "logs")),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
)
