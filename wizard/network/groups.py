"""Security groups: stateful, allow rules only, and the rules of all groups together count.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from wizard.network.facts import (
    must_find,
    networks,
    prefix_list_name,
    prefix_list_networks,
)
from wizard.network.targets import Target, covers
from wizard.network.types import Item, NetworkView, Unread
from wizard.policy.logic import Truth, any_of

Direction = Literal["ingress", "egress"]
Protocol = Literal["tcp", "udp"]
_RULES = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
_PROTOCOLS = {"tcp": ("-1", "tcp", "6"), "udp": ("-1", "udp", "17")}
_ENDS = ("UserIdGroupPairs", "IpRanges", "Ipv6Ranges", "PrefixListIds")
_CALL = "ec2:DescribeSecurityGroups"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a group: the other end, the port and the protocol."""

    target: Target
    port: int
    protocol: Protocol = "tcp"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether the groups let it through, and what was not read if that is not known."""

    ok: Truth
    unread: tuple[Unread, ...] = ()


def _port(rule: Item, port: int, protocol: Protocol) -> bool:
    if str(rule.get("IpProtocol", "-1")).lower() not in _PROTOCOLS[protocol]:
        return False
    low, high = rule.get("FromPort"), rule.get("ToPort")
    if str(rule.get("IpProtocol", "-1")) == "-1" or low is None or high is None:
        return True
    return int(low) <= port <= int(high)


def _listed(view: NetworkView, list_id: str, target: Target, unread: list[Unread]) -> Truth:
    if list_id and list_id == target.prefix_list:
        return True
    name = prefix_list_name(view, list_id)
    parts = name.split(f".{view.region}.", 1)
    if len(parts) > 1 and "amazonaws" in parts[0]:
        # One of AWS's own lists: the addresses of this service and of no other.
        return parts[1] == target.service
    ranges = prefix_list_networks(view, list_id)
    if isinstance(ranges, Unread):
        unread.append(ranges)
        return None
    return covers(ranges, target)


def _rule(view: NetworkView, rule: Item, target: Target, unread: list[Unread]) -> Truth:
    pairs = {pair.get("GroupId") for pair in rule.get("UserIdGroupPairs") or ()}
    lists = [str(p.get("PrefixListId", "")) for p in rule.get("PrefixListIds") or ()]
    if not any(rule.get(kind) for kind in _ENDS):
        # Each rule has another end; an answer that shows none did not say for whom it is.
        unread.append(Unread(_CALL, "no-end-told"))
        return None
    return any_of(
        (
            bool(pairs & set(target.groups)),
            covers(networks(r.get("CidrIp", "") for r in rule.get("IpRanges") or ()), target),
            any_of([_listed(view, list_id, target, unread) for list_id in lists]),
        )
    )


def _group(view: NetworkView, group: Item, direction: Direction, asked: Asked) -> Admission:
    unread: list[Unread] = []
    listed = group.get(_RULES[direction])
    if listed is None:
        # A group without rules has an empty list; an answer without the list did not say.
        return Admission(None, (Unread(_CALL, "no-rules-told"),))
    rules = [r for r in listed if _port(r, asked.port, asked.protocol)]
    ok = any_of([_rule(view, rule, asked.target, unread) for rule in rules])
    if ok is None:
        ok = _together(rules, asked.target) or None
    return Admission(ok, tuple(unread) if ok is None else ())


def _together(rules: list[Item], target: Target) -> bool:
    """Whether the address ranges of several rules contain the target between them."""
    ranges = [r.get("CidrIp", "") for rule in rules for r in rule.get("IpRanges") or ()]
    return covers(networks(ranges), target) is True


def admits(
    view: NetworkView,
    group_ids: Iterable[str],
    direction: Direction,
    target: Target,
    port: int,
    protocol: Protocol = "tcp",
) -> Admission:
    """Whether these groups let TCP to (egress) or from (ingress) the target's end through.

    Rules for IPv6 ranges let no IPv4 traffic through. Without any group named, the VPC's default
    group would be used, which nobody has read: None.
    """
    results: list[Admission] = []
    for group_id in group_ids:
        group = must_find(view.security_groups, "GroupId", group_id, _CALL)
        if isinstance(group, Unread):
            results.append(Admission(None, (group,)))
        else:
            results.append(_group(view, group, direction, Asked(target, port, protocol)))
    if not results:
        return Admission(None, (Unread(_CALL, "no-group-known"),))
    ok = any_of([r.ok for r in results])
    unread = tuple(dict.fromkeys(u for r in results for u in r.unread)) if ok is None else ()
    return Admission(ok, unread)
