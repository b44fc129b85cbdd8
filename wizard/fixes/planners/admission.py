"""Whom an endpoint's security group must admit."""

from collections.abc import Iterable, Mapping
from typing import Any

from wizard.core.plan import Change, Later
from wizard.core.unread import Unread
from wizard.fixes.ec2_states import filters
from wizard.fixes.operations import OPERATIONS
from wizard.fixes.planners.common import known
from wizard.fixes.planners.place import Place
from wizard.fixes.request import FixRequest, Words
from wizard.fixes.words import say

RULE = "ec2:AuthorizeSecurityGroupIngress"
DESCRIPTION = "HTTPS from Fargate tasks to VPC endpoints"
_OF_AWS = (
    "gateway_load_balancer",
    "gateway_load_balancer_endpoint",
    "load_balancer",
    "nat_gateway",
    "network_load_balancer",
    "transit_gateway",
    "vpc_endpoint",
)
"""Kinds of interfaces that call no endpoint themselves.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html"""


def admit(
    request: FixRequest, group: str | Later, peers: tuple[str, ...], *, new: bool = False
) -> Change | None:
    """Return the rule that admits HTTPS from `peers` into `group`, None if it is all there.

    A peer is a security group or a CIDR block. A `new` group admits nothing yet.
    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html#prerequisites-interface-endpoints
    """
    missing = peers if new else _not_admitted(request, group, peers)
    if not missing:
        return None
    parameters = {"GroupId": group, "IpPermissions": _https_from(missing)}
    return Change(
        operation=RULE,
        parameters=parameters,
        before=None,
        after=[{"protocol": "tcp", "from": 443, "to": 443, "peer": one} for one in missing],
        undo="ec2:RevokeSecurityGroupIngress",
        undo_parameters=parameters,
        effect=request.effect("endpoint.open-group", security_group=group, peers=missing),
        cost=request.cost("endpoint.open-group"),
    )


def _https_from(peers: Iterable[str]) -> list[dict[str, Any]]:
    groups = [{"GroupId": one, "Description": DESCRIPTION} for one in peers if "/" not in one]
    blocks = [{"CidrIp": one, "Description": DESCRIPTION} for one in peers if "/" in one]
    rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    rule |= {"UserIdGroupPairs": groups} if groups else {}
    return [rule | ({"IpRanges": blocks} if blocks else {})]


def _not_admitted(
    request: FixRequest, group: str | Later, peers: tuple[str, ...]
) -> tuple[str, ...]:
    parameters = {"GroupId": group, "IpPermissions": _https_from(peers)}
    have = known(OPERATIONS[RULE].seen(request.look, parameters)) or []
    admitted = {one["peer"] for one in have}
    return tuple(one for one in peers if one not in admitted)


def peers_of(request: FixRequest, place: Place) -> tuple[tuple[str, ...], list[Words]]:
    """Return whom a new endpoint with private DNS must admit, and what to say about it.

    The task's groups; and the whole VPC where others live in it, since private DNS leads them all
    to the endpoint, which would shut them out.
    https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """
    answer = request.look("ec2:DescribeNetworkInterfaces", Filters=filters(vpc_id=place.vpc))
    if isinstance(answer, Unread) or answer is None:
        return place.groups, [say("others-unread", vpc=place.vpc)]
    if not any(_is_other(one, place.groups) for one in answer.get("NetworkInterfaces", ())):
        return place.groups, []
    blocks = _blocks(request, place.vpc)
    return (*place.groups, *blocks), [say("others-admitted", vpc=place.vpc, blocks=blocks)]


def _is_other(interface: Mapping[str, Any], tasks: tuple[str, ...]) -> bool:
    made_for_endpoint = str(interface.get("Description", "")).startswith("VPC Endpoint Interface")
    groups = {one["GroupId"] for one in interface.get("Groups", ())}
    of_aws = interface.get("InterfaceType") in _OF_AWS or made_for_endpoint
    return not of_aws and not groups & set(tasks)


def _blocks(request: FixRequest, vpc: str) -> tuple[str, ...]:
    answer = known(request.look("ec2:DescribeVpcs", VpcIds=[vpc]))
    found = (answer or {}).get("Vpcs", ())
    return tuple(
        one["CidrBlock"]
        for each in found
        for one in each.get("CidrBlockAssociationSet", ())
        if one.get("CidrBlockState", {}).get("State", "associated") == "associated"
    )
