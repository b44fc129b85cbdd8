"""Worlds whose gates are shut in a corner: a group, an ACL, an endpoint's policy."""

from __future__ import annotations

import json

from wizard.lab.building.base import Json
from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import (
    ALL_TRAFFIC,
    EVERYWHERE,
    HTTPS,
    grant,
    natted,
    noted,
    private,
    rest,
)
from wizard.lab.worlds.corners import AUTH, UNREACHABLE, broken
from wizard.lab.worlds.model import Act, Planted

_ROLE = "ecsTaskExecutionRole"


def _to_the_layers_alone(world: World) -> None:
    """443 may leave to S3's prefix list, and to no endpoint."""
    private(world)
    ec2 = world.client("ec2")
    ec2.revoke_security_group_egress(GroupId=world.task_group, IpPermissions=ALL_TRAFFIC)
    lists = ec2.describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [world.service_name("s3")]}]
    )["PrefixLists"]
    rule = HTTPS | {"PrefixListIds": [{"PrefixListId": lists[0]["PrefixListId"]}]}
    ec2.authorize_security_group_egress(GroupId=world.task_group, IpPermissions=[rule])


def _open_egress(world: World) -> None:
    world.client("ec2").authorize_security_group_egress(
        GroupId=world.task_group, IpPermissions=ALL_TRAFFIC
    )


def acl_for(world: World, subnets: list[str], *entries: Json) -> str:
    """Gives subnets an ACL that lets all through but for *entries*, which come first."""
    ec2 = world.client("ec2")
    acl = str(ec2.create_network_acl(VpcId=world.vpc)["NetworkAcl"]["NetworkAclId"])
    open_ = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": EVERYWHERE, "RuleNumber": 100}
    for entry in ({"Egress": True} | open_, {"Egress": False} | open_, *entries):
        ec2.create_network_acl_entry(NetworkAclId=acl, **entry)
    shown = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": subnets}]
    )["NetworkAcls"]
    for one in (a for s in shown for a in s["Associations"]):
        if one["SubnetId"] in subnets:
            ec2.replace_network_acl_association(
                AssociationId=one["NetworkAclAssociationId"], NetworkAclId=acl
            )
    return acl


_NO_HTTPS: Json = {
    "RuleNumber": 90, "Protocol": "6", "RuleAction": "deny", "CidrBlock": EVERYWHERE,
    "PortRange": {"From": 443, "To": 443},
}  # fmt: skip


def _acl_denies_first(world: World) -> None:
    natted(world)
    world.notes["acl"] = acl_for(world, world.subnets, {"Egress": True} | _NO_HTTPS)


def far_endpoints(world: World) -> None:
    """The endpoints stand in subnets of their own, as in a VPC that a platform team runs."""
    world.network()
    own, table = world.subnets, world.route_table
    world.add_private_subnets()
    tasks, world.subnets = world.subnets, own
    for name in ALL_ENDPOINTS:
        more: Json = {"RouteTableIds": [table, world.route_table]} if name == "s3" else {}
        world.endpoint(name, **more)
    world.notes["endpoint_subnets"], world.subnets = own, tasks
    rest(world)


def _acl_of_the_endpoints(world: World) -> None:
    far_endpoints(world)
    subnets = world.notes["endpoint_subnets"]
    world.notes["acl"] = acl_for(world, subnets, {"Egress": False} | _NO_HTTPS)


def _undeny(egress: bool) -> Act:
    def mend(world: World) -> None:
        world.client("ec2").delete_network_acl_entry(
            NetworkAclId=world.notes["acl"], RuleNumber=90, Egress=egress
        )

    return mend


def _for_another_group(world: World) -> None:
    """The endpoint's group admits the members of another group, not the tasks."""
    world.network(endpoints=[n for n in ALL_ENDPOINTS if n != "ecr.dkr"])
    world.notes["closed"] = world.closed_group("closed")
    world.admit(443, world.notes["closed"], world.closed_group("batch"))
    world.endpoint("ecr.dkr", SecurityGroupIds=[world.notes["closed"]])
    rest(world)


def _admit(world: World) -> None:
    world.admit(443, world.notes["closed"], world.task_group)


def _policed(name: str, **statement: object) -> Act:
    given = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"} | statement
    document = json.dumps({"Version": "2012-10-17", "Statement": [given]})

    def build(world: World) -> None:
        world.network(endpoints=[n for n in ALL_ENDPOINTS if n != name])
        world.endpoint(name, PolicyDocument=document)
        rest(world)

    return build


def _reset(name: str) -> Act:
    return lambda world: world.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=world.endpoints[name], ResetPolicy=True
    )


def _acl(world: World) -> dict[str, str]:
    return {"acl": noted("acl")(world)}


def _door(world: World) -> dict[str, str]:
    return {"endpoint": world.endpoints["ecr.dkr"], "task_group": world.task_group}


WORLDS = (
    broken(
        "task-group-lets-out-to-the-layers-alone", UNREACHABLE, AUTH, _to_the_layers_alone,
        Planted(
            "network.task-group-egress-closed", _open_egress, lambda w: {"group": w.task_group}
        ),
    ),
    broken(
        "acl-denies-https-before-it-allows-all", UNREACHABLE, AUTH, _acl_denies_first,
        Planted("network.acl-blocks", _undeny(True), _acl),
    ),
    broken(
        "acl-of-the-endpoints-subnets-denies", UNREACHABLE, AUTH, _acl_of_the_endpoints,
        Planted("network.acl-blocks", _undeny(False), _acl),
    ),
    broken(
        "endpoint-admits-another-group", "pull.image-unreachable", r"i/o timeout",
        _for_another_group,
        Planted("network.endpoint-group-closed", _admit, _door),
    ),
    broken(
        "logs-endpoint-policy-denies", "logs.denied", r"because no VPC endpoint policy allows",
        _policed("logs", Action="logs:PutLogEvents"),
        Planted(
            "network.endpoint-policy-denies", _reset("logs"),
            lambda w: {"endpoint": w.endpoints["logs"]},
        ),
        grant(_ROLE, "logs:*"),
    ),
    broken(
        "endpoint-policy-for-another-account", "pull.registry-auth-denied",
        r"because no VPC endpoint policy allows the ecr:GetAuthorizationToken action",
        _policed("ecr.api", Condition={"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
        Planted(
            "network.endpoint-policy-denies", _reset("ecr.api"),
            lambda w: {"endpoint": w.endpoints["ecr.api"]},
        ),
    ),
)  # fmt: skip
