"""Network ACLs: stateless, rules in the order of their numbers, the first that fits decides.

So the way back needs its own rule, for the ports that the client's side may have chosen. They are
not asked between two ends in the same subnet.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html ("Ephemeral ports",
"Network ACL basics").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from wizard.network.facts import networks
from wizard.network.targets import Target, without
from wizard.network.types import Item
from wizard.policy.logic import Truth

EPHEMERAL = (1024, 65535)
"""What AWS advises to open: NAT gateways use all of it."""
CLIENT_PORTS = (32768, 60999)
"""What a Linux task really chooses from."""
NEGLIGIBLE = 0.01
"""The share of the internet that a list of banned ranges may take without making the answer
doubtful for a service whose address is not known."""
_ANY = "-1"
_PROTOCOLS = {"tcp": ("-1", "6", "tcp"), "udp": ("-1", "17", "udp")}


@dataclass(frozen=True, slots=True)
class Passage:
    """Whether an ACL lets it through, and the number of the rule that stops it."""

    ok: Truth
    rule: int | None = None


def _rules(acl: Item, *, egress: bool, protocol: str = "tcp") -> list[Item]:
    entries = [e for e in acl.get("Entries") or () if bool(e.get("Egress")) is egress]
    fitting = [e for e in entries if str(e.get("Protocol", _ANY)).lower() in _PROTOCOLS[protocol]]
    return sorted(fitting, key=lambda e: int(e.get("RuleNumber", 0)))


def _ports(rule: Item) -> tuple[int, int]:
    span = rule.get("PortRange") or {}
    if str(rule.get("Protocol", _ANY)) == _ANY or "From" not in span:
        return 0, 65535
    return int(span["From"]), int(span.get("To", span["From"]))


def _intervals(rules: Sequence[Item], ports: tuple[int, int]) -> Iterable[int]:
    """One port of each stretch within which no rule begins or ends."""
    low, high = ports
    edges = {low}
    for rule in rules:
        start, end = _ports(rule)
        edges |= {edge for edge in (start, end + 1) if low < edge <= high}
    return sorted(edges)


def _denied(
    rules: Sequence[Item], port: int, wanted: Iterable[IPv4Network]
) -> tuple[int, int | None]:
    """How many of the addresses are denied this port, and the first rule that denies one."""
    left, denied, denying = list(wanted), 0, None
    for rule in rules:
        low, high = _ports(rule)
        ranges = networks([rule.get("CidrBlock", "")])
        if not ranges or not low <= port <= high:
            continue
        before = _count(left)
        left = [rest for piece in left for rest in without(piece, ranges[0])]
        taken = before - _count(left)
        if taken and rule.get("RuleAction") != "allow":
            denied += taken
            denying = int(rule.get("RuleNumber", 0)) if denying is None else denying
    # The last rule, `*`, denies what no other decided.
    return denied + _count(left), denying


def _count(pieces: Iterable[IPv4Network]) -> int:
    return sum(piece.num_addresses for piece in pieces)


def passes(
    acl: Item, target: Target, ports: tuple[int, int], *, egress: bool, protocol: str = "tcp"
) -> Passage:
    """Whether the ACL lets TCP to (egress) or from the target through on all these ports.

    `ports` are the destination's for the way out and the client's own for the way back. None
    where only some of the addresses or ports get through.
    """
    rules = _rules(acl, egress=egress, protocol=protocol)
    total = _count(target.networks)
    allowance = 0.0 if target.exact else NEGLIGIBLE * total
    open_ports = closed_ports = 0
    denying: int | None = None
    for port in _intervals(rules, ports):
        denied, rule = _denied(rules, port, target.networks)
        open_ports += denied <= allowance
        closed_ports += denied == total
        if denied > allowance and denying is None:
            denying = rule
    count = len(list(_intervals(rules, ports)))
    if open_ports == count and total:
        return Passage(True)
    return Passage(False if closed_ports == count and total else None, denying)


def way_back(
    acl: Item, target: Target, *, egress: bool, client: bool, protocol: str = "tcp"
) -> Passage:
    """Whether answers come through to (or, `egress`, from) a subnet.

    `client`: the ports are chosen by a task, not by a NAT gateway; then the narrower range does.
    """
    whole = passes(acl, target, EPHEMERAL, egress=egress, protocol=protocol)
    if whole.ok is None and client:
        narrow = passes(acl, target, CLIENT_PORTS, egress=egress, protocol=protocol)
        if narrow.ok:
            return Passage(True)
    return whole
