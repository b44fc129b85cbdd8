"""Fixes of the VPC itself: its DNS, and what a task's security group lets out."""

from typing import Any

from wizard.core.plan import Change, Plan
from wizard.fixes.ec2_states import endpoint_state, filters, group_by_id
from wizard.fixes.operations import OPERATIONS
from wizard.fixes.planners.common import deployment, known, now, plan_of, read
from wizard.fixes.planners.place import obstacles, place_of
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest

_DNS = "ec2:ModifyVpcAttribute"
_EGRESS = "ec2:AuthorizeSecurityGroupEgress"
_ANYWHERE = "0.0.0.0/0"


def dns_changes(request: FixRequest, vpc: str) -> list[Change]:
    """Return what switches on both DNS attributes of `vpc`; private DNS needs both.

    https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#vpc-dns-support
    """
    changes = []
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        parameters = {"VpcId": vpc, name: {"Value": True}}
        before = now(request, _DNS, parameters)
        if before.get(name) is False:
            changes.append(
                Change(
                    operation=_DNS,
                    parameters=parameters,
                    before=before,
                    after={name: True},
                    undo=_DNS,
                    undo_parameters={"VpcId": vpc, name: {"Value": False}},
                    effect=request.effect("vpc.enable-dns", vpc=vpc),
                    cost=request.cost("vpc.enable-dns", vpc=vpc),
                )
            )
    return changes


@fix("vpc.enable-dns", permissions=(_DNS, "ecs:UpdateService"))
def enable_dns(request: FixRequest) -> Plan:
    """Switch on DNS support and DNS host names of every VPC of the findings."""
    named = [one.vpc for one in obstacles(request) if one.vpc]
    vpcs = dict.fromkeys(named or [place_of(request).vpc])
    changes = [change for vpc in vpcs for change in dns_changes(request, vpc)]
    more, notes = deployment(request) if changes else ([], [])
    return plan_of(request, changes + more, notes)


@fix("group.open-egress", permissions=(_EGRESS, "ecs:UpdateService"))
def open_egress(request: FixRequest) -> Plan:
    """Let HTTPS out of the task's groups, to the endpoints where there are some, else anywhere.

    One group is enough, since the rules of all groups of an interface add up:
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    """
    place = place_of(request)
    named = dict.fromkeys(one.group for one in obstacles(request) if one.group)
    groups = list(named) or list(place.groups[:1])
    changes = []
    for group in groups:
        permission = _https_to(request, place.vpc)
        change = _egress(request, group, permission)
        changes += [change] if change else []
    more, notes = deployment(request) if changes else ([], [])
    return plan_of(request, changes + more, notes)


def _egress(request: FixRequest, group: str, permission: dict[str, Any]) -> Change | None:
    if not known(group_by_id(request.look, group)):
        return None
    wanted = {"GroupId": group, "IpPermissions": [permission]}
    have = {one["peer"] for one in known(OPERATIONS[_EGRESS].seen(request.look, wanted)) or []}
    missing = {
        kind: [one for one in permission[kind] if one[field] not in have]
        for kind, field in _PEERS.items()
        if kind in permission
    }
    left = {kind: peers for kind, peers in missing.items() if peers}
    if not left:
        return None
    base = {name: value for name, value in permission.items() if name not in _PEERS}
    parameters = {"GroupId": group, "IpPermissions": [base | left]}
    peers = [one[_PEERS[kind]] for kind, ones in left.items() for one in ones]
    return Change(
        operation=_EGRESS,
        parameters=parameters,
        before=None,
        after=[{"protocol": "tcp", "from": 443, "to": 443, "peer": peer} for peer in peers],
        undo="ec2:RevokeSecurityGroupEgress",
        undo_parameters=parameters,
        effect=request.effect(security_group=group),
        cost=request.cost(security_group=group),
    )


_PEERS = {"UserIdGroupPairs": "GroupId", "IpRanges": "CidrIp", "PrefixListIds": "PrefixListId"}


def _https_to(request: FixRequest, vpc: str) -> dict[str, Any]:
    """Return where HTTPS must go: the endpoints' groups and prefix lists, else anywhere."""
    base: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    answer = read(request, "ec2:DescribeVpcEndpoints", Filters=filters(vpc_id=vpc))
    endpoints = [
        one
        for one in (answer or {}).get("VpcEndpoints", ())
        if str(one.get("State", "")).lower() == "available"
    ]
    states = [endpoint_state(one) for one in endpoints]
    groups = sorted({group for one in states for group in one.get("SecurityGroupIds", ())})
    if not groups:
        return base | {"IpRanges": [{"CidrIp": _ANYWHERE, "Description": "HTTPS"}]}
    permission = base | {"UserIdGroupPairs": [{"GroupId": one} for one in groups]}
    lists = _prefix_lists(request, states)
    return permission | ({"PrefixListIds": lists} if lists else {})


def _prefix_lists(request: FixRequest, states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A gateway endpoint is reached through the prefix list of its service."""
    names = sorted(one["ServiceName"] for one in states if one["VpcEndpointType"] == "Gateway")
    if not names:
        return []
    answer = read(request, "ec2:DescribePrefixLists", Filters=filters(prefix_list_name=names))
    return [{"PrefixListId": one["PrefixListId"]} for one in (answer or {}).get("PrefixLists", ())]
