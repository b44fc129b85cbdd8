"""IPv6: subnets without IPv4 addresses, and tasks that have both.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html (a
task in a dual-stack subnet gets an address of each kind where the account setting dualStackIPv6 is
on; one in an IPv6-only subnet must pull by ECR's dual-stack names),
https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html (the registry's name
`dkr.ecr` has IPv4 addresses alone, `dkr-ecr...on.aws` both),
https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
"""

from __future__ import annotations

from wizard.network.holes import no_route
from wizard.network.routes import ANYWHERE_V6, default_route, is_blackhole, way_of
from wizard.network.scene import Scene
from wizard.network.types import Evidence, Item, Reach, Unread

_GONE = ("disassociated", "disassociating", "failed", "failing")


def _ranges(subnet: Item) -> list[str]:
    found = []
    for one in subnet.get("Ipv6CidrBlockAssociationSet") or ():
        state = str((one.get("Ipv6CidrBlockState") or {}).get("State", "associated")).lower()
        if one.get("Ipv6CidrBlock") and state not in _GONE:
            found.append(str(one["Ipv6CidrBlock"]))
    return found


def is_ipv6_only(subnet: Item) -> bool:
    """Whether the subnet gives no IPv4 addresses."""
    return subnet.get("Ipv6Native") is True or bool(_ranges(subnet) and not subnet.get("CidrBlock"))


def may_have_ipv6(scene: Scene) -> bool:
    """Whether the task has, or may get, an IPv6 address."""
    return scene.interface.ipv6 or bool(_ranges(scene.subnet))


def way_out(scene: Scene) -> Item | None:
    """The working default route for IPv6."""
    route = default_route(scene.routes, ANYWHERE_V6)
    return None if route is None or is_blackhole(route) else route


def evidence_of(scene: Scene, route: Item) -> Evidence:
    """The default route for IPv6 as it was read."""
    way, target = way_of(route)
    facts = {"route_table": scene.table_id, "subnet": scene.subnet_id, "destination": ANYWHERE_V6}
    return Evidence("ec2:DescribeRouteTables", {**facts, "target": target, "way": way})


def only_ipv6(scene: Scene) -> Reach:
    """The answer for an IPv6-only subnet: which of AWS's names are asked there, and whether what
    they lead to speaks IPv6, cannot be seen, so nothing is called proven."""
    if isinstance(scene.table, Unread):
        return Reach(scene.need, "unknown", unread=(scene.table,))
    route = way_out(scene)
    if route is not None:
        seen = evidence_of(scene, route)
        return Reach(scene.need, "unverified", way=way_of(route)[0], evidence=(seen,))
    facts = {"route_table": scene.table_id, "subnet": scene.subnet_id, "destination": ANYWHERE_V6}
    lacking = Evidence("ec2:DescribeRouteTables", facts | {"target": ""})
    part = no_route(scene, scene.subnet_id, scene.table_id, lacking)
    doubt = Unread("ec2:DescribeSubnets", "ipv6-only")
    return Reach(scene.need, "unknown", remedies=part.obstacles, unread=(doubt,))
